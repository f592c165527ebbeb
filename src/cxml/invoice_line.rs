//! Owns the lines of an invoice: `InvoiceDetailItem` for goods, `InvoiceDetailServiceItem` for services.
//!
//! The two differ in the order of their elements and in what they require. Which one a line must be follows from the order's line,
//! and a buyer refuses the wrong one; the caller decides.

use crate::comments::Comments;
use crate::distribution::Distribution;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::invoice::{CustomField, MODIFICATIONS, Period};
use crate::invoice_read::read_extrinsic;
use crate::invoice_tax::InvoiceTax;
use crate::item::{Classification, Description, ItemId, PriceBasisQuantity};
use crate::modification::Modification;
use crate::money::{Money, Number};
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown, text_in_english};
use crate::write::{DtdVersion, Element};

/// Goods or service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineKind {
    /// `InvoiceDetailItem`: quantity times unit price.
    #[default]
    Item,
    /// `InvoiceDetailServiceItem`: an amount, with a service period.
    Service,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceLine {
    /// Goods or service.
    pub kind: LineKind,
    /// `@invoiceLineNumber`, unique in the invoice.
    pub invoice_line_number: u32,
    /// `@quantity`.
    pub quantity: Number,
    /// `@lineNumber` of the reference: the order's line; blank for contracts.
    pub order_line_number: Option<u32>,
    /// `UnitOfMeasure`, exactly as the order had it.
    pub unit_of_measure: String,
    /// `UnitPrice`.
    pub unit_price: Money,
    /// `ItemID`.
    pub item_id: Option<ItemId>,
    /// `Description`.
    pub description: Option<Description>,
    /// `Classification`.
    pub classifications: Vec<Classification>,
    /// `SubtotalAmount`: quantity times price.
    pub subtotal: Money,
    /// `Period` of a service.
    pub period: Option<Period>,
    /// `Tax` of the line; on any line it sets the flag for all.
    pub tax: Option<InvoiceTax>,
    /// `GrossAmount`.
    pub gross: Option<Money>,
    /// `NetAmount`.
    pub net: Option<Money>,
    /// `Distribution`, echoed from the order.
    pub distributions: Vec<Distribution>,
    /// `Comments`.
    pub comments: Option<Comments>,
    /// `@reason="return"` on a credited item.
    pub is_return: bool,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
    /// Coupa's custom fields.
    pub custom_fields: Vec<CustomField>,
    /// `PriceBasisQuantity`, left out for DTD versions that do not know it.
    pub price_basis_quantity: Option<PriceBasisQuantity>,
    /// `ManufacturerPartID` and `ManufacturerName` of an item, which the DTD takes only as a pair.
    pub manufacturer: Option<(String, String)>,
    /// `InvoiceDetailLineSpecialHandling`; not on services.
    pub special_handling: Option<Money>,
    /// `InvoiceDetailDiscount`.
    pub discount: Option<Money>,
    /// `InvoiceItemModifications`, left out for DTD versions that do not know them.
    pub modifications: Vec<Modification>,
    /// `TotalCharges`, left out for DTD versions that do not know it.
    pub total_charges: Option<Money>,
    /// `TotalAllowances`, left out for DTD versions that do not know it.
    pub total_allowances: Option<Money>,
    /// `TotalAmountWithoutTax`, left out for DTD versions that do not know it.
    pub total_without_tax: Option<Money>,
    /// `@isAdHoc`, left out for DTD versions that do not know it.
    pub is_ad_hoc: bool,
    /// `@referenceDate`.
    pub reference_date: Option<WireTime>,
    /// `@inspectionDate`.
    pub inspection_date: Option<WireTime>,
}

/// `InvoiceDetailOrderSummary`: an order invoiced or credited as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderSummary {
    /// `@invoiceLineNumber`.
    pub invoice_line_number: u32,
    /// `SubtotalAmount`.
    pub subtotal: Money,
    /// `Period`.
    pub period: Option<Period>,
    /// `Tax`.
    pub tax: Option<InvoiceTax>,
    /// `GrossAmount`.
    pub gross: Option<Money>,
    /// `NetAmount`.
    pub net: Option<Money>,
    /// `Comments`.
    pub comments: Option<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

/// The oldest DTD at hand that knows `Classification` in the reference of an item, `@reason` and `@isAdHoc`; 1.2.020 does not.
const CLASSIFIED_ITEMS: DtdVersion = DtdVersion(1, 2, 37);

impl InvoiceLine {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let kind = if at.name() == "InvoiceDetailServiceItem" { LineKind::Service } else { LineKind::Item };
        let number = at.required_attr("invoiceLineNumber")?;
        let mut line = Self {
            kind,
            invoice_line_number: number.trim().parse().map_err(|_| at.invalid("a line number", number))?,
            ..Self::default()
        };
        for (name, value) in at.attributes() {
            match name {
                "invoiceLineNumber" => {}
                "quantity" => line.quantity = Number::read(value),
                "reason" if value.trim() == "return" => line.is_return = true,
                "isAdHoc" => line.is_ad_hoc = at.flag(name),
                "referenceDate" => line.reference_date = some_time(value),
                "inspectionDate" => line.inspection_date = some_time(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            if !line.amount(child, unknown) {
                line.child(child, unknown);
            }
        }
        Ok(line)
    }

    fn amount(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> bool {
        let slot = match at.name() {
            "UnitPrice" => return read_amount(&mut self.unit_price, at, unknown),
            "SubtotalAmount" => return read_amount(&mut self.subtotal, at, unknown),
            "GrossAmount" => &mut self.gross,
            "NetAmount" => &mut self.net,
            "InvoiceDetailDiscount" => &mut self.discount,
            "InvoiceDetailLineSpecialHandling" => &mut self.special_handling,
            "TotalCharges" => &mut self.total_charges,
            "TotalAllowances" => &mut self.total_allowances,
            "TotalAmountWithoutTax" => &mut self.total_without_tax,
            _ => return false,
        };
        Money::once(slot, at, unknown);
        true
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        match at.name() {
            "UnitOfMeasure" => unknown.plain_text(&mut self.unit_of_measure, at),
            "PriceBasisQuantity" => unknown.once(&mut self.price_basis_quantity, at, PriceBasisQuantity::read),
            "InvoiceDetailItemReference" | "InvoiceDetailServiceItemReference" => self.reference(at, unknown),
            "Period" => unknown.once(&mut self.period, at, Period::read),
            "Tax" => unknown.once(&mut self.tax, at, InvoiceTax::read),
            "InvoiceItemModifications" => self.modifications.append(&mut Modification::read_all(at, unknown)),
            "Distribution" => self.distributions.push(Distribution::read(at, unknown)),
            "Comments" => Comments::once(&mut self.comments, at, unknown),
            "Extrinsic" => read_extrinsic(&mut self.extrinsics, &mut self.custom_fields, at, unknown),
            _ => unknown.element(at),
        }
    }

    fn reference(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        let (mut part, mut name) = (None, None);
        for (attribute, value) in at.attributes() {
            match attribute {
                "lineNumber" if value.trim().parse::<u32>().is_ok() => {
                    self.order_line_number = value.trim().parse().ok();
                }
                _ => unknown.attribute(at, attribute, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "ItemID" => unknown.once(&mut self.item_id, child, ItemId::read),
                "Description" => unknown.once(&mut self.description, child, Description::read),
                "Classification" => self.classifications.push(Classification::read(child, unknown)),
                "ManufacturerPartID" => unknown.text(&mut part, child),
                "ManufacturerName" if name.is_none() => {
                    name = text_in_english(child, unknown);
                }
                _ => unknown.element(child),
            }
        }
        if part.is_some() || name.is_some() {
            self.manufacturer = Some((part.unwrap_or_default(), name.unwrap_or_default()));
        }
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        match self.kind {
            LineKind::Item => self.item(version),
            LineKind::Service => self.service(version),
        }
    }

    fn item(&self, version: DtdVersion) -> Element {
        let reason = (self.is_return && version >= CLASSIFIED_ITEMS).then_some("return");
        let element = self
            .numbered("InvoiceDetailItem", version)
            .attr_opt("reason", reason)
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .child(self.unit_price.wrapped("UnitPrice"))
            .child_opt(self.basis(version))
            .child(self.item_reference(version))
            .child(self.subtotal.wrapped("SubtotalAmount"));
        self.tail(element, version)
    }

    /// A service need not say how its amount comes about.
    fn service(&self, version: DtdVersion) -> Element {
        let element = self
            .numbered("InvoiceDetailServiceItem", version)
            .child(self.service_reference(version))
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child_opt(self.period.as_ref().map(Period::element));
        let element = if self.unit_of_measure.is_empty() && !self.unit_price.is_stated() {
            element
        } else {
            element
                .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
                .child(self.unit_price.wrapped("UnitPrice"))
                .child_opt(self.basis(version))
        };
        self.tail(element, version)
    }

    fn basis(&self, version: DtdVersion) -> Option<Element> {
        self.price_basis_quantity.as_ref().filter(|_| version >= CLASSIFIED_ITEMS).map(PriceBasisQuantity::element)
    }

    fn numbered(&self, name: &'static str, version: DtdVersion) -> Element {
        let text = |time: &Option<WireTime>| time.as_ref().map(|time| time.text.clone());
        let quantity = Some(self.quantity.text.as_str());
        let quantity = quantity.filter(|text| !text.is_empty() || self.kind == LineKind::Item);
        Element::new(name)
            .attr("invoiceLineNumber", &self.invoice_line_number.to_string())
            .attr_opt("quantity", quantity)
            .attr_opt("referenceDate", text(&self.reference_date).as_deref())
            .attr_opt("inspectionDate", text(&self.inspection_date).as_deref())
            .flag("isAdHoc", self.is_ad_hoc && version >= CLASSIFIED_ITEMS)
    }

    /// The DTD demands `@lineNumber` here; blank means "match by part number and unit" to Coupa.
    fn item_reference(&self, version: DtdVersion) -> Element {
        let classifications = self.classifications.iter().filter(|_| version >= CLASSIFIED_ITEMS);
        let manufacturer = self.manufacturer.iter().flat_map(|(part, name)| {
            let name = Element::new("ManufacturerName").attr("xml:lang", "en").text(name);
            [Element::with_text("ManufacturerPartID", part), name]
        });
        Element::new("InvoiceDetailItemReference")
            .attr("lineNumber", &self.order_line_number.map(|number| number.to_string()).unwrap_or_default())
            .child_opt(self.item_id.as_ref().map(|id| id.element(version)))
            .child_opt(self.description.as_ref().map(Description::element))
            .children(classifications.map(Classification::element))
            .children(manufacturer)
    }

    fn service_reference(&self, version: DtdVersion) -> Element {
        Element::new("InvoiceDetailServiceItemReference")
            .attr_opt("lineNumber", self.order_line_number.map(|number| number.to_string()).as_deref())
            .children(self.classifications.iter().map(Classification::element))
            .child_opt(self.item_id.as_ref().map(|id| id.element(version)))
            .child_opt(self.description.as_ref().map(Description::element))
    }

    fn tail(&self, element: Element, version: DtdVersion) -> Element {
        let handling = self.special_handling.as_ref().filter(|_| self.kind == LineKind::Item);
        let element = element
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .child_opt(handling.map(|money| money.wrapped("InvoiceDetailLineSpecialHandling")))
            .child_opt(self.gross.as_ref().map(|gross| gross.wrapped("GrossAmount")))
            .child_opt(self.discount.as_ref().map(|money| money.wrapped("InvoiceDetailDiscount")));
        let element = if version >= MODIFICATIONS { self.modified(element, version) } else { element };
        element
            .child_opt(self.net.as_ref().map(|net| net.wrapped("NetAmount")))
            .children(self.distributions.iter().map(Distribution::element))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
            .children(self.custom_fields.iter().map(CustomField::element))
    }

    fn modified(&self, element: Element, version: DtdVersion) -> Element {
        let optional = |money: &Option<Money>, name| money.as_ref().map(|money| money.wrapped(name));
        let modifications = (!self.modifications.is_empty()).then(|| {
            let all = self.modifications.iter().map(|modification| modification.element(version));
            Element::new("InvoiceItemModifications").children(all)
        });
        element
            .child_opt(modifications)
            .child_opt(optional(&self.total_charges, "TotalCharges"))
            .child_opt(optional(&self.total_allowances, "TotalAllowances"))
            .child_opt(optional(&self.total_without_tax, "TotalAmountWithoutTax"))
    }
}

/// Reads an amount that every line has.
pub(crate) fn read_amount(slot: &mut Money, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> bool {
    let mut read = Some(std::mem::take(slot)).filter(Money::is_stated);
    Money::once(&mut read, at, unknown);
    *slot = read.unwrap_or_default();
    true
}

impl OrderSummary {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let number = at.attr_text("invoiceLineNumber").and_then(|number| number.parse().ok());
        let mut summary = Self { invoice_line_number: number.unwrap_or_default(), ..Self::default() };
        unknown.other_attributes(at, &["invoiceLineNumber"]);
        for child in at.elements() {
            match child.name() {
                "SubtotalAmount" => {
                    read_amount(&mut summary.subtotal, child, unknown);
                }
                "Period" => unknown.once(&mut summary.period, child, Period::read),
                "Tax" => unknown.once(&mut summary.tax, child, InvoiceTax::read),
                "GrossAmount" => Money::once(&mut summary.gross, child, unknown),
                "NetAmount" => Money::once(&mut summary.net, child, unknown),
                "Comments" => Comments::once(&mut summary.comments, child, unknown),
                "Extrinsic" => summary.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        summary
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("InvoiceDetailOrderSummary")
            .attr("invoiceLineNumber", &self.invoice_line_number.to_string())
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child_opt(self.period.as_ref().map(Period::element))
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .child_opt(self.gross.as_ref().map(|gross| gross.wrapped("GrossAmount")))
            .child_opt(self.net.as_ref().map(|net| net.wrapped("NetAmount")))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}
