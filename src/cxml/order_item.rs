//! Owns `ItemOut`: a line of an order, and of a cart that comes back to be edited.
//!
//! A quantity is an exact decimal and required; a fraction stays a fraction. A hidden price, a missing unit or a missing line
//! number do not refuse the line here: the caller knows what it needs.

use crate::comments::Comments;
use crate::control_keys::ControlKeys;
use crate::distribution::Distribution;
use crate::error::WireError;
use crate::extrinsic::{Extrinsic, extrinsic};
use crate::item::{Classification, Description, ItemDetail, ItemId};
use crate::money::{Money, Number, required_number};
use crate::party::Contact;
use crate::read::Cursor;
use crate::time::WireTime;

/// `ItemOut`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOut {
    /// `@quantity`.
    pub quantity: Number,
    /// `@lineNumber`, else the extrinsic `LINENUM` (Oracle); never changes over updates of an order.
    pub line_number: Option<u32>,
    /// `@requisitionID`.
    pub requisition_id: Option<String>,
    /// `@requestedDeliveryDate`.
    pub requested_delivery_date: Option<WireTime>,
    /// `@isAdHoc`: not from a catalogue.
    pub is_ad_hoc: bool,
    /// `@itemType`: `composite`, `item` or `lean`; lines below a composite must not be counted twice.
    pub item_type: Option<String>,
    /// `@parentLineNumber`.
    pub parent_line_number: Option<u32>,
    /// `@confirmationDueDate`.
    pub confirmation_due_date: Option<WireTime>,
    /// `@operation` (`delete` or `block`, since 1.2.071).
    pub operation: Option<String>,
    /// `ItemID`.
    pub item_id: ItemId,
    /// `ItemDetail`; a blanket line has none.
    pub detail: Option<ItemDetail>,
    /// `BlanketItemDetail`.
    pub blanket: Option<BlanketItemDetail>,
    /// `ShipTo`.
    pub ship_to: Option<Contact>,
    /// `Shipping/Money`.
    pub shipping: Option<Money>,
    /// `Tax/Money`.
    pub tax: Option<Money>,
    /// `Distribution`.
    pub distributions: Vec<Distribution>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `ControlKeys` of the line.
    pub control_keys: Option<ControlKeys>,
    /// `Extrinsic` directly on the line (not in the DTD, but sent); those of the detail are in the detail.
    pub extrinsics: Vec<Extrinsic>,
}

/// `BlanketItemDetail`: limits instead of a price.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlanketItemDetail {
    /// `Description`.
    pub descriptions: Vec<Description>,
    /// `OverallLimit`.
    pub overall_limit: Option<Money>,
    /// `ExpectedLimit`.
    pub expected_limit: Option<Money>,
    /// `MaxAmount`.
    pub max_amount: Option<Money>,
    /// `MinAmount`.
    pub min_amount: Option<Money>,
    /// `MaxQuantity`.
    pub max_quantity: Option<Number>,
    /// `UnitPrice`.
    pub unit_price: Option<Money>,
    /// `UnitOfMeasure`.
    pub unit_of_measure: Option<String>,
    /// `Classification`.
    pub classifications: Vec<Classification>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ItemOut {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let detail = at.child("ItemDetail").map(ItemDetail::read);
        let extrinsics = Extrinsic::read_all(at);
        let own = detail.as_ref().map_or(&[][..], |detail| &detail.extrinsics);
        let line_number = at.attr_text("lineNumber");
        let fallback = || extrinsic(&extrinsics, "LINENUM").or_else(|| extrinsic(own, "LINENUM")).map(str::to_owned);
        let line_number = line_number.or_else(fallback).and_then(|text| text.trim().parse().ok());
        Ok(Self {
            quantity: required_number(at, "quantity")?,
            line_number,
            requisition_id: at.attr_text("requisitionID"),
            requested_delivery_date: time(at, "requestedDeliveryDate"),
            is_ad_hoc: at.flag("isAdHoc"),
            item_type: at.attr_text("itemType"),
            parent_line_number: at.attr_text("parentLineNumber").and_then(|text| text.parse().ok()),
            confirmation_due_date: time(at, "confirmationDueDate"),
            operation: at.attr_text("operation"),
            item_id: at.child("ItemID").map(ItemId::read).unwrap_or_default(),
            blanket: at.child("BlanketItemDetail").map(BlanketItemDetail::read),
            ship_to: Contact::inside(at, "ShipTo"),
            shipping: Money::inside(at, "Shipping"),
            tax: Money::inside(at, "Tax"),
            distributions: at.children("Distribution").map(Distribution::read).collect(),
            contacts: at.children("Contact").map(Contact::read).collect(),
            comments: Comments::read_all(at),
            control_keys: ControlKeys::inside(at),
            detail,
            extrinsics,
        })
    }

    /// An extrinsic of the line or of its detail, by name without case.
    pub fn extrinsic(&self, name: &str) -> Option<&str> {
        let detail = self.detail.as_ref().map(|detail| detail.extrinsics.as_slice());
        let blanket = self.blanket.as_ref().map(|blanket| blanket.extrinsics.as_slice());
        [Some(self.extrinsics.as_slice()), detail, blanket].into_iter().flatten().find_map(|all| extrinsic(all, name))
    }

    /// The price of one unit, from the detail or the blanket detail.
    pub fn unit_price(&self) -> Option<&Money> {
        let detail = self.detail.as_ref().and_then(|detail| detail.unit_price.as_ref());
        detail.or_else(|| self.blanket.as_ref().and_then(|blanket| blanket.unit_price.as_ref()))
    }

    /// The unit of measure as sent; empty if missing.
    pub fn unit_of_measure(&self) -> &str {
        let detail = self.detail.as_ref().map(|detail| detail.unit_of_measure.as_str());
        let blanket = || self.blanket.as_ref().and_then(|blanket| blanket.unit_of_measure.as_deref());
        detail.or_else(blanket).unwrap_or_default()
    }
}

impl BlanketItemDetail {
    fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            descriptions: at.children("Description").map(Description::read).collect(),
            overall_limit: Money::inside(at, "OverallLimit"),
            expected_limit: Money::inside(at, "ExpectedLimit"),
            max_amount: Money::inside(at, "MaxAmount"),
            min_amount: Money::inside(at, "MinAmount"),
            max_quantity: at
                .child("MaxQuantity")
                .map(|quantity| Number::read(quantity.attr("quantity").unwrap_or(&quantity.text()))),
            unit_price: Money::inside(at, "UnitPrice"),
            unit_of_measure: at.child_text("UnitOfMeasure"),
            classifications: at.children("Classification").map(Classification::read).collect(),
            extrinsics: Extrinsic::read_all(at),
        }
    }

    /// The budget: the overall limit, else the maximum amount, else the expected limit.
    pub fn limit(&self) -> Option<&Money> {
        self.overall_limit.as_ref().or(self.max_amount.as_ref()).or(self.expected_limit.as_ref())
    }
}

pub(crate) fn time(at: Cursor<'_, '_>, name: &str) -> Option<WireTime> {
    at.attr_text(name).map(|text| WireTime::read(&text))
}
