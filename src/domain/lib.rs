//! The marketplace rules of marketgate: pure decisions over plain data, without IO, clock or randomness.
//!
//! One file per noun. A decision takes the facts it needs, a command and the moment, and gives back what is to be recorded
//! and sent, or a [`refusal::Refusal`]; whoever calls it reads the facts and commits the outcome in one transaction. The
//! records are stored as they are (JSON behind a version byte), so a change of a field here is a change of the stored form.
//!
//! * who: [`organization`], [`user`], [`access`], [`connection`]
//! * what is sold: [`product`], [`offer`], [`terms`], [`money`], [`classification`]
//! * the road: [`punchout`], [`procurement_request`], [`quote`], [`purchase_order`], [`agreement`], [`entitlement`], [`charge`], [`invoice`]
//! * the shortcut: [`subscription`]
//! * what comes of it: [`event`], [`refusal`]

pub mod access;
pub mod address;
pub mod agreement;
pub mod bank_reference;
pub mod catalog_update;
pub mod charge;
pub mod classification;
pub mod connection;
pub mod day;
pub mod email;
pub mod entitlement;
pub mod event;
pub mod fault;
pub mod id;
pub mod invoice;
pub mod money;
pub mod network_account;
pub mod offer;
pub mod offer_change;
pub mod order_receipt;
pub mod ordered_price;
pub mod organization;
pub mod procurement_request;
pub mod product;
pub mod punchout;
pub mod purchase_order;
pub mod quote;
pub mod refusal;
pub mod refusal_summary;
pub mod seller;
pub mod subscription;
pub mod tax;
pub mod terms;
pub mod terms_check;
pub mod user;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod stored_form_tests;
