//! HTTP: takes requests, asks flows and queries, answers with cXML or pages.
//!
//! Writes go through [`crate::flow`], reads through [`crate::query`]; no table is named here. Every handler finds out who
//! asks, asks the one authorization function, and leaves the rest to others.

pub mod api;
pub mod console;
pub mod content_coding;
pub mod cxml_endpoint;
pub mod download;
pub mod error;
pub mod front;
pub mod health;
pub mod methods;
pub mod pages;
pub mod public;
pub mod security;
pub mod server;
pub mod shop;
pub mod storefront;
pub mod ui;
