//! What the simulator remembers: sessions, carts, orders, confirmations, invoices and the statuses it told about them, each
//! kind bounded (the oldest is forgotten first). Pure memory: no IO, no clock.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::bounded::Bounded;
use crate::invoicing::Fault;
use crate::purchase_order::PurchaseOrder;
use crate::wire::answer::CxmlStatus;
use crate::wire::cart::CartLine;
use crate::wire::confirmation::Confirmation;
use crate::wire::invoice::Invoice;
use crate::wire::profile::SupplierProfile;
use crate::wire::status_update::StatusDraft;

/// Everything remembered.
pub(crate) struct Ledger {
    pub(crate) sessions: Bounded<Session>,
    pub(crate) carts: Bounded<Cart>,
    pub(crate) orders: Bounded<PurchaseOrder>,
    pub(crate) invoices: Bounded<InvoiceReceived>,
    pub(crate) confirmations: Bounded<ConfirmationReceived>,
    pub(crate) invoice_faults: VecDeque<Fault>,
    pub(crate) statuses: Bounded<StatusPush>,
    /// By the buyer's key: as many as there are buyers.
    profiles: HashMap<String, KnownProfile>,
    last_id: u64,
}

/// A started PunchOut.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: u64,
    pub(crate) buyer_key: String,
    pub(crate) buyer_cookie: String,
}

/// A supplier's profile as it was when it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct KnownProfile {
    pub(crate) learned_at: Timestamp,
    pub(crate) profile: SupplierProfile,
}

/// A cart that a browser brought back.
#[derive(Debug, Clone, PartialEq)]
pub struct Cart {
    /// Its number here.
    pub id: u64,
    /// Whose cart it is.
    pub buyer_key: String,
    /// The PunchOut session it came from.
    pub session_id: u64,
    /// When it came.
    pub received_at: Timestamp,
    /// The form field that carried it: `cXML-urlencoded` or `cXML-base64`.
    pub form_field: &'static str,
    /// `PunchOutOrderMessageHeader@operationAllowed`.
    pub operation_allowed: Option<String>,
    /// `PunchOutOrderMessageHeader/Total`.
    pub total: Option<Decimal>,
    /// ISO 4217 code of the total.
    pub currency: Option<String>,
    /// Its lines; none where it was refused.
    pub lines: Vec<CartLine>,
    /// What became of it.
    pub state: CartState,
    /// The document as posted.
    pub cxml: String,
}

/// What became of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartState {
    /// It came back without lines: nothing was added.
    Empty,
    /// It was approved and became this order.
    Ordered {
        /// The number of the order.
        po_number: String,
    },
    /// Nothing of it could be taken.
    Refused {
        /// Why, in words.
        reason: String,
    },
    /// The approver said no.
    Rejected,
    /// The requisition waits for approval.
    Waiting,
}

/// A document about invoicing as it came, and how it was answered.
#[derive(Debug, Clone)]
pub struct InvoiceReceived {
    /// Its number here: `Successful - invoice id: N`.
    pub id: u64,
    /// Whose invoice it is, where the credentials told.
    pub buyer_key: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// What it says, where it could be read.
    pub invoice: Option<Invoice>,
    /// How it was answered.
    pub answer: CxmlStatus,
    /// Whether it came as `multipart/related` with attachments.
    pub multipart: bool,
    /// The document, its secret masked.
    pub raw: String,
}

/// A `StatusUpdateRequest` and how the marketplace took it.
#[derive(Debug, Clone)]
pub struct StatusPush {
    /// Its number here.
    pub id: u64,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// What it says.
    pub draft: StatusDraft,
    /// `cXML@payloadID` of the document.
    pub payload_id: String,
    /// The HTTP status, where an answer came.
    pub http_status: Option<u16>,
    /// The cXML status, or why there is none.
    pub answer: Result<CxmlStatus, String>,
    /// The document, its secret masked.
    pub request_xml: String,
    /// The answer as it came, cut where it was too long.
    pub response_xml: String,
    /// How long the answer took.
    pub elapsed: std::time::Duration,
}

/// A confirmation as it came.
#[derive(Debug, Clone)]
pub struct ConfirmationReceived {
    /// Its number here.
    pub id: u64,
    /// Whose order it is about.
    pub buyer_key: String,
    /// Which order it is about.
    pub po_number: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What it says.
    pub confirmation: Confirmation,
    /// The document, its secret masked.
    pub raw: String,
}

impl Ledger {
    pub(crate) fn new(max_documents: usize) -> Self {
        Self {
            sessions: Bounded::new(max_documents),
            carts: Bounded::new(max_documents),
            orders: Bounded::new(max_documents),
            invoices: Bounded::new(max_documents),
            confirmations: Bounded::new(max_documents),
            invoice_faults: VecDeque::new(),
            statuses: Bounded::new(max_documents),
            profiles: HashMap::new(),
            last_id: 0,
        }
    }

    /// A number never used before by any kind of document.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn session(&self, id: u64) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    pub(crate) fn cart(&self, id: u64) -> Option<&Cart> {
        self.carts.iter().find(|cart| cart.id == id)
    }

    pub(crate) fn cart_mut(&mut self, id: u64) -> Option<&mut Cart> {
        self.carts.iter_mut().find(|cart| cart.id == id)
    }

    pub(crate) fn order(&self, po_number: &str) -> Option<&PurchaseOrder> {
        self.orders.iter().find(|order| order.po_number == po_number)
    }

    pub(crate) fn order_mut(&mut self, po_number: &str) -> Option<&mut PurchaseOrder> {
        self.orders.iter_mut().find(|order| order.po_number == po_number)
    }

    pub(crate) fn profile(&self, buyer_key: &str) -> Option<&KnownProfile> {
        self.profiles.get(buyer_key)
    }

    pub(crate) fn remember_profile(&mut self, buyer_key: &str, learned_at: Timestamp, profile: SupplierProfile) {
        self.profiles.insert(buyer_key.to_owned(), KnownProfile { learned_at, profile });
    }
}

impl StatusPush {
    /// Whether the marketplace took it: HTTP success with a cXML status of success inside.
    pub fn is_taken(&self) -> bool {
        self.http_status.is_some_and(|http| (200..300).contains(&http))
            && self.answer.as_ref().is_ok_and(CxmlStatus::is_success)
    }
}

impl Cart {
    /// The number of the order that it became.
    pub fn order_number(&self) -> Option<&str> {
        match &self.state {
            CartState::Ordered { po_number } => Some(po_number),
            _ => None,
        }
    }
}

impl CartState {
    /// The state in words.
    pub fn label(&self) -> String {
        match self {
            Self::Empty => "empty, nothing was added".to_owned(),
            Self::Ordered { po_number } => format!("ordered with {po_number}"),
            Self::Refused { reason } => format!("Punchout failed to return a cart: {reason}"),
            Self::Rejected => "rejected by the approver".to_owned(),
            Self::Waiting => "waiting for approval".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::status_update::StatusSubject;

    fn push(http_status: Option<u16>, answer: Result<CxmlStatus, String>) -> StatusPush {
        StatusPush {
            id: 1,
            sent_at: Timestamp::UNIX_EPOCH,
            draft: StatusDraft {
                buyer_key: "sap".to_owned(),
                document_payload_id: "1@shop".to_owned(),
                code: 200,
                text: "OK".to_owned(),
                message: String::new(),
                subject: StatusSubject::Document,
                shared_secret: Some("hush".into()),
            },
            payload_id: "1@sim".to_owned(),
            http_status,
            answer,
            request_xml: String::new(),
            response_xml: String::new(),
            elapsed: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn a_status_is_taken_when_http_and_cxml_agree() {
        let status = |code| Ok(CxmlStatus::new(code, "T", ""));
        assert!(push(Some(200), status(200)).is_taken());
        assert!(!push(Some(500), status(200)).is_taken());
        assert!(!push(Some(200), status(450)).is_taken());
        assert!(!push(Some(200), Err("html".to_owned())).is_taken());
        assert!(!format!("{:?}", push(None, Err(String::new()))).contains("hush"));
    }
}
