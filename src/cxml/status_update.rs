//! Owns `StatusUpdateRequest`: what a buyer or network tells later about a document of ours.
//!
//! Its status types are kept as text: networks send more of them than the DTD lists, and all of them are only shown or mapped.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::money::Money;
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::status::Status;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown, without_secrets};

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
    /// What else the update says.
    pub unknown: Vec<Unknown>,
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
        /// The element as sent, secrets and card numbers masked.
        xml: String,
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
    /// `InvoiceIDInfo/@invoiceDate`.
    pub invoice_date: Option<WireTime>,
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
    /// `DocumentInfo/@documentDate`.
    pub document_date: Option<WireTime>,
    /// `Comments`.
    pub comments: Vec<Comments>,
}

impl StatusUpdateRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&["DocumentReference", "Status", "InvoiceStatus", "DocumentStatus", "PaymentStatus"])?;
        let status = at.required("Status")?;
        let mut update = Self {
            document_reference: None,
            status: Status::read(status)?,
            subject: StatusSubject::Document,
            extrinsics: Vec::new(),
            unknown: Vec::new(),
        };
        let mut unknown = Vec::new();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Status" => {
                    unknown.beyond_text(child, &["code", "text", "lang"]);
                }
                "DocumentReference" if update.document_reference.is_none() => {
                    update.document_reference = child.attr_text("payloadID");
                    unknown.beyond_text(child, &["payloadID"]);
                }
                "Extrinsic" => update.extrinsics.push(Extrinsic::keeping(child, &mut unknown)),
                _ if update.subject == StatusSubject::Document => {
                    update.subject = StatusSubject::read(child, &mut unknown);
                }
                _ => unknown.element(child),
            }
        }
        update.unknown = unknown;
        Ok(update)
    }
}

impl StatusSubject {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        match at.name() {
            "InvoiceStatus" => Self::Invoice(InvoiceStatus::read(at, unknown)),
            "DocumentStatus" => Self::DocumentStatus(DocumentStatus::read(at, unknown)),
            other => Self::Other { name: other.to_owned(), xml: without_secrets(at.outer_xml()) },
        }
    }
}

impl InvoiceStatus {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let mut status = Self {
            kind: at.attr_text("type").unwrap_or_default(),
            payment_net_due_date: at.attr("paymentNetDueDate").and_then(some_time),
            invoice_id: None,
            invoice_date: None,
            partial_amount: None,
            comments: Vec::new(),
        };
        unknown.other_attributes(at, &["type", "paymentNetDueDate"]);
        for child in at.elements() {
            match child.name() {
                "InvoiceIDInfo" if status.invoice_id.is_none() => {
                    status.invoice_id = child.attr_text("invoiceID");
                    status.invoice_date = child.attr("invoiceDate").and_then(some_time);
                    unknown.beyond_text(child, &["invoiceID", "invoiceDate"]);
                }
                "PartialAmount" => Money::once(&mut status.partial_amount, child, unknown),
                "Comments" => Comments::push(&mut status.comments, child, unknown),
                _ => unknown.element(child),
            }
        }
        status
    }
}

impl DocumentStatus {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let mut status = Self {
            kind: at.attr_text("type").unwrap_or_default(),
            document_id: None,
            document_type: None,
            document_date: None,
            comments: Vec::new(),
        };
        unknown.other_attributes(at, &["type"]);
        for child in at.elements() {
            match child.name() {
                "DocumentInfo" if status.document_id.is_none() => {
                    status.document_id = child.attr_text("documentID");
                    status.document_type = child.attr_text("documentType");
                    status.document_date = child.attr("documentDate").and_then(some_time);
                    unknown.beyond_text(child, &["documentID", "documentType", "documentDate"]);
                }
                "Comments" => Comments::push(&mut status.comments, child, unknown),
                _ => unknown.element(child),
            }
        }
        status
    }
}
