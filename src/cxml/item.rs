//! Owns what a line says about the thing bought: `ItemID` and `ItemDetail`, shared by carts and orders.
//!
//! Identifiers are text and stay text: `CC-100` and `007` are never numbers.

use crate::extrinsic::Extrinsic;
use crate::money::{Money, Number};
use crate::read::Cursor;
use crate::write::Element;

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
    /// `PriceBasisQuantity`. Read only.
    pub price_basis_quantity: Option<PriceBasisQuantity>,
    /// `Classification`, all of them.
    pub classifications: Vec<Classification>,
    /// `ManufacturerPartID`.
    pub manufacturer_part_id: Option<String>,
    /// `ManufacturerName`.
    pub manufacturer_name: Option<String>,
    /// `URL`.
    pub url: Option<String>,
    /// `LeadTime`, in days.
    pub lead_time_days: Option<Number>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ItemId {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            supplier_part_id: at.child_text("SupplierPartID").unwrap_or_default(),
            supplier_part_auxiliary_id: at
                .child("SupplierPartAuxiliaryID")
                .map(|id| id.inner_xml().map_or_else(|| id.trimmed_text(), |markup| markup.trim().to_owned()))
                .filter(|text| !text.is_empty()),
            buyer_part_id: at.child_text("BuyerPartID"),
        }
    }

    /// Writes what every DTD version knows; the buyer's own number is not ours to send.
    pub(crate) fn element(&self) -> Element {
        Element::new("ItemID")
            .child(Element::with_text("SupplierPartID", &self.supplier_part_id))
            .text_child("SupplierPartAuxiliaryID", self.supplier_part_auxiliary_id.as_deref())
    }
}

impl Description {
    /// A text in one language.
    pub fn new(lang: &str, text: impl Into<String>) -> Self {
        Self { lang: Some(lang.to_owned()), text: text.into(), short_name: None }
    }

    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self { lang: at.lang().map(str::to_owned), text: at.trimmed_text(), short_name: at.child_text("ShortName") }
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Description").attr("xml:lang", self.lang.as_deref().unwrap_or("en")).text(&self.text)
    }
}

impl Classification {
    /// A UNSPSC code, eight digits.
    pub fn unspsc(code: impl Into<String>) -> Self {
        Self { domain: "UNSPSC".to_owned(), code: code.into() }
    }

    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self { domain: at.attr("domain").unwrap_or_default().trim().to_owned(), code: at.trimmed_text() }
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Classification").attr("domain", &self.domain).text(&self.code)
    }
}

impl ItemDetail {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            unit_price: Money::inside(at, "UnitPrice"),
            descriptions: at.children("Description").map(Description::read).collect(),
            unit_of_measure: at.child_text("UnitOfMeasure").unwrap_or_default(),
            price_basis_quantity: at.child("PriceBasisQuantity").map(PriceBasisQuantity::read),
            classifications: at.children("Classification").map(Classification::read).collect(),
            manufacturer_part_id: at.child_text("ManufacturerPartID"),
            manufacturer_name: at.child_text("ManufacturerName"),
            url: at.child_text("URL"),
            lead_time_days: at.child_text("LeadTime").map(|text| Number::read(&text)),
            extrinsics: Extrinsic::read_all(at),
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

    /// Writes the elements that 1.2.014 knows, in its order; later versions take them as well.
    pub(crate) fn element(&self) -> Element {
        let manufacturer = self.manufacturer_name.as_ref().filter(|name| !name.is_empty());
        Element::new("ItemDetail")
            .child_opt(self.unit_price.as_ref().map(|price| price.wrapped("UnitPrice")))
            .children(self.descriptions.iter().map(Description::element))
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .children(self.classifications.iter().map(Classification::element))
            .text_child("ManufacturerPartID", self.manufacturer_part_id.as_deref())
            .child_opt(manufacturer.map(|name| Element::new("ManufacturerName").attr("xml:lang", "en").text(name)))
            .text_child("URL", self.url.as_deref())
            .text_child("LeadTime", self.lead_time_days.as_ref().map(|days| days.text.as_str()))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

impl PriceBasisQuantity {
    fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            quantity: Number::read(at.attr("quantity").unwrap_or_default()),
            conversion_factor: Number::read(at.attr("conversionFactor").unwrap_or_default()),
            unit_of_measure: at.child_text("UnitOfMeasure").unwrap_or_default(),
        }
    }
}
