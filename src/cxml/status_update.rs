//! Owns `StatusUpdateRequest`: what a buyer or network tells later about a document of ours.
//!
//! Its status types are kept as text: networks send more of them than the DTD lists, and all of them are only shown or mapped.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::money::Money;
use crate::read::Cursor;
use crate::status::Status;
use crate::time::WireTime;

/// `StatusUpdateRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdateRequest {
    /// `DocumentReference/@payloadID`: the document spoken about.
    pub document_reference: Option<String>,
    /// `Status`.
    pub status: Status,
    /// What it is about.
    pub subject: StatusSubject,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

/// The element beside the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusSubject {
    /// None: the status alone.
    Document,
    /// `InvoiceStatus`.
    Invoice(InvoiceStatus),
    /// `DocumentStatus`.
    DocumentStatus(DocumentStatus),
    /// Any other, such as `PaymentStatus`.
    Other {
        /// The element's name.
        name: String,
    },
}

/// `InvoiceStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceStatus {
    /// `@type`: processing, canceled, reconciled, rejected, paying, paid, or a network's own.
    pub kind: String,
    /// `@paymentNetDueDate`.
    pub payment_net_due_date: Option<WireTime>,
    /// `InvoiceIDInfo/@invoiceID`: our invoice number.
    pub invoice_id: Option<String>,
    /// `PartialAmount`.
    pub partial_amount: Option<Money>,
    /// `Comments`: the reason of a rejection.
    pub comments: Vec<Comments>,
}

/// `DocumentStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentStatus {
    /// `@type`, such as `ConfirmationStatusUpdate`.
    pub kind: String,
    /// `DocumentInfo/@documentID`.
    pub document_id: Option<String>,
    /// `DocumentInfo/@documentType`.
    pub document_type: Option<String>,
    /// `Comments`.
    pub comments: Vec<Comments>,
}

impl StatusUpdateRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(Self {
            document_reference: at.child("DocumentReference").and_then(|r| r.attr_text("payloadID")),
            status: Status::read(at.required("Status")?)?,
            subject: StatusSubject::read(at),
            extrinsics: Extrinsic::read_all(at),
        })
    }
}

impl StatusSubject {
    fn read(at: Cursor<'_, '_>) -> Self {
        let is_subject = |c: &Cursor<'_, '_>| !matches!(c.name(), "DocumentReference" | "Status" | "Extrinsic");
        let Some(subject) = at.elements().find(is_subject) else { return Self::Document };
        let kind = subject.attr_text("type").unwrap_or_default();
        let comments = Comments::read_all(subject);
        match subject.name() {
            "InvoiceStatus" => Self::Invoice(InvoiceStatus {
                kind,
                payment_net_due_date: subject.attr_text("paymentNetDueDate").map(|text| WireTime::read(&text)),
                invoice_id: subject.child("InvoiceIDInfo").and_then(|info| info.attr_text("invoiceID")),
                partial_amount: Money::inside(subject, "PartialAmount"),
                comments,
            }),
            "DocumentStatus" => {
                let info = subject.child("DocumentInfo");
                Self::DocumentStatus(DocumentStatus {
                    kind,
                    document_id: info.and_then(|i| i.attr_text("documentID")),
                    document_type: info.and_then(|i| i.attr_text("documentType")),
                    comments,
                })
            }
            other => Self::Other { name: other.to_owned() },
        }
    }
}
