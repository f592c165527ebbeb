//! The API as a machine meets it, over a demo's data and a sample of everything that trade leaves behind.

mod catalog_files;
mod changes;
mod document;
mod idempotency;
mod imports;
mod lists;
mod problems;
