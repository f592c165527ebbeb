//! Owns `ShipNoticeRequest` (Fulfill.dtd) as received: what is on its way, to be stored and shown.
//!
//! Read only. Packaging, hazards and the industry elements stay as sent in `unknown`.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::item::ItemId;
use crate::money::{Number, required_number, some_text};
use crate::party::Contact;
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown};

/// `ShipNoticeRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipNoticeRequest {
    /// `@shipmentID`: the sender's number.
    pub shipment_id: String,
    /// `@operation`: new (the default), update or delete.
    pub operation: Option<String>,
    /// `@noticeDate`.
    pub notice_date: WireTime,
    /// `@shipmentDate`.
    pub shipment_date: Option<WireTime>,
    /// `@deliveryDate`.
    pub delivery_date: Option<WireTime>,
    /// `@shipmentType`: actual or planned.
    pub shipment_type: Option<String>,
    /// `@fulfillmentType`: partial or complete.
    pub fulfillment_type: Option<String>,
    /// `DocumentReference/@payloadID`: the notice that is changed or cancelled.
    pub document_reference: Option<String>,
    /// `Contact`, such as shipFrom and shipTo.
    pub contacts: Vec<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
    /// `ShipControl`.
    pub controls: Vec<ShipControl>,
    /// `ShipNoticePortion`: one per order.
    pub portions: Vec<ShipNoticePortion>,
    /// What else the notice says.
    pub unknown: Vec<Unknown>,
}

/// `ShipControl`: who carries it, under which numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipControl {
    /// `@startDate`.
    pub start_date: Option<WireTime>,
    /// `CarrierIdentifier`: domain and name.
    pub carriers: Vec<(String, String)>,
    /// `ShipmentIdentifier`: domain (such as `trackingNumber`) and number.
    pub shipments: Vec<(Option<String>, String)>,
}

/// `ShipNoticePortion`. Without items it is the whole order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipNoticePortion {
    /// `OrderReference/@orderID`.
    pub order_id: String,
    /// `OrderReference/@orderDate`.
    pub order_date: Option<WireTime>,
    /// `OrderReference/DocumentReference/@payloadID`.
    pub order_payload_id: String,
    /// `ShipNoticeItem`.
    pub items: Vec<ShipNoticeItem>,
}

/// `ShipNoticeItem`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipNoticeItem {
    /// `@lineNumber` of the order; 0 if it cannot be read.
    pub line_number: u32,
    /// `@shipNoticeLineNumber`, as sent.
    pub ship_notice_line_number: Option<String>,
    /// `@quantity`.
    pub quantity: Number,
    /// `ItemID`.
    pub item_id: Option<ItemId>,
    /// `UnitOfMeasure`.
    pub unit_of_measure: String,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ShipNoticeRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let header = at.required("ShipNoticeHeader")?;
        let (mut notice, mut unknown) = (Self::default(), Vec::new());
        unknown.attributes(at);
        notice.read_header(header, &mut unknown);
        for child in at.elements() {
            match child.name() {
                "ShipNoticeHeader" if child.range() == header.range() => {}
                "ShipControl" => notice.controls.push(ShipControl::read(child, &mut unknown)),
                "ShipNoticePortion" => notice.portions.push(ShipNoticePortion::read(child, &mut unknown)?),
                _ => unknown.element(child),
            }
        }
        notice.unknown = unknown;
        Ok(notice)
    }

    fn read_header(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        for (name, value) in at.attributes() {
            match name {
                "shipmentID" => value.trim().clone_into(&mut self.shipment_id),
                "operation" => self.operation = some_text(value),
                "noticeDate" => self.notice_date = WireTime::read(value),
                "shipmentDate" => self.shipment_date = some_time(value),
                "deliveryDate" => self.delivery_date = some_time(value),
                "shipmentType" => self.shipment_type = some_text(value),
                "fulfillmentType" => self.fulfillment_type = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "DocumentReference" if self.document_reference.is_none() => {
                    self.document_reference = child.attr_text("payloadID");
                    unknown.beyond_text(child, &["payloadID"]);
                }
                "Contact" => self.contacts.push(Contact::read(child, unknown)),
                "Comments" => Comments::push(&mut self.comments, child, unknown),
                "Extrinsic" => self.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
    }
}

impl ShipControl {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let mut control = Self { start_date: at.attr("startDate").and_then(some_time), ..Self::default() };
        unknown.other_attributes(at, &["startDate"]);
        for child in at.elements() {
            let domain = child.attr_text("domain");
            match child.name() {
                "CarrierIdentifier" => control.carriers.push((domain.unwrap_or_default(), child.trimmed_text())),
                "ShipmentIdentifier" => control.shipments.push((domain, child.trimmed_text())),
                _ => {
                    unknown.element(child);
                    continue;
                }
            }
            unknown.beyond_text(child, &["domain"]);
        }
        control
    }
}

impl ShipNoticePortion {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut portion = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "OrderReference" if portion.order_payload_id.is_empty() && portion.order_id.is_empty() => {
                    portion.order(child, unknown);
                }
                "ShipNoticeItem" => portion.items.push(ShipNoticeItem::read(child, unknown)?),
                _ => unknown.element(child),
            }
        }
        Ok(portion)
    }

    fn order(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        self.order_id = at.attr_text("orderID").unwrap_or_default();
        self.order_date = at.attr("orderDate").and_then(some_time);
        unknown.other_attributes(at, &["orderID", "orderDate"]);
        for child in at.elements() {
            match child.name() {
                "DocumentReference" if self.order_payload_id.is_empty() => {
                    self.order_payload_id = child.attr_text("payloadID").unwrap_or_default();
                    unknown.beyond_text(child, &["payloadID"]);
                }
                _ => unknown.element(child),
            }
        }
    }
}

impl ShipNoticeItem {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut item = Self { quantity: required_number(at, "quantity")?, ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "quantity" => {}
                "lineNumber" if value.trim().parse::<u32>().is_ok() => {
                    item.line_number = value.trim().parse().unwrap_or_default();
                }
                "shipNoticeLineNumber" => item.ship_notice_line_number = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "ItemID" => unknown.once(&mut item.item_id, child, ItemId::read),
                "UnitOfMeasure" => unknown.plain_text(&mut item.unit_of_measure, child),
                "Comments" => Comments::push(&mut item.comments, child, unknown),
                "Extrinsic" => item.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        Ok(item)
    }
}
