//! What the simulator remembers: sessions, carts, orders, confirmations and invoices, each kind bounded (the oldest is
//! forgotten first). Pure memory: no IO, no clock.

use std::collections::VecDeque;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::invoicing::Fault;
use crate::wire::answer::CxmlStatus;
use crate::wire::cart::CartLine;
use crate::wire::confirmation::Confirmation;
use crate::wire::invoice::Invoice;
use crate::wire::order::OrderLine;

/// More attempts at one order than a person would make.
const ATTEMPTS_MAX: usize = 50;

/// A list that forgets its oldest entry when it is full.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    entries: VecDeque<T>,
    max: usize,
}

/// Everything remembered.
pub(crate) struct Ledger {
    pub(crate) sessions: Bounded<Session>,
    pub(crate) carts: Bounded<Cart>,
    pub(crate) orders: Bounded<PurchaseOrder>,
    pub(crate) invoices: Bounded<InvoiceReceived>,
    pub(crate) confirmations: Bounded<ConfirmationReceived>,
    pub(crate) invoice_faults: VecDeque<Fault>,
    last_id: u64,
}

/// A started PunchOut.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: u64,
    pub(crate) buyer_key: String,
    pub(crate) buyer_cookie: String,
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

/// A purchase order and every attempt to send it.
#[derive(Debug, Clone)]
pub struct PurchaseOrder {
    /// Its number.
    pub po_number: String,
    /// Who ordered.
    pub buyer_key: String,
    /// The cart it came from.
    pub cart_id: Option<u64>,
    /// Its lines as last sent.
    pub lines: Vec<OrderLine>,
    /// Every attempt, the newest last.
    pub attempts: Vec<OrderAttempt>,
    pub(crate) latest: crate::ordering::Document,
}

/// One attempt to send an order document, and how the marketplace took it.
#[derive(Debug, Clone)]
pub struct OrderAttempt {
    /// The number of the order.
    pub po_number: String,
    /// `cXML@payloadID` of the document.
    pub payload_id: String,
    /// The HTTP status, where an answer came.
    pub http_status: Option<u16>,
    /// The cXML status, where the answer held one.
    pub status: Option<CxmlStatus>,
    /// What the procurement system makes of it.
    pub transmission: Transmission,
    /// The document, its secret masked.
    pub request_xml: String,
    /// The answer as it came, cut where it was too long.
    pub response_xml: String,
    /// How long the answer took.
    pub elapsed: std::time::Duration,
}

/// What the procurement system makes of an attempt to send an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transmission {
    /// Taken: the order counts as sent.
    Sent,
    /// Refused for good (4xx): not tried again by itself.
    Failed {
        /// Why, in the words that the buyer's administrator reads.
        explanation: String,
    },
    /// No usable answer (5xx, nothing, no cXML): tried again later, here only on request.
    ToBeRetried {
        /// Why, in the words that the buyer's administrator reads.
        explanation: String,
    },
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

/// A confirmation as it came.
#[derive(Debug, Clone)]
pub struct ConfirmationReceived {
    /// Its number here.
    pub id: u64,
    /// Whose order it is about.
    pub buyer_key: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What it says.
    pub confirmation: Confirmation,
    /// The document, its secret masked.
    pub raw: String,
}

impl<T> Bounded<T> {
    pub(crate) fn new(max: usize) -> Self {
        Self { entries: VecDeque::new(), max }
    }

    pub(crate) fn push(&mut self, entry: T) {
        if self.entries.len() >= self.max {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut()
    }
}

impl<T: Clone> Bounded<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.entries.iter().cloned().collect()
    }
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
}

impl PurchaseOrder {
    /// The newest attempt to send it.
    pub fn last_attempt(&self) -> Option<&OrderAttempt> {
        self.attempts.last()
    }

    pub(crate) fn record(&mut self, attempt: OrderAttempt) {
        if self.attempts.len() >= ATTEMPTS_MAX {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}

impl OrderAttempt {
    /// Whether the marketplace took the order.
    pub fn is_sent(&self) -> bool {
        self.transmission == Transmission::Sent
    }

    /// The code of the cXML status, where there was one.
    pub fn status_code(&self) -> Option<u16> {
        self.status.as_ref().map(|status| status.code)
    }

    /// Text and message of the cXML status, or why there is none.
    pub fn status_text(&self) -> String {
        match (&self.status, &self.transmission) {
            (Some(status), _) if status.message.is_empty() => status.text.clone(),
            (Some(status), _) => format!("{}: {}", status.text, status.message),
            (None, Transmission::Sent) => String::new(),
            (None, Transmission::Failed { explanation } | Transmission::ToBeRetried { explanation }) => {
                explanation.clone()
            }
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

    #[test]
    fn a_full_list_forgets_its_oldest_entry() {
        let mut list = Bounded::new(2);
        for n in 1..=3 {
            list.push(n);
        }
        assert_eq!(list.to_vec(), vec![2, 3]);
    }
}
