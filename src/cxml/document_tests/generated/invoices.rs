//! Generated invoices.

use super::Source;
use crate::invoice::{
    CustomField, InvoiceContent, InvoiceDetailRequest, InvoiceHeader, InvoiceOrder, InvoicePurpose, OrderLink,
    PaymentTerm, Period,
};
use crate::invoice_line::{InvoiceLine, LineKind, OrderSummary};
use crate::invoice_summary::InvoiceSummary;
use crate::modification::{Modification, ModificationDetail, PriceChange};
use crate::money::{Money, Number};

impl Source {
    fn modification(&mut self) -> Modification {
        let change = match self.below(4) {
            0 => PriceChange::Cost(self.money()),
            1 => PriceChange::CostPercent(self.number()),
            2 => PriceChange::Deduction(self.money()),
            _ => PriceChange::DeductionPercent(self.number()),
        };
        Modification {
            level: self.maybe(Self::text),
            original_price: self.maybe(Self::money),
            change,
            tax: self.maybe(Self::tax),
            detail: self.maybe(|source| ModificationDetail {
                name: source.text(),
                code: source.maybe(Self::text),
                start: source.maybe(Self::time),
                end: source.maybe(Self::time),
                description: source.maybe(Self::description),
                extrinsics: source.some(0, Self::extrinsic),
            }),
        }
    }

    fn period(&mut self) -> Period {
        Period { start: self.time(), end: self.time() }
    }

    fn custom_field(&mut self) -> CustomField {
        CustomField { identifier: self.text(), value: self.text() }
    }

    fn invoice_line(&mut self) -> InvoiceLine {
        let kind = self.one_of(&[LineKind::Item, LineKind::Service]);
        let is_item = kind == LineKind::Item;
        let is_priced = is_item || self.flag();
        InvoiceLine {
            kind,
            invoice_line_number: self.line_number(),
            quantity: if is_priced { self.number() } else { Number::default() },
            order_line_number: self.maybe(Self::line_number),
            unit_of_measure: if is_priced { self.text() } else { String::new() },
            unit_price: if is_priced { self.money() } else { Money::default() },
            item_id: self.maybe(Self::item_id),
            description: self.maybe(Self::description),
            classifications: self.some(0, Self::classification),
            subtotal: self.money(),
            period: self.maybe(Self::period).filter(|_| !is_item),
            tax: self.maybe(Self::tax),
            gross: self.maybe(Self::money),
            net: self.maybe(Self::money),
            distributions: self.some(0, Self::distribution),
            comments: self.maybe(Self::comments),
            is_return: is_item && self.flag(),
            extrinsics: self.some(0, Self::extrinsic),
            custom_fields: self.some(0, Self::custom_field),
            price_basis_quantity: self.maybe(Self::basis).filter(|_| is_priced),
            manufacturer: self.maybe(|source| (source.text(), source.text())).filter(|_| is_item),
            special_handling: self.maybe(Self::money).filter(|_| is_item),
            discount: self.maybe(Self::money),
            modifications: self.some(0, Self::modification),
            total_charges: self.maybe(Self::money),
            total_allowances: self.maybe(Self::money),
            total_without_tax: self.maybe(Self::money),
            is_ad_hoc: self.flag(),
            reference_date: self.maybe(Self::time),
            inspection_date: self.maybe(Self::time),
        }
    }

    fn order_link(&mut self) -> OrderLink {
        match self.below(6) {
            0 => OrderLink::PurchaseOrderNumber(self.text()),
            1 => OrderLink::Document {
                order_id: self.text(),
                order_date: self.maybe(Self::time),
                payload_id: self.text(),
            },
            2 => OrderLink::OrderId { order_id: self.text(), order_date: self.maybe(Self::time) },
            3 => OrderLink::Agreement(self.text()),
            4 => OrderLink::AgreementId { agreement_id: self.text(), agreement_date: self.maybe(Self::time) },
            _ => OrderLink::SupplierOrder,
        }
    }

    fn invoice_order(&mut self, is_whole: bool) -> InvoiceOrder {
        let content = if is_whole {
            InvoiceContent::Whole(Box::new(OrderSummary {
                invoice_line_number: self.line_number(),
                subtotal: self.money(),
                period: self.maybe(Self::period),
                tax: self.maybe(Self::tax),
                gross: self.maybe(Self::money),
                net: self.maybe(Self::money),
                comments: self.maybe(Self::comments),
                extrinsics: self.some(0, Self::extrinsic),
            }))
        } else {
            InvoiceContent::Lines(self.some(1, Self::invoice_line))
        };
        let reference = self.order_link();
        let alone = reference == OrderLink::SupplierOrder;
        let supplier_order_id = self.maybe(Self::text).or_else(|| alone.then(|| "S-1".to_owned()));
        InvoiceOrder { reference, supplier_order_id, content }
    }

    pub fn invoice(&mut self) -> InvoiceDetailRequest {
        let is_whole = self.below(4) == 0;
        let roles = ["from", "remitTo", "soldTo"];
        let header = InvoiceHeader {
            invoice_id: self.text(),
            invoice_date: self.time(),
            purpose: self.one_of(&[
                InvoicePurpose::Standard,
                InvoicePurpose::CreditMemo,
                InvoicePurpose::DebitMemo,
                InvoicePurpose::LineLevelCreditMemo,
            ]),
            is_cancellation: self.flag(),
            partners: roles.map(|role| self.contact(role)).to_vec(),
            document_reference: self.maybe(Self::text),
            original_invoice: self.maybe(|source| (source.text(), source.maybe(Self::time))),
            ship_from_and_to: self.maybe(|source| (source.contact("shipFrom"), source.contact("shipTo"))),
            payment_terms: self.some(0, |source| PaymentTerm {
                days: source.line_number(),
                discount_percent: source.maybe(Self::number),
            }),
            period: self.maybe(Self::period),
            comments: self.maybe(Self::comments),
            extrinsics: self.some(0, Self::extrinsic),
            custom_fields: self.some(0, Self::custom_field),
            is_information_only: self.flag(),
            invoice_origin: self.maybe(|source| source.one_of(&["supplier", "buyer"]).to_owned()),
            is_vat_recoverable: self.flag(),
            id_references: self.some(0, Self::id_reference),
            unknown: Vec::new(),
        };
        let orders = self.some(1, |source| source.invoice_order(is_whole));
        InvoiceDetailRequest { header, orders, summary: self.invoice_summary() }
    }

    fn invoice_summary(&mut self) -> InvoiceSummary {
        InvoiceSummary {
            subtotal: self.money(),
            tax: self.tax(),
            special_handling: self.maybe(Self::money),
            shipping: self.maybe(Self::money),
            gross: self.maybe(Self::money),
            discount: self.maybe(Self::money),
            total_without_tax: self.maybe(Self::money),
            net: self.money(),
            deposit: self.maybe(Self::money),
            due: self.maybe(Self::money),
            modifications: self.some(0, Self::modification),
            total_charges: self.maybe(Self::money),
            total_allowances: self.maybe(Self::money),
        }
    }
}
