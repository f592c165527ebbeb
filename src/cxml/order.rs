//! Owns `OrderRequest`: a purchase order, its change or its cancellation, as received.
//!
//! What identifies an order is required (orderID, orderDate may be unreadable but its text is kept); everything else is read as it
//! comes. Card numbers are never kept: only the last four digits are.

use crate::comments::Comments;
use crate::control_keys::ControlKeys;
use crate::error::WireError;
use crate::extrinsic::{Extrinsic, extrinsic};
use crate::money::{Money, Number};
use crate::order_item::{ItemOut, time};
use crate::party::{Contact, IdReference};
use crate::read::Cursor;
use crate::time::WireTime;

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// `Tax/Money`.
    pub tax: Option<Money>,
    /// The last four digits of `Payment/PCard/@number`.
    pub payment_card_ending: Option<String>,
    /// `PaymentTerm/@payInNumberOfDays`, in days.
    pub payment_terms_days: Vec<Number>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `ControlKeys` of the whole order.
    pub control_keys: Option<ControlKeys>,
    /// `SupplierOrderInfo/@orderID`: our number, if the buyer knows it.
    pub supplier_order_id: Option<String>,
    /// `IdReference`.
    pub id_references: Vec<IdReference>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl OrderRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let header = OrderRequestHeader::read(at.required("OrderRequestHeader")?)?;
        let items = at.children("ItemOut").map(ItemOut::read).collect::<Result<Vec<_>, _>>()?;
        if items.is_empty() && header.kind != OrderKind::Delete {
            return Err(at.missing("element ItemOut"));
        }
        Ok(Self { header, items })
    }
}

impl OrderRequestHeader {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(Self {
            order_id: order_id(at)?,
            order_date: WireTime::read(at.attr("orderDate").unwrap_or_default()),
            kind: OrderKind::read(at)?,
            order_type: OrderType::read(at)?,
            order_version: at.attr_text("orderVersion").and_then(|text| whole_number(&text)),
            is_internal_version: at.flag("isInternalVersion"),
            agreement_id: at.attr_text("agreementID"),
            agreement_payload_id: at.attr_text("agreementPayloadID"),
            parent_agreement_id: at.attr_text("parentAgreementID"),
            effective_date: time(at, "effectiveDate"),
            expiration_date: time(at, "expirationDate"),
            is_release_required: at.flag("releaseRequired"),
            requisition_id: at.attr_text("requisitionID"),
            is_ship_complete: at.flag("shipComplete"),
            document_reference: at.child("DocumentReference").and_then(|r| r.attr_text("payloadID")),
            total: Money::inside(at, "Total"),
            ship_to: Contact::inside(at, "ShipTo"),
            bill_to: Contact::inside(at, "BillTo"),
            shipping: Money::inside(at, "Shipping"),
            tax: Money::inside(at, "Tax"),
            payment_card_ending: card_ending(at),
            payment_terms_days: payment_terms(at),
            contacts: at.children("Contact").map(Contact::read).collect(),
            comments: Comments::read_all(at),
            control_keys: ControlKeys::inside(at),
            supplier_order_id: at.child("SupplierOrderInfo").and_then(|info| info.attr_text("orderID")),
            id_references: at.children("IdReference").map(IdReference::read).collect(),
            extrinsics: Extrinsic::read_all(at),
        })
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

fn card_ending(at: Cursor<'_, '_>) -> Option<String> {
    let number = at.descend(&["Payment", "PCard"])?.attr("number")?;
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    Some(digits.iter().skip(digits.len().saturating_sub(4)).collect())
}

fn payment_terms(at: Cursor<'_, '_>) -> Vec<Number> {
    at.children("PaymentTerm").filter_map(|term| term.attr("payInNumberOfDays")).map(Number::read).collect()
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
}
