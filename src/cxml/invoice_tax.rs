//! Owns `Tax`, on orders, carts and invoices: one `TaxDetail` per rate and category, adding up to its total (the caller sees to that).

use crate::extrinsic::Extrinsic;
use crate::money::{Money, Number, some_text};
use crate::read::Cursor;
use crate::time::WireTime;
use crate::unknown::Keep;
use crate::write::{DtdVersion, Element};

/// `Tax`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceTax {
    /// `Money`: the sum of the details.
    pub total: Money,
    /// `Description`, mandatory in the DTD though it may be empty.
    pub description: String,
    /// `Description/@xml:lang`; `None` means `en`.
    pub lang: Option<String>,
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
    /// `@xml:lang` of location and description; `None` means `en`.
    pub lang: Option<String>,
    /// `@isWithholdingTax`, left out for DTD versions that do not know it.
    pub is_withholding: bool,
    /// `@isVatRecoverable`.
    pub is_vat_recoverable: bool,
    /// `@isTriangularTransaction`.
    pub is_triangular: bool,
    /// `Extrinsic`, left out for DTD versions that do not know it here.
    pub extrinsics: Vec<Extrinsic>,
}

/// The oldest DTD at hand that knows `@exemptDetail`, `@isWithholdingTax` and extrinsics here; 1.2.020 does not.
const EXEMPT_DETAIL: DtdVersion = DtdVersion(1, 2, 37);

impl InvoiceTax {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let (mut tax, mut total) = (Self::default(), None);
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Money" => unknown.once(&mut total, child, Money::read),
                "Description" => unknown.text_in(&mut tax.description, &mut tax.lang, child),
                "TaxDetail" => tax.details.push(TaxDetail::read(child, unknown)),
                _ => unknown.element(child),
            }
        }
        tax.total = total.unwrap_or_default();
        tax
    }

    /// Reads it where it may stand once, its total also into a slot of its own if one is stated.
    pub(crate) fn once(
        total: &mut Option<Money>,
        slot: &mut Option<Box<Self>>,
        at: Cursor<'_, '_>,
        unknown: &mut impl Keep,
    ) {
        unknown.once_boxed(slot, at, Self::read);
        *total = slot.as_ref().map(|tax| tax.total.clone()).filter(Money::is_stated);
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let lang = self.lang.as_deref().unwrap_or("en");
        Element::new("Tax")
            .child(self.total.element())
            .child(Element::new("Description").attr("xml:lang", lang).text(&self.description))
            .children(self.details.iter().map(|detail| detail.element(version)))
    }
}

impl TaxDetail {
    fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut detail = Self::default();
        for (name, value) in at.attributes() {
            match name {
                "category" => value.trim().clone_into(&mut detail.category),
                "purpose" => detail.purpose = some_text(value),
                "percentageRate" => detail.percentage_rate = some_text(value).map(|text| Number::read(&text)),
                "taxPointDate" => detail.tax_point_date = some_text(value).map(|text| WireTime::read(&text)),
                "exemptDetail" if value.trim() == "zeroRated" => detail.exempt_detail = Some(ExemptDetail::ZeroRated),
                "exemptDetail" if value.trim() == "exempt" => detail.exempt_detail = Some(ExemptDetail::Exempt),
                "isWithholdingTax" => detail.is_withholding = at.flag(name),
                "isVatRecoverable" => detail.is_vat_recoverable = at.flag(name),
                "isTriangularTransaction" => detail.is_triangular = at.flag(name),
                _ => unknown.attribute(at, name, value),
            }
        }
        let mut amount = None;
        for child in at.elements() {
            match child.name() {
                "TaxAmount" => Money::once(&mut amount, child, unknown),
                "TaxableAmount" => Money::once(&mut detail.taxable_amount, child, unknown),
                "TaxLocation" => detail.text(|detail| &mut detail.location, child, unknown),
                "Description" => detail.text(|detail| &mut detail.description, child, unknown),
                "Extrinsic" => detail.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        detail.tax_amount = amount.unwrap_or_default();
        detail
    }

    fn text(&mut self, slot: fn(&mut Self) -> &mut Option<String>, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        if slot(self).is_some() {
            return unknown.element(at);
        }
        let (mut text, is_taken) = (String::new(), self.location.is_some() || self.description.is_some());
        unknown.text_beside(is_taken, &mut text, &mut self.lang, at);
        *slot(self) = Some(text).filter(|text| !text.is_empty());
    }

    fn element(&self, version: DtdVersion) -> Element {
        let lang = self.lang.as_deref().unwrap_or("en");
        let in_lang = |name, text: &String| Element::new(name).attr("xml:lang", lang).text(text);
        let exempt = self.exempt_detail.filter(|_| version >= EXEMPT_DETAIL).map(|exempt| match exempt {
            ExemptDetail::ZeroRated => "zeroRated",
            ExemptDetail::Exempt => "exempt",
        });
        let extrinsics = self.extrinsics.iter().filter(|_| version >= EXEMPT_DETAIL);
        Element::new("TaxDetail")
            .attr_opt("purpose", self.purpose.as_deref())
            .attr("category", &self.category)
            .attr_opt("percentageRate", self.percentage_rate.as_ref().map(|rate| rate.text.as_str()))
            .flag("isVatRecoverable", self.is_vat_recoverable)
            .attr_opt("taxPointDate", self.tax_point_date.as_ref().map(|date| date.text.as_str()))
            .flag("isTriangularTransaction", self.is_triangular)
            .attr_opt("exemptDetail", exempt)
            .flag("isWithholdingTax", self.is_withholding && version >= EXEMPT_DETAIL)
            .child_opt(self.taxable_amount.as_ref().map(|amount| amount.wrapped("TaxableAmount")))
            .child(self.tax_amount.wrapped("TaxAmount"))
            .child_opt(self.location.as_ref().map(|location| in_lang("TaxLocation", location)))
            .child_opt(self.description.as_ref().map(|description| in_lang("Description", description)))
            .children(extrinsics.map(Extrinsic::element))
    }
}
