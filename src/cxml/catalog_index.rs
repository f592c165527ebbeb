//! Owns `Index` (cXML.dtd): a supplier's catalogue, or its entry points for PunchOut from the buyer's search.
//!
//! An index is a document of its own without envelope. It is written for the declared version: 1.2.014 knows neither price,
//! unit, lead time nor level of a PunchOut item. Items are kept in order; the kinds are not mixed within one `IndexItem` (DTD), so runs are grouped.

use roxmltree::Document;

use crate::error::{WireError, WireErrorKind};
use crate::extrinsic::Extrinsic;
use crate::item::{Classification, Description, ItemDetail, ItemId};
use crate::money::{Money, Number, some_text};
use crate::read::Cursor;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown, text_in_english};
use crate::write::{Charset, DocumentType, Dtd, DtdVersion, Element, render};

/// `Index`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    /// `@loadmode`.
    pub load_mode: Option<LoadMode>,
    /// `SupplierID`: domain and identity.
    pub supplier_ids: Vec<(String, String)>,
    /// The items.
    pub items: Vec<IndexItem>,
    /// What else the index says. Not written.
    pub unknown: Vec<Unknown>,
}

/// `@loadmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadMode {
    /// Replaces the catalogue.
    Full,
    /// Changes it.
    Incremental,
}

/// The content of an `IndexItem`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexItem {
    /// `IndexItemAdd`.
    Add(Box<IndexItemAdd>),
    /// `IndexItemDelete`.
    Delete(ItemId),
    /// `IndexItemPunchout`.
    Punchout(Box<IndexItemPunchout>),
}

/// `IndexItemAdd`: an item with its price.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexItemAdd {
    /// `ItemID`.
    pub item_id: ItemId,
    /// `ItemDetail`.
    pub detail: ItemDetail,
    /// `IndexItemDetail/LeadTime`, in days.
    pub lead_time_days: Number,
    /// `IndexItemDetail/ExpirationDate`.
    pub expiration_date: Option<WireTime>,
    /// `IndexItemDetail/EffectiveDate`.
    pub effective_date: Option<WireTime>,
    /// `IndexItemDetail/TerritoryAvailable`.
    pub territories: Vec<String>,
}

/// `@punchoutLevel`: where the browser arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PunchoutLevel {
    /// The whole shop; the default of the DTD.
    #[default]
    Store,
    /// A group of categories.
    Aisle,
    /// A category.
    Shelf,
    /// The product itself.
    Product,
}

/// `IndexItemPunchout`: an item whose price and configuration come live.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexItemPunchout {
    /// `ItemID`, which comes back as the selected item.
    pub item_id: ItemId,
    /// `@punchoutLevel`, left out for DTD versions that do not know it.
    pub level: PunchoutLevel,
    /// `Description`.
    pub descriptions: Vec<Description>,
    /// `URL`, which the DTD demands.
    pub url: String,
    /// `Classification`.
    pub classifications: Vec<Classification>,
    /// `UnitPrice`, left out for DTD versions that do not know it.
    pub unit_price: Option<Money>,
    /// `UnitOfMeasure`, left out for DTD versions that do not know it.
    pub unit_of_measure: Option<String>,
    /// `ManufacturerName`.
    pub manufacturer_name: Option<String>,
    /// `ManufacturerPartID`.
    pub manufacturer_part_id: Option<String>,
    /// `LeadTime`, in days; left out for DTD versions that do not know it.
    pub lead_time_days: Option<Number>,
    /// `ExpirationDate`.
    pub expiration_date: Option<WireTime>,
    /// `EffectiveDate`.
    pub effective_date: Option<WireTime>,
    /// `TerritoryAvailable`.
    pub territories: Vec<String>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

/// The oldest DTD at hand that knows price, unit, lead time and level of a PunchOut item; 1.2.014 does not.
const PRICED_PUNCHOUT: DtdVersion = DtdVersion(1, 2, 20);

/// Reads a parsed document as an index.
///
/// # Errors
/// `NotCxml` for any other root element.
pub fn read_index(document: &Document<'_>) -> Result<Index, WireError> {
    Index::read(Cursor::root(document))
}

/// Writes an index as a document.
pub fn write_index(index: &Index, version: DtdVersion) -> String {
    let document_type = DocumentType { dtd: Dtd::Cxml, version };
    render(&index.element(version), document_type, Charset::Utf8).replacen("<!DOCTYPE cXML", "<!DOCTYPE Index", 1)
}

impl Index {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        if at.name() != "Index" {
            return Err(at.located(WireError::new(WireErrorKind::NotCxml, "root element Index", at.name())));
        }
        let (mut index, mut unknown) = (Self::default(), Vec::new());
        for (name, value) in at.attributes() {
            match (name, value.trim()) {
                ("loadmode", "Full") => index.load_mode = Some(LoadMode::Full),
                ("loadmode", "Incremental") => index.load_mode = Some(LoadMode::Incremental),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "SupplierID" => {
                    let domain = child.attr_text("domain").unwrap_or_default();
                    index.supplier_ids.push((domain, child.trimmed_text()));
                    unknown.beyond_text(child, &["domain"]);
                }
                "IndexItem" => index.read_items(child, &mut unknown),
                _ => unknown.element(child),
            }
        }
        index.unknown = unknown;
        Ok(index)
    }

    fn read_items(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "IndexItemAdd" => self.items.push(IndexItem::Add(Box::new(IndexItemAdd::read(child, unknown)))),
                "IndexItemDelete" => {
                    let id = unknown.within(child, "ItemID").map(|id| ItemId::read(id, unknown));
                    self.items.push(IndexItem::Delete(id.unwrap_or_default()));
                }
                "IndexItemPunchout" => {
                    self.items.push(IndexItem::Punchout(Box::new(IndexItemPunchout::read(child, unknown))));
                }
                _ => unknown.element(child),
            }
        }
    }

    fn element(&self, version: DtdVersion) -> Element {
        let supplier =
            |(domain, identity): &(String, String)| Element::new("SupplierID").attr("domain", domain).text(identity);
        let mode = self.load_mode.map(|mode| if mode == LoadMode::Full { "Full" } else { "Incremental" });
        let runs = self.items.chunk_by(|a, b| std::mem::discriminant(a) == std::mem::discriminant(b));
        Element::new("Index")
            .attr_opt("loadmode", mode)
            .children(self.supplier_ids.iter().map(supplier))
            .children(runs.map(|run| Element::new("IndexItem").children(run.iter().map(|item| item.element(version)))))
    }
}

impl IndexItem {
    fn element(&self, version: DtdVersion) -> Element {
        match self {
            Self::Add(item) => item.element(version),
            Self::Delete(id) => Element::new("IndexItemDelete").child(id.element(version)),
            Self::Punchout(item) => item.element(version),
        }
    }
}

impl IndexItemAdd {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let (mut item, mut id, mut detail) = (Self::default(), None, None);
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "ItemID" => unknown.once(&mut id, child, ItemId::read),
                "ItemDetail" => unknown.once(&mut detail, child, ItemDetail::read),
                "IndexItemDetail" if item.lead_time_days.text.is_empty() => item.read_detail(child, unknown),
                _ => unknown.element(child),
            }
        }
        item.item_id = id.unwrap_or_default();
        item.detail = detail.unwrap_or_default();
        item
    }

    fn read_detail(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "LeadTime" if self.lead_time_days.text.is_empty() => {
                    unknown.beyond_text(child, &[]);
                    self.lead_time_days = Number::read(&child.text());
                }
                "ExpirationDate" => unknown.time(&mut self.expiration_date, child),
                "EffectiveDate" => unknown.time(&mut self.effective_date, child),
                "TerritoryAvailable" => territory(&mut self.territories, child, unknown),
                _ => unknown.element(child),
            }
        }
    }

    fn element(&self, version: DtdVersion) -> Element {
        let detail = Element::new("IndexItemDetail").child(Element::with_text("LeadTime", &self.lead_time_days.text));
        Element::new("IndexItemAdd")
            .child(self.item_id.element(version))
            .child(self.detail.element(version))
            .child(availability(detail, self.expiration_date.as_ref(), self.effective_date.as_ref(), &self.territories))
    }
}

impl IndexItemPunchout {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let (mut item, mut id) = (Self::default(), None);
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "ItemID" => unknown.once(&mut id, child, ItemId::read),
                "PunchoutDetail" if item.url.is_empty() => item.read_detail(child, unknown),
                _ => unknown.element(child),
            }
        }
        item.item_id = id.unwrap_or_default();
        item
    }

    fn read_detail(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        for (name, value) in at.attributes() {
            match (name, PunchoutLevel::parse(value.trim())) {
                ("punchoutLevel", Some(level)) => self.level = level,
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "Description" => self.descriptions.push(Description::read(child, unknown)),
                "URL" => unknown.plain_text(&mut self.url, child),
                "Classification" => self.classifications.push(Classification::read(child, unknown)),
                "UnitPrice" => Money::once(&mut self.unit_price, child, unknown),
                "UnitOfMeasure" => unknown.text(&mut self.unit_of_measure, child),
                "ManufacturerName" if self.manufacturer_name.is_none() => {
                    self.manufacturer_name = text_in_english(child, unknown);
                }
                "ManufacturerPartID" => unknown.text(&mut self.manufacturer_part_id, child),
                "LeadTime" if self.lead_time_days.is_none() => {
                    unknown.beyond_text(child, &[]);
                    self.lead_time_days = some_text(&child.text()).map(|text| Number::read(&text));
                }
                "ExpirationDate" => unknown.time(&mut self.expiration_date, child),
                "EffectiveDate" => unknown.time(&mut self.effective_date, child),
                "TerritoryAvailable" => territory(&mut self.territories, child, unknown),
                "Extrinsic" => self.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
    }

    fn element(&self, version: DtdVersion) -> Element {
        let priced = version >= PRICED_PUNCHOUT;
        let name = |name: &String| Element::new("ManufacturerName").attr("xml:lang", "en").text(name);
        let detail = Element::new("PunchoutDetail")
            .attr_opt("punchoutLevel", priced.then_some(self.level.as_str()))
            .children(self.descriptions.iter().map(Description::element))
            .child(Element::with_text("URL", &self.url))
            .children(self.classifications.iter().map(Classification::element))
            .child_opt(self.unit_price.as_ref().filter(|_| priced).map(|price| price.wrapped("UnitPrice")))
            .text_child("UnitOfMeasure", self.unit_of_measure.as_deref().filter(|_| priced))
            .child_opt(self.manufacturer_name.as_ref().map(name))
            .text_child("ManufacturerPartID", self.manufacturer_part_id.as_deref())
            .text_child("LeadTime", self.lead_time_days.as_ref().filter(|_| priced).map(|days| days.text.as_str()));
        let detail =
            availability(detail, self.expiration_date.as_ref(), self.effective_date.as_ref(), &self.territories)
                .children(self.extrinsics.iter().map(Extrinsic::element));
        Element::new("IndexItemPunchout").child(self.item_id.element(version)).child(detail)
    }
}

fn territory(territories: &mut Vec<String>, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
    unknown.beyond_text(at, &[]);
    territories.extend(some_text(&at.text()));
}

fn availability(
    element: Element,
    expiration: Option<&WireTime>,
    effective: Option<&WireTime>,
    territories: &[String],
) -> Element {
    element
        .text_child("ExpirationDate", expiration.map(|date| date.text.as_str()))
        .text_child("EffectiveDate", effective.map(|date| date.text.as_str()))
        .children(territories.iter().map(|territory| Element::with_text("TerritoryAvailable", territory)))
}

impl PunchoutLevel {
    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Aisle => "aisle",
            Self::Shelf => "shelf",
            Self::Product => "product",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Store, Self::Aisle, Self::Shelf, Self::Product].into_iter().find(|level| level.as_str() == text)
    }
}
