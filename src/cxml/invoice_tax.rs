//! Owns the `Tax` of an invoice: one `TaxDetail` per rate and category, adding up to its total (the caller sees to that).

use crate::money::{Money, Number};
use crate::time::WireTime;
use crate::write::{DtdVersion, Element};

/// `Tax`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceTax {
    /// `Money`: the sum of the details.
    pub total: Money,
    /// `Description`, mandatory in the DTD though it may be empty.
    pub description: String,
    /// `TaxDetail`.
    pub details: Vec<TaxDetail>,
}

/// `@exemptDetail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExemptDetail {
    /// Taxable at a rate of zero.
    ZeroRated,
    /// Not taxable.
    Exempt,
}

/// `TaxDetail`. Reverse charge has no construct of its own: rate 0, exempt, and a description that says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxDetail {
    /// `@category`: `vat`, `sales`, `gst`, or a text of the country.
    pub category: String,
    /// `@purpose`.
    pub purpose: Option<String>,
    /// `@percentageRate`; `8.25` means 8.25 %.
    pub percentage_rate: Option<Number>,
    /// `@taxPointDate`.
    pub tax_point_date: Option<WireTime>,
    /// `@exemptDetail`, left out for DTD versions that do not know it.
    pub exempt_detail: Option<ExemptDetail>,
    /// `TaxableAmount`.
    pub taxable_amount: Option<Money>,
    /// `TaxAmount`.
    pub tax_amount: Money,
    /// `TaxLocation`.
    pub location: Option<String>,
    /// `Description`.
    pub description: Option<String>,
}

/// The oldest DTD at hand that knows `@exemptDetail`; 1.2.020 does not.
const EXEMPT_DETAIL: DtdVersion = DtdVersion(1, 2, 37);

impl InvoiceTax {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("Tax")
            .child(self.total.element())
            .child(Element::new("Description").attr("xml:lang", "en").text(&self.description))
            .children(self.details.iter().map(|detail| detail.element(version)))
    }
}

impl TaxDetail {
    fn element(&self, version: DtdVersion) -> Element {
        let english = |name, text: &String| Element::new(name).attr("xml:lang", "en").text(text);
        let exempt = self.exempt_detail.filter(|_| version >= EXEMPT_DETAIL).map(|exempt| match exempt {
            ExemptDetail::ZeroRated => "zeroRated",
            ExemptDetail::Exempt => "exempt",
        });
        Element::new("TaxDetail")
            .attr_opt("purpose", self.purpose.as_deref())
            .attr("category", &self.category)
            .attr_opt("percentageRate", self.percentage_rate.as_ref().map(|rate| rate.text.as_str()))
            .attr_opt("taxPointDate", self.tax_point_date.as_ref().map(|date| date.text.as_str()))
            .attr_opt("exemptDetail", exempt)
            .child_opt(self.taxable_amount.as_ref().map(|amount| amount.wrapped("TaxableAmount")))
            .child(self.tax_amount.wrapped("TaxAmount"))
            .child_opt(self.location.as_ref().map(|location| english("TaxLocation", location)))
            .child_opt(self.description.as_ref().map(|description| english("Description", description)))
    }
}
