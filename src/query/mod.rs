//! What pages read across nouns. Every query is asked with the scope of who asks; what is outside of it does not exist.

pub mod api;
pub mod catalog_file;
pub mod console;
pub mod life;
mod merge;
pub mod shelf;
pub mod storefront;
pub mod supplier_catalog;
