//! Owns `InvoiceDetailSummary`: the totals of an invoice, in the order of the DTD.

use crate::invoice_tax::InvoiceTax;
use crate::money::Money;
use crate::write::{DtdVersion, Element};

/// `InvoiceDetailSummary`. Subtotal, tax and net amount are mandatory. Net = subtotal + tax + special handling + shipping
/// - discount; due = net - deposit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceSummary {
    /// `SubtotalAmount`.
    pub subtotal: Money,
    /// `Tax`.
    pub tax: InvoiceTax,
    /// `SpecialHandlingAmount`; many buyers refuse it.
    pub special_handling: Option<Money>,
    /// `ShippingAmount`; many buyers refuse it.
    pub shipping: Option<Money>,
    /// `GrossAmount`.
    pub gross: Option<Money>,
    /// `InvoiceDetailDiscount`; Coupa shows it as a fee.
    pub discount: Option<Money>,
    /// `TotalAmountWithoutTax`, left out for DTD versions that do not know it.
    pub total_without_tax: Option<Money>,
    /// `NetAmount`.
    pub net: Money,
    /// `DepositAmount`.
    pub deposit: Option<Money>,
    /// `DueAmount`; negative in a credit of SAP Business Network.
    pub due: Option<Money>,
}

/// The oldest DTD at hand that knows `TotalAmountWithoutTax`; 1.2.020 does not.
const TOTAL_WITHOUT_TAX: DtdVersion = DtdVersion(1, 2, 37);

impl InvoiceSummary {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let optional = |money: &Option<Money>, name| money.as_ref().map(|money| money.wrapped(name));
        let without_tax = self.total_without_tax.as_ref().filter(|_| version >= TOTAL_WITHOUT_TAX);
        Element::new("InvoiceDetailSummary")
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child(self.tax.element(version))
            .child_opt(optional(&self.special_handling, "SpecialHandlingAmount"))
            .child_opt(optional(&self.shipping, "ShippingAmount"))
            .child_opt(optional(&self.gross, "GrossAmount"))
            .child_opt(optional(&self.discount, "InvoiceDetailDiscount"))
            .child_opt(without_tax.map(|money| money.wrapped("TotalAmountWithoutTax")))
            .child(self.net.wrapped("NetAmount"))
            .child_opt(optional(&self.deposit, "DepositAmount"))
            .child_opt(optional(&self.due, "DueAmount"))
    }
}
