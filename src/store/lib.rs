//! The embedded store of marketgate: one write road, group commit, durable before the answer.
//!
//! Everything is written through [`Store::transact`]: a closure reads and decides through a [`Tx`], and either all it
//! put is on the disk when the call returns, or nothing ever was. Transactions follow one after the other, so a
//! closure may rely on what it read. Reading alone goes through [`Store::read`], on a snapshot. Both are read with the
//! methods of [`Reader`] (`get`, `require`, `scan` ...) and the tables of [`schema`].
//!
//! ```
//! use marketgate_store::{Reader, Scan, Store, StoreError, StoreKind, StoreOptions, audit, schema};
//! # use marketgate_domain::event::{Actor, AuditRecord};
//! # let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
//! # let at = "2026-01-01T00:00:00Z".parse().map_err(|_| "a moment")?;
//! # let (actor, action, subject) = (Actor::Anonymous, "door.knocked".to_owned(), String::new());
//! # let record = AuditRecord { at, actor, action, subject, organization: None, detail: String::new() };
//! let store = Store::open(dir.path(), &StoreOptions::new(StoreKind::Real)).map_err(|error| error.to_string())?;
//! let place = store.transact(move |tx| audit::append(tx, &record)).map_err(|error| error.to_string())?;
//! let found = store.read(|snapshot| snapshot.scan(&schema::AUDIT, &Scan::all(10)));
//! assert_eq!(found.map_err(|error: StoreError| error.to_string())?[0].0, place);
//! # Ok::<(), String>(())
//! ```
//!
//! From the outside in: [`schema`] (the list of tables) over [`table`], [`keys`], [`scan`] and [`reader`]; beneath
//! them [`engine`] (bytes, groups, commits) over [`backend`] (files). Beside them what is no marketplace noun:
//! [`inbox`], [`outbox`], [`audit`], [`messages`] with [`message_store`], [`meta`]. This crate knows no HTTP, no cXML
//! and no clock.

pub mod access;
pub mod agreements;
pub mod audit;
pub mod backend;
pub mod calls;
pub mod catalog;
pub mod check;
mod codec;
pub mod connections;
pub mod dump;
pub mod engine;
pub mod error;
mod group;
mod handle;
pub mod imports;
pub mod inbox;
pub mod invoices;
mod job;
pub mod jobs;
pub mod keys;
pub mod message_store;
pub mod messages;
pub mod meta;
mod migrate;
mod month;
pub mod orders;
pub mod organizations;
pub mod outbox;
mod overlay;
mod owners;
pub mod reader;
pub mod requests;
pub mod scan;
pub mod schema;
pub mod sessions;
pub mod snapshot;
mod store;
pub mod table;
pub mod tokens;
pub mod tx;
pub mod view;
mod writer;

pub use engine::{CommitSeq, Committed};
pub use error::StoreError;
pub use keys::StoreKey;
pub use message_store::{MessageStore, Month};
pub use meta::StoreKind;
pub use reader::Reader;
pub use scan::Scan;
pub use snapshot::Snapshot;
pub use store::{Store, StoreOptions};
pub use table::Table;
pub use tx::Tx;
pub use view::OrgView;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod engine_tests;
#[cfg(any(test, feature = "faulty-disk"))]
pub mod faulty;
#[cfg(test)]
mod testing;
