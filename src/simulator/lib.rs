//! A buyer's procurement system for rehearsals: starts PunchOut, receives carts, sends purchase orders, takes
//! confirmations, invoices and e-mails, and answers them the way the real systems do.
//!
//! It speaks HTTP (and SMTP, as a sink) only, on ports of its own, writes its documents from text templates, reads ours
//! with bare `roxmltree` and shares no code with the marketplace, so that it cannot agree with the marketplace's own
//! mistakes. It must never depend on another crate of this workspace. Everything it remembers is bounded.
//!
//! Map: `simulator` is the public handle, `core` what all parts share, `ledger` what it remembers, `purchase_order` and
//! `trail` an order with its versions, `dialect` the habits of buyer systems as data, `wire` documents as text,
//! `punch_out`, `ordering`, `confirming`, `invoicing` and `telling` the verbs, `receiving` what taking documents shares,
//! `marketplace` the pages and the API of a marketplace that lets it, `server` and `pages` what a person or the marketplace reaches over HTTP, `smtp` and `mail` the mailbox, `browser` a
//! person's browser without JavaScript.

mod bounded;
pub mod browser;
mod config;
mod confirming;
mod core;
mod decimal;
mod dialect;
mod error;
mod exchange;
mod invoicing;
mod ledger;
mod mail;
mod marketplace;
mod mime;
mod ordering;
mod pages;
mod punch_out;
mod purchase_order;
mod receiving;
mod server;
mod simulator;
mod smtp;
mod telling;
mod trail;
mod wire;
mod xml;

pub use config::{
    BuyerConfig, BuyerUser, Clock, Credential, MarketplaceAccess, NetworkConfig, Random, Secret, SimulatorConfig,
};
pub use dialect::Dialect;
pub use error::{SetupFailure, SimulatorError};
pub use invoicing::Fault;
pub use ledger::{Cart, CartState, ConfirmationReceived, InvoiceReceived, StatusPush};
pub use mail::Mail;
pub use ordering::{ChangeOrder, ResendAs};
pub use punch_out::{PunchOutStarted, SetupDraft};
pub use purchase_order::{OrderAttempt, OrderState, PurchaseOrder, Transmission};
pub use simulator::Simulator;
pub use wire::answer::CxmlStatus;
pub use wire::cart::{CartLine, LineKind};
pub use wire::confirmation::{Confirmation, ConfirmedItem, ConfirmedPart};
pub use wire::invoice::{Invoice, InvoiceLine, OrderLink};
pub use wire::mask_secret;
pub use wire::order::{OrderAttachment, OrderDraft, OrderLine};
pub use wire::profile::{SupplierProfile, Transaction};
pub use wire::setup::{Operation, SelectedItem};
pub use wire::status_update::{InvoiceStatusKind, StatusDraft, StatusSubject};
