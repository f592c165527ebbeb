//! Writes a `StatusUpdateRequest`: what the buyer's side tells later about a document of the marketplace.

use super::Envelope;
use super::template::fill;
use crate::ledger::{ConfirmationReceived, InvoiceReceived};

/// What is told about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusDraft {
    /// Who tells it.
    pub buyer_key: String,
    /// `DocumentReference@payloadID`: the marketplace's document.
    pub document_payload_id: String,
    /// `Status@code`.
    pub code: u16,
    /// `Status@text`.
    pub text: String,
    /// Content of `Status`, and `Comments` of the subject: the reason.
    pub message: String,
    /// What it is about.
    pub subject: StatusSubject,
    /// Another secret than the configured one, to rehearse a refusal.
    pub shared_secret: Option<crate::Secret>,
}

/// The element beside the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusSubject {
    /// `DocumentStatus` of a confirmation; the status says whether it was accepted.
    Confirmation {
        /// `DocumentInfo@documentID`.
        confirm_id: String,
        /// Whether its content was accepted.
        accepted: bool,
    },
    /// None: the status alone.
    Document,
    /// `InvoiceStatus`.
    Invoice {
        /// `InvoiceIDInfo@invoiceID`.
        invoice_number: String,
        /// `InvoiceIDInfo@invoiceDate`.
        invoice_date: String,
        /// `InvoiceStatus@type`.
        kind: InvoiceStatusKind,
    },
}

/// `InvoiceStatus@type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceStatusKind {
    /// It is being worked on.
    Processing,
    /// It was cancelled.
    Canceled,
    /// It was matched and approved.
    Reconciled,
    /// It was refused after all: a corrected one needs another number.
    Rejected,
    /// Its payment is on the way.
    Paying,
    /// It is paid.
    Paid,
}

impl InvoiceStatusKind {
    /// Every kind, in the order of an invoice's life.
    pub const ALL: [Self; 6] =
        [Self::Processing, Self::Reconciled, Self::Rejected, Self::Canceled, Self::Paying, Self::Paid];

    /// The value of `InvoiceStatus@type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Canceled => "canceled",
            Self::Reconciled => "reconciled",
            Self::Rejected => "rejected",
            Self::Paying => "paying",
            Self::Paid => "paid",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The status code that goes with it.
    fn code(self) -> (u16, &'static str) {
        match self {
            Self::Processing | Self::Paying => (201, "Accepted"),
            Self::Rejected => (400, "Bad Request"),
            Self::Canceled | Self::Reconciled | Self::Paid => (200, "OK"),
        }
    }
}

impl StatusDraft {
    /// A later status of an invoice; `None` for one that could not be read or belongs to nobody.
    pub fn of_invoice(received: &InvoiceReceived, kind: InvoiceStatusKind, message: &str) -> Option<Self> {
        let invoice = received.invoice.as_ref()?;
        let (code, text) = kind.code();
        Some(Self {
            buyer_key: received.buyer_key.clone()?,
            document_payload_id: invoice.payload_id.clone(),
            code,
            text: text.to_owned(),
            message: message.to_owned(),
            subject: StatusSubject::Invoice {
                invoice_number: invoice.invoice_number.clone(),
                invoice_date: invoice.invoice_date.clone(),
                kind,
            },
            shared_secret: None,
        })
    }

    /// The later status of a confirmation.
    pub fn of_confirmation(received: &ConfirmationReceived, accepted: bool, message: &str) -> Self {
        let confirmation = &received.confirmation;
        let (code, text) = if accepted { (200, "OK") } else { (400, "Bad Request") };
        Self {
            buyer_key: received.buyer_key.clone(),
            document_payload_id: confirmation.payload_id.clone(),
            code,
            text: text.to_owned(),
            message: message.to_owned(),
            subject: StatusSubject::Confirmation {
                confirm_id: confirmation.confirm_id.clone().unwrap_or_default(),
                accepted,
            },
            shared_secret: None,
        }
    }

    /// What it says in a few words.
    pub fn summary(&self) -> String {
        match &self.subject {
            StatusSubject::Confirmation { confirm_id, accepted: true } => {
                format!("confirmation {confirm_id}: accepted")
            }
            StatusSubject::Confirmation { confirm_id, accepted: false } => {
                format!("confirmation {confirm_id}: rejected")
            }
            StatusSubject::Document => format!("document {}: {}", self.document_payload_id, self.code),
            StatusSubject::Invoice { invoice_number, kind, .. } => {
                format!("invoice {invoice_number}: {}", kind.as_str())
            }
        }
    }

    /// The whole document.
    pub(crate) fn write(&self, envelope: &Envelope<'_>, deployment_mode: Option<&str>) -> String {
        let body = fill(
            include_str!("../templates/status_update.xml").trim_end(),
            &[
                ("document_payload_id", &self.document_payload_id),
                ("code", &self.code.to_string()),
                ("text", &self.text),
                ("message", &self.message),
            ],
            &[("subject", &self.subject_element())],
        );
        envelope.request(deployment_mode, &body)
    }

    fn subject_element(&self) -> String {
        let comments = match self.message.as_str() {
            "" => String::new(),
            message => fill("<Comments xml:lang=\"en\">{{message}}</Comments>", &[("message", message)], &[]),
        };
        match &self.subject {
            StatusSubject::Document => String::new(),
            StatusSubject::Invoice { invoice_number, invoice_date, kind } => fill(
                "\n      <InvoiceStatus type=\"{{kind}}\"><InvoiceIDInfo invoiceID=\"{{number}}\" \
                 invoiceDate=\"{{date}}\"/>{{+comments}}</InvoiceStatus>",
                &[("kind", kind.as_str()), ("number", invoice_number), ("date", invoice_date)],
                &[("comments", &comments)],
            ),
            StatusSubject::Confirmation { confirm_id, .. } => fill(
                "\n      <DocumentStatus type=\"ConfirmationStatusUpdate\"><DocumentInfo documentID=\"{{id}}\" \
                 documentType=\"ConfirmationRequest\"/>{{+comments}}</DocumentStatus>",
                &[("id", confirm_id)],
                &[("comments", &comments)],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::network_buyer;
    use crate::xml;

    fn draft(subject: StatusSubject) -> StatusDraft {
        StatusDraft {
            buyer_key: "sap".to_owned(),
            document_payload_id: "inv-1@shop".to_owned(),
            code: 200,
            text: "OK".to_owned(),
            message: "a < b".to_owned(),
            subject,
            shared_secret: None,
        }
    }

    #[test]
    fn an_invoice_status_names_the_invoice_twice_and_gives_the_reason() {
        let buyer = network_buyer("sap");
        let envelope = Envelope { buyer: &buyer, payload_id: "1@sim", timestamp: "t", shared_secret: None };
        let subject = StatusSubject::Invoice {
            invoice_number: "NW-1".to_owned(),
            invoice_date: "2026-11-20T10:00:00+00:00".to_owned(),
            kind: InvoiceStatusKind::Rejected,
        };
        let document = draft(subject).write(&envelope, Some("production"));
        let tree = xml::parse(&document).unwrap();
        let request = xml::path(tree.root_element(), &["Request", "StatusUpdateRequest"]).unwrap();
        assert_eq!(xml::child(request, "DocumentReference").unwrap().attribute("payloadID"), Some("inv-1@shop"));
        let status = xml::child(request, "InvoiceStatus").unwrap();
        assert_eq!(status.attribute("type"), Some("rejected"));
        assert_eq!(xml::child(status, "InvoiceIDInfo").unwrap().attribute("invoiceID"), Some("NW-1"));
        assert_eq!(xml::text_at(status, &["Comments"]).as_deref(), Some("a < b"));
    }

    #[test]
    fn every_invoice_status_is_found_by_its_name() {
        for kind in InvoiceStatusKind::ALL {
            assert_eq!(InvoiceStatusKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(InvoiceStatusKind::from_name("lost"), None);
    }
}
