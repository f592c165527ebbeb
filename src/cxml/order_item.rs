//! Owns `ItemOut`: a line of an order, and of a cart that comes back to be edited.
//!
//! A quantity is an exact decimal and required; a fraction stays a fraction. A hidden price, a missing unit or a missing line
//! number do not refuse the line here: the caller knows what it needs.

use crate::comments::Comments;
use crate::control_keys::ControlKeys;
use crate::distribution::Distribution;
use crate::error::WireError;
use crate::extrinsic::{Extrinsic, extrinsic};
use crate::invoice_tax::InvoiceTax;
use crate::item::{Classification, Description, ItemDetail, ItemId};
use crate::money::{Money, Number, required_number, some_text};
use crate::party::Contact;
use crate::read::{Cursor, push_one};
use crate::schedule::{ScheduleLine, Tolerances, some_time};
use crate::shipping::{Shipping, TermsOfDelivery};
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown};

/// `ItemOut`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemOut {
    /// `@quantity`.
    pub quantity: Number,
    /// `@lineNumber`, else the extrinsic `LINENUM` (Oracle); never changes over updates of an order.
    pub line_number: Option<u32>,
    /// `@requisitionID`.
    pub requisition_id: Option<String>,
    /// `@agreementItemNumber`: the line of the agreement that is called off.
    pub agreement_item_number: Option<String>,
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
    /// `@isReturn`: goods go back.
    pub is_return: bool,
    /// `ItemID`.
    pub item_id: ItemId,
    /// `ItemDetail`; a blanket line has none.
    pub detail: Option<ItemDetail>,
    /// `BlanketItemDetail`.
    pub blanket: Option<Box<BlanketItemDetail>>,
    /// `ShipTo`.
    pub ship_to: Option<Box<Contact>>,
    /// `Shipping/Money`.
    pub shipping: Option<Money>,
    /// `Shipping`, whole.
    pub shipping_details: Option<Box<Shipping>>,
    /// `Tax/Money`.
    pub tax: Option<Money>,
    /// `Tax`, whole.
    pub tax_details: Option<Box<InvoiceTax>>,
    /// `Distribution`.
    pub distributions: Vec<Distribution>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
    /// `TermsOfDelivery`.
    pub terms_of_delivery: Option<Box<TermsOfDelivery>>,
    /// `Tolerances`.
    pub tolerances: Option<Box<Tolerances>>,
    /// `ScheduleLine`.
    pub schedule_lines: Vec<ScheduleLine>,
    /// `ControlKeys` of the line.
    pub control_keys: Option<Box<ControlKeys>>,
    /// `Extrinsic` directly on the line (not in the DTD, but sent); those of the detail are in the detail.
    pub extrinsics: Vec<Extrinsic>,
    /// What else the line says.
    pub unknown: Vec<Unknown>,
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
    /// `MinQuantity`.
    pub min_quantity: Option<Number>,
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
        refuse_seconds(at)?;
        let mut item = Self { quantity: required_number(at, "quantity")?, ..Self::default() };
        let mut unknown = Vec::new();
        for (name, value) in at.attributes() {
            if !item.attribute(name, value) {
                unknown.attribute(at, name, value);
            }
        }
        for child in at.elements() {
            if child.name() == "ScheduleLine" {
                item.schedule_lines.push(ScheduleLine::read(child, &mut unknown)?);
            } else {
                item.child(child, &mut unknown);
            }
        }
        if item.line_number.is_none() {
            item.line_number = item.extrinsic("LINENUM").and_then(|text| text.trim().parse().ok());
        }
        item.unknown = unknown;
        Ok(item)
    }

    fn attribute(&mut self, name: &str, value: &str) -> bool {
        match name {
            "quantity" => {}
            "lineNumber" => {
                self.line_number = value.trim().parse().ok();
                return self.line_number.is_some();
            }
            "parentLineNumber" => {
                self.parent_line_number = value.trim().parse().ok();
                return self.parent_line_number.is_some();
            }
            "requisitionID" => self.requisition_id = some_text(value),
            "agreementItemNumber" => self.agreement_item_number = some_text(value),
            "requestedDeliveryDate" => self.requested_delivery_date = some_time(value),
            "isAdHoc" => self.is_ad_hoc = value.trim().eq_ignore_ascii_case("yes"),
            "itemType" => self.item_type = some_text(value),
            "confirmationDueDate" => self.confirmation_due_date = some_time(value),
            "operation" => self.operation = some_text(value),
            "isReturn" => self.is_return = value.trim().eq_ignore_ascii_case("yes"),
            _ => return false,
        }
        true
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        match at.name() {
            "ItemID" if self.item_id == ItemId::default() => self.item_id = ItemId::read(at, unknown),
            "ItemDetail" => unknown.once(&mut self.detail, at, ItemDetail::read),
            "BlanketItemDetail" => unknown.once_boxed(&mut self.blanket, at, BlanketItemDetail::read),
            "ShipTo" if self.ship_to.is_none() => self.ship_to = Contact::within(at, unknown).map(Box::new),
            "Shipping" => Shipping::once(&mut self.shipping, &mut self.shipping_details, at, unknown),
            "Tax" => InvoiceTax::once(&mut self.tax, &mut self.tax_details, at, unknown),
            "Distribution" => push_one(&mut self.distributions, Distribution::read(at, unknown)),
            "Contact" => self.contacts.push(Contact::read(at, unknown)),
            "TermsOfDelivery" => unknown.once_boxed(&mut self.terms_of_delivery, at, TermsOfDelivery::read),
            "Comments" => Comments::push(&mut self.comments, at, unknown),
            "Tolerances" => unknown.once_boxed(&mut self.tolerances, at, Tolerances::read),
            "ControlKeys" => unknown.once_boxed(&mut self.control_keys, at, ControlKeys::read),
            "Extrinsic" => self.extrinsics.push(Extrinsic::keeping(at, unknown)),
            _ => unknown.element(at),
        }
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

/// What says which thing is bought at which price may stand in a line once.
fn refuse_seconds(item: Cursor<'_, '_>) -> Result<(), WireError> {
    item.only_one_each(&["ItemID", "ItemDetail", "BlanketItemDetail", "ShipTo", "Shipping", "Tax"])?;
    for child in item.elements() {
        match child.name() {
            "ItemID" => child.only_one_each(&["SupplierPartID", "SupplierPartAuxiliaryID", "BuyerPartID"])?,
            "ItemDetail" | "BlanketItemDetail" => {
                child.only_one_each(&["UnitPrice", "UnitOfMeasure", "PriceBasisQuantity"])?;
                child.child("UnitPrice").map_or(Ok(()), |price| price.only_one_each(&["Money"]))?;
            }
            _ => {}
        }
    }
    Ok(())
}

impl BlanketItemDetail {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let mut detail = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Description" => detail.descriptions.push(Description::read(child, unknown)),
                "OverallLimit" => Money::once(&mut detail.overall_limit, child, unknown),
                "ExpectedLimit" => Money::once(&mut detail.expected_limit, child, unknown),
                "MaxAmount" => Money::once(&mut detail.max_amount, child, unknown),
                "MinAmount" => Money::once(&mut detail.min_amount, child, unknown),
                "MaxQuantity" => unknown.once(&mut detail.max_quantity, child, quantity),
                "MinQuantity" => unknown.once(&mut detail.min_quantity, child, quantity),
                "UnitPrice" => Money::once(&mut detail.unit_price, child, unknown),
                "UnitOfMeasure" => unknown.text(&mut detail.unit_of_measure, child),
                "Classification" => detail.classifications.push(Classification::read(child, unknown)),
                "Extrinsic" => detail.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        detail
    }

    /// The budget: the overall limit, else the maximum amount, else the expected limit.
    pub fn limit(&self) -> Option<&Money> {
        self.overall_limit.as_ref().or(self.max_amount.as_ref()).or(self.expected_limit.as_ref())
    }
}

/// A quantity as text (the DTD) or in an attribute (seen).
fn quantity(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Number {
    unknown.beyond_text(at, &["quantity"]);
    at.attr("quantity").map_or_else(|| Number::read(&at.text()), Number::read)
}
