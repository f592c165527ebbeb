//! Records become documents and texts. Pure: what is written depends on what is handed in, nothing else.

pub mod cart_message;
pub mod confirmation_document;
pub mod invoice_document;
pub mod mail;
pub mod parties;
pub mod supplier_catalog;
