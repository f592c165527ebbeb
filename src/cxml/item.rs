//! Owns what a line says about the thing bought: `ItemID` and `ItemDetail`, shared by carts and orders.
//!
//! Identifiers are text and stay text: `CC-100` and `007` are never numbers.

use std::borrow::Cow;

use crate::extrinsic::Extrinsic;
use crate::money::{Money, Number, some_text};
use crate::read::{Cursor, push_one};
use crate::unknown::Keep;
use crate::write::{DtdVersion, Element};

/// `ItemID`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemId {
    /// `SupplierPartID`; empty on lines outside of a catalogue.
    pub supplier_part_id: String,
    /// `SupplierPartAuxiliaryID`: the supplier's own reference, handed back by the buyer unchanged.
    pub supplier_part_auxiliary_id: Option<String>,
    /// `BuyerPartID`.
    pub buyer_part_id: Option<String>,
}

/// `Description`, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// `@xml:lang`.
    pub lang: Option<String>,
    /// The text, without the short name.
    pub text: String,
    /// `ShortName`.
    pub short_name: Option<String>,
}

/// `Classification`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classification {
    /// `@domain`, such as `UNSPSC`.
    pub domain: String,
    /// The code.
    pub code: String,
}

/// `PriceBasisQuantity`: the price is for so many units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceBasisQuantity {
    /// `@quantity`.
    pub quantity: Number,
    /// `@conversionFactor` between order unit and price unit.
    pub conversion_factor: Number,
    /// `UnitOfMeasure` of the price.
    pub unit_of_measure: String,
}

/// `ItemDetail`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemDetail {
    /// `UnitPrice`; some buyers hide prices.
    pub unit_price: Option<Money>,
    /// `Description`, all languages.
    pub descriptions: Vec<Description>,
    /// `UnitOfMeasure`, exactly as sent, trimmed.
    pub unit_of_measure: String,
    /// `PriceBasisQuantity`, left out for DTD versions that do not know it.
    pub price_basis_quantity: Option<PriceBasisQuantity>,
    /// `Classification`, all of them.
    pub classifications: Vec<Classification>,
    /// `ManufacturerPartID`.
    pub manufacturer_part_id: Option<String>,
    /// `ManufacturerName`.
    pub manufacturer_name: Option<String>,
    /// `ManufacturerName/@xml:lang`; `None` means `en`.
    pub manufacturer_name_lang: Option<String>,
    /// `URL`.
    pub url: Option<String>,
    /// `LeadTime`, in days.
    pub lead_time_days: Option<Number>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ItemId {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut id = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "SupplierPartID" => unknown.plain_text(&mut id.supplier_part_id, child),
                "SupplierPartAuxiliaryID" if id.supplier_part_auxiliary_id.is_none() => {
                    unknown.attributes(child);
                    id.supplier_part_auxiliary_id =
                        some_text(&child.inner_xml().map_or_else(|| child.text(), Cow::from));
                }
                "BuyerPartID" => unknown.text(&mut id.buyer_part_id, child),
                _ => unknown.element(child),
            }
        }
        id
    }

    /// The buyer's own number is left out for DTD versions that do not know it.
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let buyer_part_id = self.buyer_part_id.as_deref().filter(|_| version >= PRICE_BASIS);
        Element::new("ItemID")
            .child(Element::with_text("SupplierPartID", &self.supplier_part_id))
            .text_child("SupplierPartAuxiliaryID", self.supplier_part_auxiliary_id.as_deref())
            .text_child("BuyerPartID", buyer_part_id)
    }
}

impl Description {
    /// A text in one language.
    pub fn new(lang: &str, text: impl Into<String>) -> Self {
        Self { lang: Some(lang.to_owned()), text: text.into(), short_name: None }
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut description = Self { text: at.trimmed_text(), ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "lang" => description.lang = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "ShortName" => unknown.text(&mut description.short_name, child),
                _ => unknown.element(child),
            }
        }
        description
    }

    /// The short name follows the text, as a reader cannot tell where it stood.
    pub(crate) fn element(&self) -> Element {
        let element = Element::new("Description").attr("xml:lang", self.lang.as_deref().unwrap_or("en"));
        match &self.short_name {
            Some(name) => element.mixed(&self.text, [Element::with_text("ShortName", name)]),
            None => element.text(&self.text),
        }
    }
}

impl Classification {
    /// A UNSPSC code, eight digits.
    pub fn unspsc(code: impl Into<String>) -> Self {
        Self { domain: "UNSPSC".to_owned(), code: code.into() }
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut classification = Self { code: at.trimmed_text(), ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "domain" => value.trim().clone_into(&mut classification.domain),
                _ => unknown.attribute(at, name, value),
            }
        }
        unknown.elements(at);
        classification
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Classification").attr("domain", &self.domain).text(&self.code)
    }
}

/// The oldest DTD at hand that knows `PriceBasisQuantity` and `BuyerPartID`; 1.2.020 does not.
const PRICE_BASIS: DtdVersion = DtdVersion(1, 2, 36);

impl ItemDetail {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut detail = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            detail.child(child, unknown);
        }
        detail
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        match at.name() {
            "UnitPrice" => Money::once(&mut self.unit_price, at, unknown),
            "Description" => push_one(&mut self.descriptions, Description::read(at, unknown)),
            "UnitOfMeasure" => unknown.plain_text(&mut self.unit_of_measure, at),
            "PriceBasisQuantity" => unknown.once(&mut self.price_basis_quantity, at, PriceBasisQuantity::read),
            "Classification" => push_one(&mut self.classifications, Classification::read(at, unknown)),
            "ManufacturerPartID" => unknown.text(&mut self.manufacturer_part_id, at),
            "ManufacturerName" if self.manufacturer_name.is_none() => {
                let mut name = String::new();
                unknown.text_in(&mut name, &mut self.manufacturer_name_lang, at);
                self.manufacturer_name = Some(name).filter(|name| !name.is_empty());
            }
            "URL" => unknown.text(&mut self.url, at),
            "LeadTime" => unknown.once(&mut self.lead_time_days, at, |at, unknown| {
                unknown.beyond_text(at, &[]);
                Number::read(&at.text())
            }),
            "Extrinsic" => push_one(&mut self.extrinsics, Extrinsic::keeping(at, unknown)),
            _ => unknown.element(at),
        }
    }

    /// The text of the first description.
    pub fn description(&self) -> &str {
        self.descriptions.first().map_or("", |description| description.text.as_str())
    }

    /// The code in a classification domain, compared without case.
    pub fn classification(&self, domain: &str) -> Option<&str> {
        let found = self.classifications.iter().find(|c| c.domain.eq_ignore_ascii_case(domain));
        found.map(|classification| classification.code.as_str())
    }

    /// Writes what the version knows, in the order that all versions share.
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let lang = self.manufacturer_name_lang.as_deref().unwrap_or("en");
        let basis = self.price_basis_quantity.as_ref().filter(|_| version >= PRICE_BASIS);
        let manufacturer = self.manufacturer_name.as_ref().filter(|name| !name.is_empty());
        Element::new("ItemDetail")
            .child_opt(self.unit_price.as_ref().map(|price| price.wrapped("UnitPrice")))
            .children(self.descriptions.iter().map(Description::element))
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .child_opt(basis.map(PriceBasisQuantity::element))
            .children(self.classifications.iter().map(Classification::element))
            .text_child("ManufacturerPartID", self.manufacturer_part_id.as_deref())
            .child_opt(manufacturer.map(|name| Element::new("ManufacturerName").attr("xml:lang", lang).text(name)))
            .text_child("URL", self.url.as_deref())
            .text_child("LeadTime", self.lead_time_days.as_ref().map(|days| days.text.as_str()))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

impl PriceBasisQuantity {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let number = |name| Number::read(at.attr(name).unwrap_or_default());
        for (name, value) in at.attributes() {
            if !matches!(name, "quantity" | "conversionFactor") {
                unknown.attribute(at, name, value);
            }
        }
        let mut unit_of_measure = String::new();
        for child in at.elements() {
            match child.name() {
                "UnitOfMeasure" => unknown.plain_text(&mut unit_of_measure, child),
                _ => unknown.element(child),
            }
        }
        Self { quantity: number("quantity"), conversion_factor: number("conversionFactor"), unit_of_measure }
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("PriceBasisQuantity")
            .attr("quantity", &self.quantity.text)
            .attr("conversionFactor", &self.conversion_factor.text)
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
    }
}
