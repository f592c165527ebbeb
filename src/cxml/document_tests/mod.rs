//! Whole documents: what buyer systems send is read, what we write is valid and read back, what is hostile is refused.

mod fixtures;
mod hostile;
mod reading;
mod samples;
mod speed;
mod validity;
mod writing;
