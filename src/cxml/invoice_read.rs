//! Owns reading an `InvoiceDetailRequest`: what we wrote ourselves, and what other suppliers send.
//!
//! The indicator flags follow from the content when we write; a flag that contradicts the content of a document read is kept as
//! unknown. Nothing is added up and nothing is refused for its sums.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::invoice::{
    CustomField, InvoiceContent, InvoiceDetailRequest, InvoiceHeader, InvoiceOrder, InvoicePurpose, OrderLink,
    PaymentTerm, Period,
};
use crate::invoice_line::{InvoiceLine, OrderSummary};
use crate::invoice_summary::InvoiceSummary;
use crate::money::{Number, some_text};
use crate::party::{Contact, IdReference};
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown, text_in_english};

impl InvoiceDetailRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let (head, foot) = (at.required("InvoiceDetailRequestHeader")?, at.required("InvoiceDetailSummary")?);
        let mut unknown = Vec::new();
        unknown.attributes(at);
        let mut header = InvoiceHeader::read(head, &mut unknown)?;
        let (mut orders, summary) = (Vec::new(), InvoiceSummary::read(foot, &mut unknown));
        for child in at.elements() {
            match child.name() {
                "InvoiceDetailOrder" => orders.push(InvoiceOrder::read(child, &mut unknown)?),
                "InvoiceDetailHeaderOrder" => orders.extend(InvoiceOrder::read_whole(child, &mut unknown)),
                _ if child.range() == head.range() || child.range() == foot.range() => {}
                _ => unknown.element(child),
            }
        }
        header.unknown = unknown;
        let mut invoice = Self { header, orders, summary };
        invoice.keep_contradictions(head);
        Ok(invoice)
    }

    /// Keeps the flags that do not follow from the content.
    fn keep_contradictions(&mut self, head: Cursor<'_, '_>) {
        let derived = self.flags();
        for indicator in head.elements().filter(|child| child.name().ends_with("Indicator")) {
            for (name, value) in indicator.attributes() {
                if !derived.contains(&name) && name != "isVatRecoverable" {
                    self.header.unknown.attribute(indicator, name, value);
                }
            }
            self.header.unknown.elements(indicator);
        }
    }
}

impl InvoiceHeader {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut header = Self { invoice_id: at.required_attr("invoiceID")?.trim().to_owned(), ..Self::default() };
        header.purpose = InvoicePurpose::read(at)?;
        for (name, value) in at.attributes() {
            match name {
                "invoiceID" | "purpose" => {}
                "invoiceDate" => header.invoice_date = WireTime::read(value),
                "operation" if matches!(value.trim(), "new" | "delete") => {
                    header.is_cancellation = value.trim() == "delete";
                }
                "isInformationOnly" => header.is_information_only = at.flag(name),
                "invoiceOrigin" => header.invoice_origin = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            if !header.reference(child, unknown) {
                header.child(child, unknown);
            }
        }
        Ok(header)
    }

    fn reference(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> bool {
        match at.name() {
            "InvoiceDetailHeaderIndicator" => self.is_vat_recoverable = at.flag("isVatRecoverable"),
            "InvoiceDetailLineIndicator" => {}
            "DocumentReference" if self.document_reference.is_none() => {
                self.document_reference = at.attr_text("payloadID");
                unknown.beyond_text(at, &["payloadID"]);
            }
            "InvoiceIDInfo" if self.original_invoice.is_none() => {
                let id = at.attr_text("invoiceID").unwrap_or_default();
                self.original_invoice = Some((id, at.attr("invoiceDate").and_then(some_time)));
                unknown.beyond_text(at, &["invoiceID", "invoiceDate"]);
            }
            "IdReference" => self.id_references.push(IdReference::read(at, unknown)),
            _ => return false,
        }
        true
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        match at.name() {
            "InvoicePartner" => self.partners.extend(partner(at, unknown)),
            "InvoiceDetailShipping" if self.ship_from_and_to.is_none() => {
                self.ship_from_and_to = from_and_to(at, unknown);
            }
            "PaymentTerm" => self.payment_terms.extend(PaymentTerm::read(at, unknown)),
            "Period" => unknown.once(&mut self.period, at, Period::read),
            "Comments" => Comments::once(&mut self.comments, at, unknown),
            "Extrinsic" => read_extrinsic(&mut self.extrinsics, &mut self.custom_fields, at, unknown),
            _ => unknown.element(at),
        }
    }
}

/// An extrinsic is a custom field if it says so, otherwise what it is.
pub(crate) fn read_extrinsic(
    extrinsics: &mut Vec<Extrinsic>,
    custom_fields: &mut Vec<CustomField>,
    at: Cursor<'_, '_>,
    unknown: &mut Vec<Unknown>,
) {
    match CustomField::read(at) {
        Some(field) => {
            field_leftovers(at, unknown);
            custom_fields.push(field);
        }
        None => extrinsics.push(Extrinsic::keeping(at, unknown)),
    }
}

fn field_leftovers(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
    unknown.other_attributes(at, &["name"]);
    let Some(reference) = at.child("IdReference") else { return };
    unknown.other_attributes(reference, &["identifier", "domain"]);
    let value = reference.child("Description");
    for child in reference.elements() {
        match &value {
            Some(value) if value.range() == child.range() => {
                text_in_english(child, unknown);
            }
            _ => unknown.element(child),
        }
    }
}

/// The numbers of a partner stand beside its contact.
fn partner(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<Contact> {
    let (mut contact, mut ids) = (None, Vec::new());
    unknown.attributes(at);
    for child in at.elements() {
        match child.name() {
            "Contact" => unknown.once(&mut contact, child, Contact::read),
            "IdReference" => ids.push(IdReference::read(child, unknown)),
            _ => unknown.element(child),
        }
    }
    let mut contact = contact?;
    contact.id_references.append(&mut ids);
    Some(contact)
}

/// The sender's address by its role, and one other; further ones are kept.
fn from_and_to(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<(Contact, Contact)> {
    unknown.attributes(at);
    let is_from = |contact: &Cursor<'_, '_>| contact.attr("role").is_some_and(|role| role.trim() == "shipFrom");
    let Some(from) = at.children("Contact").find(is_from) else {
        unknown.elements(at);
        return None;
    };
    let mut to = None;
    for child in at.elements().filter(|child| child.range() != from.range()) {
        match child.name() {
            "Contact" => unknown.once(&mut to, child, Contact::read),
            _ => unknown.element(child),
        }
    }
    if to.is_none() {
        unknown.element(from);
    }
    to.map(|to| (Contact::read(from, unknown), to))
}

impl InvoicePurpose {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        match at.attr_text("purpose").as_deref() {
            None | Some("standard") => Ok(Self::Standard),
            Some("creditMemo") => Ok(Self::CreditMemo),
            Some("debitMemo") => Ok(Self::DebitMemo),
            Some("lineLevelCreditMemo") => Ok(Self::LineLevelCreditMemo),
            Some("lineLevelDebitMemo") => Ok(Self::LineLevelDebitMemo),
            Some(other) => Err(at.invalid("a purpose such as standard or creditMemo", other)),
        }
    }
}

impl Period {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        unknown.beyond_text(at, &["startDate", "endDate"]);
        let time = |name| WireTime::read(at.attr(name).unwrap_or_default());
        Self { start: time("startDate"), end: time("endDate") }
    }
}

impl PaymentTerm {
    /// A term whose days cannot be read is kept as sent.
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let Some(days) = at.attr_text("payInNumberOfDays").and_then(|days| days.parse().ok()) else {
            unknown.element(at);
            return None;
        };
        unknown.other_attributes(at, &["payInNumberOfDays"]);
        let mut discount_percent = None;
        for child in at.elements() {
            let percent = child.child("DiscountPercent").and_then(|percent| percent.attr("percent"));
            match (child.name(), percent) {
                ("Discount", Some(percent)) if discount_percent.is_none() => {
                    discount_percent = Some(Number::read(percent));
                    if let Some(percent) = unknown.within(child, "DiscountPercent") {
                        unknown.beyond_text(percent, &["percent"]);
                    }
                }
                _ => unknown.element(child),
            }
        }
        Some(Self { days, discount_percent })
    }
}

impl CustomField {
    fn read(at: Cursor<'_, '_>) -> Option<Self> {
        let reference = at.child("IdReference").filter(|_| at.elements().count() == 1)?;
        let is_custom = |name: Option<&str>| name.is_some_and(|name| name.trim() == "CustomFields");
        (is_custom(at.attr("name")) && is_custom(reference.attr("domain"))).then(|| Self {
            identifier: reference.attr_text("identifier").unwrap_or_default(),
            value: reference.child_text("Description").unwrap_or_default(),
        })
    }
}

impl InvoiceOrder {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let (mut order, mut lines) = (Self::read_info(at, unknown), Vec::new());
        for child in at.elements() {
            match child.name() {
                "InvoiceDetailOrderInfo" if is_first(child, at) => {}
                "InvoiceDetailItem" | "InvoiceDetailServiceItem" => lines.push(InvoiceLine::read(child, unknown)?),
                _ => unknown.element(child),
            }
        }
        order.content = InvoiceContent::Lines(lines);
        Ok(order)
    }

    /// An order as a whole; each of its summaries becomes one.
    fn read_whole(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Vec<Self> {
        let (order, mut orders) = (Self::read_info(at, unknown), Vec::new());
        if at.child("InvoiceDetailOrderSummary").is_none() {
            unknown.element(at);
        }
        for child in at.elements() {
            match child.name() {
                "InvoiceDetailOrderInfo" if is_first(child, at) => {}
                "InvoiceDetailOrderSummary" => {
                    let summary = OrderSummary::read(child, unknown);
                    orders.push(Self { content: InvoiceContent::Whole(Box::new(summary)), ..order.clone() });
                }
                _ => unknown.element(child),
            }
        }
        orders
    }

    /// The first reference that says how to find the order; others beside it are kept.
    fn read_info(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let (mut reference, mut supplier_order_id) = (None, None);
        let info = at.child("InvoiceDetailOrderInfo");
        unknown.attributes(at);
        if let Some(info) = info {
            unknown.attributes(info);
        }
        for child in info.into_iter().flat_map(Cursor::elements) {
            if child.name() == "SupplierOrderInfo" && supplier_order_id.is_none() {
                supplier_order_id = child.attr_text("orderID");
                unknown.beyond_text(child, &["orderID"]);
                continue;
            }
            match OrderLink::read(child).filter(|_| reference.is_none()) {
                Some(link) => {
                    link.keep_rest(child, unknown);
                    reference = Some(link);
                }
                None => unknown.element(child),
            }
        }
        let reference = reference.unwrap_or(OrderLink::SupplierOrder);
        Self { reference, supplier_order_id, content: InvoiceContent::Lines(Vec::new()) }
    }
}

/// Whether `child` is the first element of its name in `at`.
fn is_first(child: Cursor<'_, '_>, at: Cursor<'_, '_>) -> bool {
    at.child(child.name()).is_some_and(|first| first.range() == child.range())
}

impl OrderLink {
    /// Keeps what the reference says and the link has no room for.
    fn keep_rest(&self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        let known: &[&str] = match self {
            Self::Document { .. } | Self::OrderId { .. } => &["orderID", "orderDate"],
            Self::AgreementId { .. } => &["agreementID", "agreementDate"],
            Self::PurchaseOrderNumber(_) | Self::Agreement(_) | Self::SupplierOrder => &[],
        };
        unknown.other_attributes(at, known);
        let has_reference = matches!(self, Self::Document { .. } | Self::PurchaseOrderNumber(_) | Self::Agreement(_));
        for child in at.elements() {
            if has_reference && child.name() == "DocumentReference" && is_first(child, at) {
                unknown.beyond_text(child, &["payloadID"]);
            } else {
                unknown.element(child);
            }
        }
    }

    fn read(at: Cursor<'_, '_>) -> Option<Self> {
        let payload_id = || at.child("DocumentReference").and_then(|r| r.attr_text("payloadID")).unwrap_or_default();
        let order_date = at.attr("orderDate").and_then(some_time);
        match (at.name(), at.attr_text("orderID")) {
            ("OrderReference", None) => Some(Self::PurchaseOrderNumber(payload_id())),
            ("OrderReference", Some(order_id)) => {
                Some(Self::Document { order_id, order_date, payload_id: payload_id() })
            }
            ("OrderIDInfo", order_id) => Some(Self::OrderId { order_id: order_id.unwrap_or_default(), order_date }),
            ("MasterAgreementReference", _) => Some(Self::Agreement(payload_id())),
            ("MasterAgreementIDInfo", _) => Some(Self::AgreementId {
                agreement_id: at.attr_text("agreementID").unwrap_or_default(),
                agreement_date: at.attr("agreementDate").and_then(some_time),
            }),
            _ => None,
        }
    }
}
