//! A purchase order as the buyer keeps it: its latest version, every attempt to send it, and what the supplier confirmed.

use crate::ordering::Document;
use crate::trail::Trail;
use crate::wire::answer::CxmlStatus;
use crate::wire::confirmation::Confirmation;
use crate::wire::order::OrderLine;

/// More attempts at one order than a person would make.
const ATTEMPTS_MAX: usize = 50;

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
    /// The newest confirmation of its latest version; it overwrites the ones before, a changed order awaits a new one.
    pub confirmation: Option<Confirmation>,
    pub(crate) latest: Document,
    pub(crate) trail: Trail,
}

/// How far an order has come with the supplier, after it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// Nothing was confirmed yet.
    Unconfirmed,
    /// Confirmed as ordered.
    Confirmed,
    /// Confirmed with changes, in part, or line by line.
    ConfirmedWithChanges,
    /// Rejected as a whole.
    Rejected,
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

impl PurchaseOrder {
    /// The newest attempt to send it.
    pub fn last_attempt(&self) -> Option<&OrderAttempt> {
        self.attempts.last()
    }

    /// How far it has come with the supplier. Only a confirmation tells: that the order was sent promises nothing.
    pub fn state(&self) -> OrderState {
        let Some(confirmation) = &self.confirmation else { return OrderState::Unconfirmed };
        let mut statuses = confirmation.items.iter().flat_map(|item| &item.statuses).map(|part| part.kind.as_str());
        match confirmation.kind.as_str() {
            "accept" => OrderState::Confirmed,
            "reject" => OrderState::Rejected,
            "allDetail" if statuses.all(|kind| kind == "allDetail") => OrderState::Confirmed,
            _ => OrderState::ConfirmedWithChanges,
        }
    }

    /// Whether its `ControlKeys` refuse a confirmation.
    pub(crate) fn forbids_confirmation(&self) -> bool {
        self.latest.draft.confirmation_instruction.as_deref() == Some("notAllowed")
    }

    /// Whether its latest document cancels it.
    pub fn is_cancelled(&self) -> bool {
        self.latest.draft.order_type == "delete"
    }

    /// `cXML@payloadID` of its latest document.
    pub fn payload_id(&self) -> &str {
        &self.latest.payload_id
    }

    pub(crate) fn record(&mut self, attempt: OrderAttempt) {
        if self.attempts.len() >= ATTEMPTS_MAX {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}

impl OrderAttempt {
    /// What the marketplace made of it, in a word or two.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.transmission {
            Transmission::Sent => "accepted",
            Transmission::Failed { .. } => "refused",
            Transmission::ToBeRetried { .. } => "no usable answer, resend it",
        }
    }

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

impl OrderState {
    /// The state in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unconfirmed => "not confirmed",
            Self::Confirmed => "confirmed",
            Self::ConfirmedWithChanges => "confirmed with changes",
            Self::Rejected => "rejected by the supplier",
        }
    }
}
