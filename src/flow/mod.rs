//! Use cases: what happens when X, one file each, readable from top to bottom.
//!
//! Every flow goes the same road: read the facts through the transaction, let the domain decide, record everything that the
//! decision causes in that one commit, and ring a bell. Nothing leaves the house here.

pub mod advance_clock;
pub mod answer_profile;
pub mod authenticate;
pub mod bill_due_charges;
pub mod call_once;
pub mod change_connection;
pub mod change_offer;
pub mod change_organization;
pub mod create_offer;
pub mod create_operator;
pub mod enter_session;
pub mod expire_offers;
pub mod export_catalog;
pub mod import_catalog;
pub mod list_product;
pub mod manage_tokens;
pub mod open_punchout;
pub mod operate_outbox;
pub mod receive_document;
pub mod receive_order;
pub mod receive_status_update;
pub mod register_seller;
pub mod request_approval;
pub mod return_cart;
pub mod send_again;
pub mod sign_in;
pub mod subscribe;
pub mod take_back;
pub mod warn_lapsing;

mod audit;
mod order_lines;
mod order_mail;
mod supersede_requests;

use marketgate_cxml::error::WireError;
use marketgate_cxml::signature::SignatureRefusal;
use marketgate_domain::fault::Fault;
use marketgate_domain::refusal::Refusal;
use marketgate_store::StoreError;

use crate::keyring::KeyringError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A business "no": an answer, recorded where it counts.
    #[error("{0}")]
    Refused(Refusal),
    /// The document cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The document is not what its DTD says, and the connection insists on it.
    #[error("{0}")]
    Invalid(String),
    /// The connection takes no such digital signature, or not a document without one.
    #[error("{0}")]
    Signature(SignatureRefusal),
    /// The sender is not who it says.
    #[error("the Sender credential was not recognised: check domain, identity and shared secret on both sides")]
    Unauthenticated,
    /// The same, and a shared secret of the document begins or ends with white space. This is said whatever the secret is, so that
    /// the answer never tells that the rest of it is right.
    #[error(
        "the Sender credential was not recognised: check domain, identity and shared secret on both sides; the SharedSecret as \
         sent begins or ends with white space, which is part of a secret: send it without"
    )]
    BlankAroundSecret,
    /// The sender is known but may not.
    #[error("{0}")]
    Forbidden(String),
    /// What was asked is not offered.
    #[error("{0}")]
    NotImplemented(String),
    /// The request is readable but lacks something, or says something impossible.
    #[error("{0}")]
    BadRequest(String),
    /// Fields of what was entered are wrong: all of them, each with its name.
    #[error("{}", in_words(.0))]
    Faults(Vec<Fault>),
    /// The request contradicts what is recorded.
    #[error("{0}")]
    Conflict(String),
    /// There is no such thing, or it is none of the caller's business (A4).
    #[error("not found")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret could not be opened.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Error {
    /// Nothing, or everything that is wrong.
    ///
    /// # Errors
    /// [`Self::Faults`].
    fn check(faults: Vec<Fault>) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Self::Faults(faults)) }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
