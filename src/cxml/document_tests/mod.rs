//! Whole documents: what buyer systems send is read, what we write is valid and read back, what is hostile is refused.

pub(crate) mod fixtures;
mod fuzz;
mod generated;
mod hostile;
mod known_defects;
mod lossless;
mod other_documents;
mod reading;
mod round_trip;
mod samples;
mod signed;
mod speed;
mod validity;
mod writing;
