//! marketgate: the marketplace side of procurement system integration.
//!
//! Employees of a buying organization find software in a marketplace, send it over cXML PunchOut into their procurement
//! system for approval, the approved purchase order comes back and creates the agreement by itself, and invoices flow back
//! with the order's number on them.
//!
//! *The layer is the folder, the noun is the file, the verb is the flow.*
//!
//! * [`web`] takes requests and shows pages, [`flow`] holds the use cases, [`query`] reads for pages, [`render`] writes
//!   documents and mails, [`delivery`] sends them, [`jobs`] runs recurring work;
//! * the rules are in the crate `marketgate-domain`, the wire format in `marketgate-cxml`, the tables in `marketgate-store`;
//! * [`app`] puts everything together, [`cli`] is what people type, [`demo`] is the sample marketplace.

pub mod app;
pub mod approver_link;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod delivery;
pub mod demo;
pub mod dialects;
pub mod flow;
pub mod interchange;
pub mod jobs;
pub mod keyring;
pub mod message_log;
pub mod query;
pub mod random;
pub mod render;
pub mod telemetry;
pub mod throttle;
pub mod tls;
pub mod web;
