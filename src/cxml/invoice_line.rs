//! Owns the lines of an invoice: `InvoiceDetailItem` for goods, `InvoiceDetailServiceItem` for services.
//!
//! The two differ in the order of their elements and in what they require. Which one a line must be follows from the order's line,
//! and a buyer refuses the wrong one; the caller decides.

use crate::comments::Comments;
use crate::distribution::Distribution;
use crate::extrinsic::Extrinsic;
use crate::invoice::{CustomField, Period};
use crate::invoice_tax::InvoiceTax;
use crate::item::{Classification, Description, ItemId};
use crate::money::{Money, Number};
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
}

/// `InvoiceDetailOrderSummary`: an order invoiced or credited as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderSummary {
    /// `@invoiceLineNumber`.
    pub invoice_line_number: u32,
    /// `SubtotalAmount`.
    pub subtotal: Money,
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

/// The oldest DTD at hand that knows `Classification` in the reference of an item and `@reason`; 1.2.020 does not.
const CLASSIFIED_ITEMS: DtdVersion = DtdVersion(1, 2, 37);

impl InvoiceLine {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        match self.kind {
            LineKind::Item => self.item(version),
            LineKind::Service => self.service(version),
        }
    }

    fn item(&self, version: DtdVersion) -> Element {
        let reason = (self.is_return && version >= CLASSIFIED_ITEMS).then_some("return");
        let element = self
            .numbered("InvoiceDetailItem")
            .attr_opt("reason", reason)
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .child(self.unit_price.wrapped("UnitPrice"))
            .child(self.item_reference(version))
            .child(self.subtotal.wrapped("SubtotalAmount"));
        self.tail(element, version)
    }

    fn service(&self, version: DtdVersion) -> Element {
        let element = self
            .numbered("InvoiceDetailServiceItem")
            .child(self.service_reference())
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child_opt(self.period.as_ref().map(Period::element))
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .child(self.unit_price.wrapped("UnitPrice"));
        self.tail(element, version)
    }

    fn numbered(&self, name: &'static str) -> Element {
        Element::new(name)
            .attr("invoiceLineNumber", &self.invoice_line_number.to_string())
            .attr("quantity", &self.quantity.text)
    }

    /// The DTD demands `@lineNumber` here; blank means "match by part number and unit" to Coupa.
    fn item_reference(&self, version: DtdVersion) -> Element {
        let classifications = self.classifications.iter().filter(|_| version >= CLASSIFIED_ITEMS);
        Element::new("InvoiceDetailItemReference")
            .attr("lineNumber", &self.order_line_number.map(|number| number.to_string()).unwrap_or_default())
            .child_opt(self.item_id.as_ref().map(ItemId::element))
            .child_opt(self.description.as_ref().map(Description::element))
            .children(classifications.map(Classification::element))
    }

    fn service_reference(&self) -> Element {
        Element::new("InvoiceDetailServiceItemReference")
            .attr_opt("lineNumber", self.order_line_number.map(|number| number.to_string()).as_deref())
            .children(self.classifications.iter().map(Classification::element))
            .child_opt(self.item_id.as_ref().map(ItemId::element))
            .child_opt(self.description.as_ref().map(Description::element))
    }

    fn tail(&self, element: Element, version: DtdVersion) -> Element {
        element
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .child_opt(self.gross.as_ref().map(|gross| gross.wrapped("GrossAmount")))
            .child_opt(self.net.as_ref().map(|net| net.wrapped("NetAmount")))
            .children(self.distributions.iter().map(Distribution::element))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
            .children(self.custom_fields.iter().map(CustomField::element))
    }
}

impl OrderSummary {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("InvoiceDetailOrderSummary")
            .attr("invoiceLineNumber", &self.invoice_line_number.to_string())
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .child_opt(self.gross.as_ref().map(|gross| gross.wrapped("GrossAmount")))
            .child_opt(self.net.as_ref().map(|net| net.wrapped("NetAmount")))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}
