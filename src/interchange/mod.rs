//! File formats in and out that are no cXML documents. Pure: text from plain data and back, no store, no clock.

pub mod catalog;
pub mod cif;
pub mod members;
pub mod strict;
pub mod words;
