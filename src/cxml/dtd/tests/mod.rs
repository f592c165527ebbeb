//! Whole documents against whole DTDs: what is judged, how it is said, and that libxml2 agrees.

mod agreement;
mod corpus;
mod judgement;
mod mutate;
mod random;
mod sentences;
mod timing;
mod written;
mod xmllint;
