//! Owns `InvoiceDetailSummary`: the totals of an invoice, in the order of the DTD.

use crate::invoice::MODIFICATIONS;
use crate::invoice_line::read_amount;
use crate::invoice_tax::InvoiceTax;
use crate::modification::Modification;
use crate::money::Money;
use crate::read::Cursor;
use crate::unknown::{Keep, Unknown};
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
    /// `InvoiceHeaderModifications`, left out for DTD versions that do not know them.
    pub modifications: Vec<Modification>,
    /// `TotalCharges`, left out for DTD versions that do not know it.
    pub total_charges: Option<Money>,
    /// `TotalAllowances`, left out for DTD versions that do not know it.
    pub total_allowances: Option<Money>,
}

impl InvoiceSummary {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let (mut summary, mut tax) = (Self::default(), None);
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Tax" => unknown.once(&mut tax, child, InvoiceTax::read),
                "InvoiceHeaderModifications" => {
                    summary.modifications.append(&mut Modification::read_all(child, unknown));
                }
                _ => summary.amount(child, unknown),
            }
        }
        summary.tax = tax.unwrap_or_default();
        summary
    }

    fn amount(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        let slot = match at.name() {
            "SubtotalAmount" => {
                read_amount(&mut self.subtotal, at, unknown);
                return;
            }
            "NetAmount" => {
                read_amount(&mut self.net, at, unknown);
                return;
            }
            "SpecialHandlingAmount" => &mut self.special_handling,
            "ShippingAmount" => &mut self.shipping,
            "GrossAmount" => &mut self.gross,
            "InvoiceDetailDiscount" => &mut self.discount,
            "TotalCharges" => &mut self.total_charges,
            "TotalAllowances" => &mut self.total_allowances,
            "TotalAmountWithoutTax" => &mut self.total_without_tax,
            "DepositAmount" => &mut self.deposit,
            "DueAmount" => &mut self.due,
            _ => return unknown.element(at),
        };
        Money::once(slot, at, unknown);
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let optional = |money: &Option<Money>, name| money.as_ref().map(|money| money.wrapped(name));
        let newer = |money: &Option<Money>, name| optional(money, name).filter(|_| version >= MODIFICATIONS);
        let modifications = (version >= MODIFICATIONS && !self.modifications.is_empty()).then(|| {
            let all = self.modifications.iter().map(|modification| modification.element(version));
            Element::new("InvoiceHeaderModifications").children(all)
        });
        Element::new("InvoiceDetailSummary")
            .child(self.subtotal.wrapped("SubtotalAmount"))
            .child(self.tax.element(version))
            .child_opt(optional(&self.special_handling, "SpecialHandlingAmount"))
            .child_opt(optional(&self.shipping, "ShippingAmount"))
            .child_opt(optional(&self.gross, "GrossAmount"))
            .child_opt(optional(&self.discount, "InvoiceDetailDiscount"))
            .child_opt(modifications)
            .child_opt(newer(&self.total_charges, "TotalCharges"))
            .child_opt(newer(&self.total_allowances, "TotalAllowances"))
            .child_opt(newer(&self.total_without_tax, "TotalAmountWithoutTax"))
            .child(self.net.wrapped("NetAmount"))
            .child_opt(optional(&self.deposit, "DepositAmount"))
            .child_opt(optional(&self.due, "DueAmount"))
    }
}
