//! Owns `ConfirmationRequest` (Fulfill.dtd): a supplier's answer to an order.
//!
//! A new confirmation replaces the earlier one. Only elements that have stood at their place since 1.2.036 are written.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::invoice_tax::InvoiceTax;
use crate::money::{Money, Number, required_number, some_text};
use crate::party::{Contact, IdReference};
use crate::punchout_order::ItemIn;
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::shipping::Shipping;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown};
use crate::write::{DtdVersion, Element};

/// `ConfirmationHeader/@type` and `ConfirmationStatus/@type`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ConfirmationKind {
    /// As ordered.
    #[default]
    Accept,
    /// The whole order, or the line, is refused. A header of this kind has no items.
    Reject,
    /// Header only: lines not named are accepted as ordered.
    Except,
    /// Changes are described; lines not named keep their state.
    Detail,
    /// The complete state of every line; only for buyers that ask for it.
    AllDetail,
    /// Later.
    Backordered,
    /// Any other, such as `requestToPay`. Read only.
    Other(String),
}

/// `ConfirmationRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfirmationRequest {
    /// `@confirmID`: our number.
    pub confirm_id: String,
    /// `@type`.
    pub kind: ConfirmationKind,
    /// `@noticeDate`.
    pub notice_date: WireTime,
    /// The payloadID of the confirmation that this one updates (`operation="update"`).
    pub updates: Option<String>,
    /// `Total`.
    pub total: Option<Money>,
    /// `Comments`: the reason of a refusal.
    pub comments: Option<Comments>,
    /// `Extrinsic` of the header.
    pub extrinsics: Vec<Extrinsic>,
    /// `OrderReference/@orderID`, copied literally.
    pub order_id: String,
    /// `OrderReference/@orderDate`, copied literally.
    pub order_date: Option<WireTime>,
    /// `OrderReference/DocumentReference/@payloadID`: of the order.
    pub order_payload_id: String,
    /// `ConfirmationItem`.
    pub items: Vec<ConfirmationItem>,
    /// `Shipping`.
    pub shipping: Option<Shipping>,
    /// `Tax`.
    pub tax: Option<InvoiceTax>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `IdReference` of the header.
    pub id_references: Vec<IdReference>,
    /// `@invoiceID`.
    pub invoice_id: Option<String>,
    /// What else the confirmation says, its items included. Not written.
    pub unknown: Vec<Unknown>,
}

/// `ConfirmationItem`. The quantities of its statuses add up to its quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationItem {
    /// `@lineNumber` of the order.
    pub line_number: u32,
    /// `@quantity` of the order line.
    pub quantity: Number,
    /// `UnitOfMeasure` of the order line.
    pub unit_of_measure: String,
    /// `ConfirmationStatus`.
    pub statuses: Vec<ConfirmationStatus>,
}

/// `ConfirmationStatus`, in the unit of its item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfirmationStatus {
    /// `@type`.
    pub kind: ConfirmationKind,
    /// `@quantity`.
    pub quantity: Number,
    /// `UnitOfMeasure`; written as that of the item if empty.
    pub unit_of_measure: String,
    /// `@shipmentDate`.
    pub shipment_date: Option<WireTime>,
    /// `@deliveryDate`.
    pub delivery_date: Option<WireTime>,
    /// `ItemIn`: a substitution, to be followed by a change of the order.
    pub item_in: Option<Box<ItemIn>>,
    /// `Tax`, if it differs.
    pub tax: Option<InvoiceTax>,
    /// `Shipping`, if it differs.
    pub shipping: Option<Shipping>,
    /// `UnitPrice`, if it differs.
    pub unit_price: Option<Money>,
    /// `Comments`.
    pub comments: Option<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ConfirmationKind {
    /// The attribute value.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Except => "except",
            Self::Detail => "detail",
            Self::AllDetail => "allDetail",
            Self::Backordered => "backordered",
            Self::Other(other) => other,
        }
    }

    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(match at.required_attr("type")?.trim() {
            "accept" => Self::Accept,
            "reject" => Self::Reject,
            "except" => Self::Except,
            "detail" => Self::Detail,
            "allDetail" => Self::AllDetail,
            "backordered" => Self::Backordered,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl ConfirmationRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let (header, order) = (at.required("ConfirmationHeader")?, at.required("OrderReference")?);
        let mut unknown = Vec::new();
        let mut confirmation = Self {
            confirm_id: header.attr_text("confirmID").unwrap_or_default(),
            kind: ConfirmationKind::read(header)?,
            notice_date: WireTime::read(header.attr("noticeDate").unwrap_or_default()),
            order_id: order.attr_text("orderID").unwrap_or_default(),
            order_date: order.attr("orderDate").and_then(some_time),
            ..Self::default()
        };
        unknown.attributes(at);
        confirmation.read_header(header, &mut unknown);
        unknown.other_attributes(order, &["orderID", "orderDate"]);
        for child in order.elements() {
            match child.name() {
                "DocumentReference" if confirmation.order_payload_id.is_empty() => {
                    confirmation.order_payload_id = child.attr_text("payloadID").unwrap_or_default();
                    unknown.beyond_text(child, &["payloadID"]);
                }
                _ => unknown.element(child),
            }
        }
        for child in at.elements() {
            match child.name() {
                "ConfirmationItem" => confirmation.items.push(ConfirmationItem::read(child, &mut unknown)?),
                _ if child.range() == header.range() || child.range() == order.range() => {}
                _ => unknown.element(child),
            }
        }
        confirmation.unknown = unknown;
        Ok(confirmation)
    }

    fn read_header(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        for (name, value) in at.attributes() {
            match name {
                "confirmID" | "type" | "noticeDate" => {}
                "operation" if matches!(value.trim(), "new" | "update") => {}
                "invoiceID" => self.invoice_id = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "DocumentReference" if self.updates.is_none() => {
                    self.updates = child.attr_text("payloadID");
                    unknown.beyond_text(child, &["payloadID"]);
                }
                "Total" => Money::once(&mut self.total, child, unknown),
                "Shipping" => unknown.once(&mut self.shipping, child, Shipping::read),
                "Tax" => unknown.once(&mut self.tax, child, InvoiceTax::read),
                "Contact" => self.contacts.push(Contact::read(child, unknown)),
                "Comments" => Comments::once(&mut self.comments, child, unknown),
                "IdReference" => self.id_references.push(IdReference::read(child, unknown)),
                "Extrinsic" => self.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let header = Element::new("ConfirmationHeader")
            .attr_opt("confirmID", Some(self.confirm_id.as_str()).filter(|id| !id.is_empty()))
            .attr("operation", if self.updates.is_some() { "update" } else { "new" })
            .attr("type", self.kind.as_str())
            .attr("noticeDate", &self.notice_date.text)
            .attr_opt("invoiceID", self.invoice_id.as_deref())
            .child_opt(self.updates.as_deref().map(document_reference))
            .child_opt(self.total.as_ref().map(|total| total.wrapped("Total")))
            .child_opt(self.shipping.as_ref().map(Shipping::element))
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .children(self.contacts.iter().map(|contact| contact.contact_element(version)))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.id_references.iter().map(IdReference::element))
            .children(self.extrinsics.iter().map(Extrinsic::element));
        let order = Element::new("OrderReference")
            .attr("orderID", &self.order_id)
            .attr_opt("orderDate", self.order_date.as_ref().map(|date| date.text.as_str()))
            .child(document_reference(&self.order_payload_id));
        Element::new("ConfirmationRequest")
            .child(header)
            .child(order)
            .children(self.items.iter().map(|item| item.element(version)))
    }
}

impl ConfirmationItem {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let line_number = at.required_attr("lineNumber")?;
        let mut item = Self {
            line_number: line_number.trim().parse().map_err(|_| at.invalid("a line number", line_number))?,
            quantity: required_number(at, "quantity")?,
            unit_of_measure: String::new(),
            statuses: Vec::new(),
        };
        unknown.other_attributes(at, &["lineNumber", "quantity"]);
        for child in at.elements() {
            match child.name() {
                "UnitOfMeasure" => unknown.plain_text(&mut item.unit_of_measure, child),
                "ConfirmationStatus" => item.statuses.push(ConfirmationStatus::read(child, unknown)?),
                _ => unknown.element(child),
            }
        }
        Ok(item)
    }

    fn element(&self, version: DtdVersion) -> Element {
        Element::new("ConfirmationItem")
            .attr("quantity", &self.quantity.text)
            .attr("lineNumber", &self.line_number.to_string())
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .children(self.statuses.iter().map(|status| status.element(&self.unit_of_measure, version)))
    }
}

impl ConfirmationStatus {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut status = Self {
            kind: ConfirmationKind::read(at)?,
            quantity: required_number(at, "quantity")?,
            delivery_date: at.attr("deliveryDate").and_then(some_time),
            shipment_date: at.attr("shipmentDate").and_then(some_time),
            ..Self::default()
        };
        unknown.other_attributes(at, &["type", "quantity", "deliveryDate", "shipmentDate"]);
        for child in at.elements() {
            match child.name() {
                "UnitOfMeasure" => unknown.plain_text(&mut status.unit_of_measure, child),
                "ItemIn" if status.item_in.is_none() => status.item_in = Some(Box::new(ItemIn::read(child, unknown)?)),
                "UnitPrice" => Money::once(&mut status.unit_price, child, unknown),
                "Tax" => unknown.once(&mut status.tax, child, InvoiceTax::read),
                "Shipping" => unknown.once(&mut status.shipping, child, Shipping::read),
                "Comments" => Comments::once(&mut status.comments, child, unknown),
                "Extrinsic" => status.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        Ok(status)
    }

    /// A substitution says everything itself; prices beside it are not allowed. Without a unit it has that of its item.
    fn element(&self, item_unit: &str, version: DtdVersion) -> Element {
        let unit = if self.unit_of_measure.is_empty() { item_unit } else { &self.unit_of_measure };
        let changed = self.item_in.is_none();
        Element::new("ConfirmationStatus")
            .attr("quantity", &self.quantity.text)
            .attr("type", self.kind.as_str())
            .attr_opt("shipmentDate", self.shipment_date.as_ref().map(|date| date.text.as_str()))
            .attr_opt("deliveryDate", self.delivery_date.as_ref().map(|date| date.text.as_str()))
            .child(Element::with_text("UnitOfMeasure", unit))
            .child_opt(self.item_in.as_ref().map(|item| item.element(version)))
            .child_opt(self.unit_price.as_ref().filter(|_| changed).map(|price| price.wrapped("UnitPrice")))
            .child_opt(self.tax.as_ref().filter(|_| changed).map(|tax| tax.element(version)))
            .child_opt(self.shipping.as_ref().filter(|_| changed).map(Shipping::element))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

pub(crate) fn document_reference(payload_id: &str) -> Element {
    Element::new("DocumentReference").attr("payloadID", payload_id)
}
