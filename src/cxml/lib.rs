//! cXML documents for suppliers: bytes to typed documents and back, without IO, clock or randomness.
//!
//! The way in: [`guard::admit`] lets bytes through the gate (size, encoding, DOCTYPE, depth), [`Admitted::parse`] parses once, and
//! [`read_document`] makes an [`Envelope`] of it; [`content::fingerprint`] tells a retry from a reuse and [`mask::mask_secrets`]
//! makes the bytes fit to be stored. The way out: [`outgoing`] writes responses, carts, confirmations and invoices for a chosen
//! DTD version. [`dialect`] holds what the big buyer systems do differently, and `DEVIATIONS.md` where we differ from the standard.
//!
//! Reading is lenient (by name, not by position; half-empty elements; any time format), writing is strict (valid for the declared
//! DTD). Element names are those of the standard. Numbers are exact decimals, and what cannot be read exactly stays text.
//!
//! ```
//! use marketgate_cxml::outgoing::{Reply, Stamp, write_response};
//! use marketgate_cxml::{Body, DtdVersion, Limits, Status, StatusCode, admit, read_document};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let stamp = Stamp { payload_id: "1@shop.example".into(), timestamp: "2026-01-31T09:05:00Z".parse()? };
//! let sent = write_response(&stamp, &Status::new(StatusCode::OK), Reply::StatusOnly, DtdVersion::PUNCHOUT);
//!
//! let admitted = admit(sent.as_bytes(), Some("text/xml; charset=UTF-8"), &Limits::default())?;
//! let document = admitted.parse()?;
//! let envelope = read_document(&document)?;
//! assert!(matches!(envelope.body, Body::Response { status, .. } if status.code.is_success()));
//! # Ok(())
//! # }
//! ```

pub mod buyer_cookie;
pub mod catalog_index;
pub mod catalog_upload;
pub mod comments;
pub mod confirmation;
pub mod content;
pub mod control_keys;
pub mod credential;
mod decode;
pub mod dialect;
pub mod distribution;
mod doctype;
pub mod dtd;
pub mod envelope;
pub mod error;
pub mod extrinsic;
pub mod guard;
pub mod invoice;
pub mod invoice_line;
mod invoice_read;
pub mod invoice_summary;
pub mod invoice_tax;
pub mod item;
pub mod mask;
pub mod mime;
pub mod mime_write;
pub mod modification;
pub mod money;
pub mod order;
pub mod order_item;
mod order_write;
pub mod outgoing;
pub mod party;
pub mod preview;
pub mod profile;
pub mod punchout_order;
pub mod punchout_setup;
pub mod read;
mod reference;
mod scan;
pub mod schedule;
mod search;
pub mod ship_notice;
pub mod shipping;
pub mod signature;
mod source;
pub mod status;
pub mod status_update;
pub mod time;
pub mod unknown;
pub mod write;

pub use envelope::{Body, Envelope, Header, MessagePayload, RequestPayload, ResponsePayload};
pub use error::{WireError, WireErrorKind};
pub use guard::{Admitted, Limits, admit};
pub use read::{read, read_document};
pub use signature::{Signature, SignaturePolicy, SignatureRefusal, SignatureState};
pub use status::{Status, StatusCode};
pub use unknown::Unknown;
pub use write::DtdVersion;

#[cfg(test)]
mod document_tests;
