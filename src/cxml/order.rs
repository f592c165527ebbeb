//! Owns `OrderRequest`: a purchase order, its change or its cancellation, as received.
//!
//! What identifies an order is required (orderID, orderDate may be unreadable but its text is kept); everything else is read as it
//! comes. Card numbers are never kept: only the last four digits are.

use crate::comments::Comments;
use crate::control_keys::ControlKeys;
use crate::error::WireError;
use crate::extrinsic::{Extrinsic, extrinsic};
use crate::invoice_tax::InvoiceTax;
use crate::money::{Money, Number, some_text};
use crate::order_item::ItemOut;
use crate::party::{Contact, IdReference};
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::shipping::{Shipping, TermsOfDelivery};
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown};

/// `OrderRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// `OrderRequestHeader`.
    pub header: OrderRequestHeader,
    /// `ItemOut`; only a cancellation may have none.
    pub items: Vec<ItemOut>,
}

/// `OrderRequestHeader/@type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderKind {
    /// A new order.
    #[default]
    New,
    /// The complete order again, changed.
    Update,
    /// A cancellation.
    Delete,
}

/// `OrderRequestHeader/@orderType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderType {
    /// An ordinary order.
    #[default]
    Regular,
    /// A call-off against an agreement or a blanket order.
    Release,
    /// A limit to be drawn on.
    Blanket,
    /// Between the buyer's own sites.
    StockTransport,
    /// A call-off between the buyer's own sites.
    StockTransportRelease,
}

/// `OrderRequestHeader`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderRequestHeader {
    /// `@orderID`: the purchase order number, literally.
    pub order_id: String,
    /// `@orderDate`; its text is copied into references.
    pub order_date: WireTime,
    /// `@type`.
    pub kind: OrderKind,
    /// `@orderType`.
    pub order_type: OrderType,
    /// `@orderVersion`, counts from 1.
    pub order_version: Option<u32>,
    /// `@isInternalVersion`: the change does not concern the supplier.
    pub is_internal_version: bool,
    /// `@agreementID`.
    pub agreement_id: Option<String>,
    /// `@agreementPayloadID`.
    pub agreement_payload_id: Option<String>,
    /// `@parentAgreementID`.
    pub parent_agreement_id: Option<String>,
    /// `@effectiveDate` of a blanket order.
    pub effective_date: Option<WireTime>,
    /// `@expirationDate` of a blanket order.
    pub expiration_date: Option<WireTime>,
    /// `@releaseRequired`: wait for releases.
    pub is_release_required: bool,
    /// `@requisitionID`.
    pub requisition_id: Option<String>,
    /// `@shipComplete`.
    pub is_ship_complete: bool,
    /// `DocumentReference/@payloadID`: the order that is changed or cancelled.
    pub document_reference: Option<String>,
    /// `Total`, without tax and shipping.
    pub total: Option<Money>,
    /// `ShipTo`.
    pub ship_to: Option<Contact>,
    /// `BillTo`.
    pub bill_to: Option<Contact>,
    /// `Shipping/Money`.
    pub shipping: Option<Money>,
    /// `Shipping`, whole.
    pub shipping_details: Option<Box<Shipping>>,
    /// `Tax/Money`.
    pub tax: Option<Money>,
    /// `Tax`, whole.
    pub tax_details: Option<Box<InvoiceTax>>,
    /// The last four digits of `Payment/PCard/@number`.
    pub payment_card_ending: Option<String>,
    /// `PaymentTerm/@payInNumberOfDays`, in days.
    pub payment_terms_days: Vec<Number>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `Followup/URL`, where the supplier may tell about the order.
    pub follow_up: Option<String>,
    /// `@requestedDeliveryDate` of the whole order.
    pub requested_delivery_date: Option<WireTime>,
    /// `TermsOfDelivery`.
    pub terms_of_delivery: Option<Box<TermsOfDelivery>>,
    /// `ControlKeys` of the whole order.
    pub control_keys: Option<ControlKeys>,
    /// `SupplierOrderInfo/@orderID`: our number, if the buyer knows it.
    pub supplier_order_id: Option<String>,
    /// `IdReference`.
    pub id_references: Vec<IdReference>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
    /// What else the order says outside of its lines.
    pub unknown: Vec<Unknown>,
}

impl OrderRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&["OrderRequestHeader"])?;
        // Lines are large: they are not moved again while their list grows.
        let mut items = Vec::with_capacity(at.children("ItemOut").count());
        let (mut header, mut unknown) = (None, Vec::new());
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "OrderRequestHeader" => header = Some(OrderRequestHeader::read(child)?),
                "ItemOut" => items.push(ItemOut::read(child)?),
                _ => unknown.element(child),
            }
        }
        let mut header = header.ok_or_else(|| at.missing("element OrderRequestHeader"))?;
        if items.is_empty() && header.kind != OrderKind::Delete {
            return Err(at.missing("element ItemOut"));
        }
        header.unknown.append(&mut unknown);
        Ok(Self { header, items })
    }
}

/// What decides about an order may stand in its header once.
const ONE_EACH: [&str; 7] = ["Total", "ShipTo", "BillTo", "Shipping", "Tax", "DocumentReference", "SupplierOrderInfo"];

impl OrderRequestHeader {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&ONE_EACH)?;
        at.child("Total").map_or(Ok(()), |total| total.only_one_each(&["Money"]))?;
        let mut header = Self {
            order_id: order_id(at)?,
            kind: OrderKind::read(at)?,
            order_type: OrderType::read(at)?,
            ..Self::default()
        };
        let mut unknown = Vec::new();
        for (name, value) in at.attributes() {
            if !header.attribute(name, value) {
                unknown.attribute(at, name, value);
            }
        }
        for child in at.elements() {
            if !header.party(child, &mut unknown) {
                header.child(child, &mut unknown);
            }
        }
        header.unknown = unknown;
        Ok(header)
    }

    fn attribute(&mut self, name: &str, value: &str) -> bool {
        let is_yes = || value.trim().eq_ignore_ascii_case("yes");
        match name {
            "orderID" | "type" | "orderType" => {}
            "orderDate" => self.order_date = WireTime::read(value),
            "orderVersion" => {
                self.order_version = whole_number(value);
                return self.order_version.is_some();
            }
            "isInternalVersion" => self.is_internal_version = is_yes(),
            "agreementID" => self.agreement_id = some_text(value),
            "agreementPayloadID" => self.agreement_payload_id = some_text(value),
            "parentAgreementID" => self.parent_agreement_id = some_text(value),
            "effectiveDate" => self.effective_date = some_time(value),
            "expirationDate" => self.expiration_date = some_time(value),
            "releaseRequired" => self.is_release_required = is_yes(),
            "requisitionID" => self.requisition_id = some_text(value),
            "shipComplete" => self.is_ship_complete = is_yes(),
            "requestedDeliveryDate" => self.requested_delivery_date = some_time(value),
            _ => return false,
        }
        true
    }

    fn party(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> bool {
        match at.name() {
            "ShipTo" => Contact::once(&mut self.ship_to, at, unknown),
            "BillTo" => Contact::once(&mut self.bill_to, at, unknown),
            "Contact" => self.contacts.push(Contact::read(at, unknown)),
            "IdReference" => self.id_references.push(IdReference::read(at, unknown)),
            _ => return false,
        }
        true
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        match at.name() {
            "Total" => Money::once(&mut self.total, at, unknown),
            "Shipping" => Shipping::once(&mut self.shipping, &mut self.shipping_details, at, unknown),
            "Tax" => InvoiceTax::once(&mut self.tax, &mut self.tax_details, at, unknown),
            "Payment" => self.payment(at, unknown),
            "PaymentTerm" => {
                self.payment_terms_days.extend(at.attr("payInNumberOfDays").map(Number::read));
                unknown.beyond_text(at, &["payInNumberOfDays"]);
            }
            "Comments" => Comments::push(&mut self.comments, at, unknown),
            "Followup" if self.follow_up.is_none() => {
                if let Some(url) = unknown.within(at, "URL") {
                    unknown.text(&mut self.follow_up, url);
                }
            }
            "ControlKeys" => unknown.once(&mut self.control_keys, at, ControlKeys::read),
            "DocumentReference" if self.document_reference.is_none() => {
                self.document_reference = at.attr_text("payloadID");
                unknown.beyond_text(at, &["payloadID"]);
            }
            "SupplierOrderInfo" if self.supplier_order_id.is_none() => {
                self.supplier_order_id = at.attr_text("orderID");
                unknown.beyond_text(at, &["orderID"]);
            }
            "TermsOfDelivery" => unknown.once_boxed(&mut self.terms_of_delivery, at, TermsOfDelivery::read),
            "Extrinsic" => self.extrinsics.push(Extrinsic::keeping(at, unknown)),
            _ => unknown.element(at),
        }
    }

    /// Of a card only the last four digits are kept, neither expiry nor holder nor the holder's address; other means of payment are kept as sent.
    fn payment(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        unknown.attributes(at);
        for child in at.elements() {
            if child.name() == "PCard" && self.payment_card_ending.is_none() {
                self.payment_card_ending = child.attr("number").map(card_ending);
                unknown.other_attributes(child, &["number", "expiration", "name"]);
            } else {
                unknown.element(child);
            }
        }
    }

    /// The value of an extrinsic, by name without case.
    pub fn extrinsic(&self, name: &str) -> Option<&str> {
        extrinsic(&self.extrinsics, name)
    }
}

fn order_id(at: Cursor<'_, '_>) -> Result<String, WireError> {
    let id = at.required_attr("orderID")?.trim();
    if id.is_empty() { Err(at.invalid("a purchase order number in orderID", "")) } else { Ok(id.to_owned()) }
}

/// A version may be written `1` or `1.0`.
fn whole_number(text: &str) -> Option<u32> {
    let value = Number::read(text).value?.normalize();
    (value.scale() == 0).then(|| u32::try_from(value.mantissa()).ok()).flatten()
}

fn card_ending(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits.iter().skip(digits.len().saturating_sub(4)).collect()
}

impl OrderKind {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        match at.attr_text("type").as_deref() {
            None | Some("new") => Ok(Self::New),
            Some("update") => Ok(Self::Update),
            Some("delete") => Ok(Self::Delete),
            Some(other) => Err(at.invalid("type new, update or delete", other)),
        }
    }

    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl OrderType {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        match at.attr_text("orderType").as_deref() {
            None | Some("regular") => Ok(Self::Regular),
            Some("release") => Ok(Self::Release),
            Some("blanket") => Ok(Self::Blanket),
            Some("stockTransport") => Ok(Self::StockTransport),
            Some("stockTransportRelease") => Ok(Self::StockTransportRelease),
            Some(other) => Err(at.invalid("orderType regular, release or blanket", other)),
        }
    }

    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Release => "release",
            Self::Blanket => "blanket",
            Self::StockTransport => "stockTransport",
            Self::StockTransportRelease => "stockTransportRelease",
        }
    }
}
