//! An invoice as InvoiceDetailRequest, in the habits of its connection (B4).

use marketgate_cxml::dialect::OrderReferenceStyle;
use marketgate_cxml::distribution::{AccountingSegment, Distribution, SegmentForm};
use marketgate_cxml::envelope::DeploymentMode;
use marketgate_cxml::invoice::{
    InvoiceContent, InvoiceDetailRequest, InvoiceHeader, InvoiceOrder, InvoicePurpose, OrderLink, PaymentTerm,
};
use marketgate_cxml::invoice_line::{InvoiceLine, LineKind};
use marketgate_cxml::invoice_summary::InvoiceSummary;
use marketgate_cxml::invoice_tax::{InvoiceTax, TaxDetail};
use marketgate_cxml::item::{Description, ItemId};
use marketgate_cxml::outgoing::{OutgoingRequest, Stamp, write_request};
use marketgate_cxml::party::{Contact, IdReference};
use marketgate_cxml::time::WireTime;
use marketgate_cxml::write::DtdVersion;
use marketgate_domain::bank_reference::BankReference;
use marketgate_domain::connection::{Connection, PoReference};
use marketgate_domain::invoice as domain;
use marketgate_domain::quote;

use super::parties;

/// Writes the document. None if the connection does not say who is who, or where no order is billed.
pub fn write(stamp: &Stamp, invoice: &domain::Invoice, connection: &Connection, secret: &str) -> Option<String> {
    let settings = &connection.invoicing;
    let from = settings.from.as_ref().or(connection.supplier())?;
    let to = settings.to.as_ref().or(connection.buyer())?;
    let (order, number) = (invoice.order.as_ref()?, invoice.purchase_order.as_deref()?);
    let request = InvoiceDetailRequest {
        header: header(invoice, connection),
        orders: vec![InvoiceOrder {
            reference: order_link(order, number, settings.po_reference),
            supplier_order_id: None,
            content: InvoiceContent::Lines(invoice.lines.iter().map(|line| self::line(invoice, line)).collect()),
        }],
        summary: summary(invoice),
    };
    let version = parties::version(&connection.versions.invoice, DtdVersion::INVOICE);
    let header = parties::header(from, to, Some(secret));
    Some(write_request(stamp, &header, DeploymentMode::Production, OutgoingRequest::Invoice(&request), version))
}

fn header(invoice: &domain::Invoice, connection: &Connection) -> InvoiceHeader {
    let payment_terms = if connection.invoicing.send_payment_terms {
        vec![PaymentTerm { days: invoice.payment_terms_days, discount_percent: None }]
    } else {
        Vec::new()
    };
    InvoiceHeader {
        invoice_id: invoice.number.clone(),
        invoice_date: WireTime::at(invoice.issued_at),
        purpose: InvoicePurpose::Standard,
        is_cancellation: false,
        partners: vec![
            partner("from", &invoice.from, None),
            partner("remitTo", &invoice.from, Some(&invoice.remit_to)),
        ],
        document_reference: None,
        original_invoice: None,
        ship_from_and_to: None,
        payment_terms,
        period: None,
        comments: None,
        extrinsics: Vec::new(),
        custom_fields: Vec::new(),
        ..InvoiceHeader::default()
    }
}

/// The bill-to address is left out: buyers take it from the order, and refuse one that differs by a letter.
fn partner(role: &str, party: &domain::Party, remit_to: Option<&marketgate_domain::seller::RemitTo>) -> Contact {
    let mut id_references = Vec::new();
    if let Some(tax_id) = &party.tax_id {
        id_references.push(IdReference { identifier: tax_id.clone(), domain: "vatID".to_owned() });
    }
    if let Some(bank) = remit_to.and_then(|remit| remit.bank_reference.clone()) {
        let (identifier, domain) = match BankReference::of(&bank) {
            BankReference::Iban(iban) => (iban, "ibanID"),
            BankReference::Account(account) => (account.to_owned(), "bankAccountID"),
        };
        id_references.push(IdReference { identifier, domain: domain.to_owned() });
    }
    Contact {
        role: Some(role.to_owned()),
        address_id: remit_to.and_then(|remit| remit.code.clone()),
        address_id_domain: None,
        iso_country_code: None,
        name: party.name.clone(),
        postal_address: Some(parties::address(&party.address)),
        emails: Vec::new(),
        phone: None,
        id_references,
        ..Contact::default()
    }
}

fn order_link(order: &domain::BilledOrder, number: &str, style: PoReference) -> OrderLink {
    let style = match style {
        PoReference::NumberAsPayloadId => OrderReferenceStyle::PurchaseOrderNumber,
        PoReference::OrderIdAndPayloadId => OrderReferenceStyle::OrderIdAndPayloadId,
    };
    style.link(number, Some(&WireTime::read(&order.date)), &order.payload_id)
}

fn line(invoice: &domain::Invoice, line: &domain::InvoiceLine) -> InvoiceLine {
    InvoiceLine {
        kind: match line.kind {
            quote::LineKind::Service => LineKind::Service,
            quote::LineKind::Material => LineKind::Item,
        },
        invoice_line_number: line.number,
        quantity: line.quantity.into(),
        order_line_number: line.order_line,
        unit_of_measure: line.unit.clone(),
        unit_price: parties::money(line.unit_price),
        item_id: Some(ItemId {
            supplier_part_id: line.part_id.clone(),
            supplier_part_auxiliary_id: Some(line.reference.clone()).filter(|reference| !reference.is_empty()),
            buyer_part_id: None,
        }),
        description: Some(Description::new("en", &line.description)),
        classifications: Vec::new(),
        subtotal: parties::money(line.amount),
        period: None,
        tax: invoice.tax_rule.as_ref().map(|rule| tax(rule, line.amount, line.tax)),
        gross: None,
        net: None,
        distributions: distributions(line),
        comments: None,
        is_return: false,
        extrinsics: Vec::new(),
        custom_fields: Vec::new(),
        ..InvoiceLine::default()
    }
}

/// The buyer's own accounting, echoed, each distribution with the whole line as its charge.
fn distributions(line: &domain::InvoiceLine) -> Vec<Distribution> {
    let mut distributions: Vec<Distribution> = Vec::new();
    for segment in &line.accounting {
        let echoed = AccountingSegment {
            form: SegmentForm::AccountingSegment,
            name: segment.name.clone(),
            id: segment.value.clone(),
            description: segment.description.clone(),
            ..AccountingSegment::default()
        };
        match distributions.last_mut().filter(|last| last.name == segment.accounting) {
            Some(last) => last.segments.push(echoed),
            None => distributions.push(Distribution {
                name: segment.accounting.clone(),
                segments: vec![echoed],
                charge: Some(parties::money(line.amount)),
            }),
        }
    }
    // Several distributions share one line in proportions that only the buyer's order knows: none is better than wrong ones.
    if distributions.len() > 1 { Vec::new() } else { distributions }
}

fn tax(
    rule: &marketgate_domain::tax::TaxRule,
    taxable: marketgate_domain::money::Money,
    tax: marketgate_domain::money::Money,
) -> InvoiceTax {
    InvoiceTax {
        total: parties::money(tax),
        description: rule.description.clone(),
        details: vec![TaxDetail {
            category: rule.category.clone(),
            purpose: Some("tax".to_owned()),
            percentage_rate: Some(rule.rate_percent.into()),
            tax_point_date: None,
            exempt_detail: None,
            taxable_amount: Some(parties::money(taxable)),
            tax_amount: parties::money(tax),
            location: None,
            description: Some(rule.description.clone()),
            ..TaxDetail::default()
        }],
        ..InvoiceTax::default()
    }
}

fn summary(invoice: &domain::Invoice) -> InvoiceSummary {
    let no_tax =
        || InvoiceTax { total: parties::money(invoice.tax), description: "No tax".to_owned(), ..InvoiceTax::default() };
    InvoiceSummary {
        subtotal: parties::money(invoice.subtotal),
        tax: invoice.tax_rule.as_ref().map_or_else(no_tax, |rule| tax(rule, invoice.subtotal, invoice.tax)),
        special_handling: None,
        shipping: None,
        gross: Some(parties::money(invoice.total)),
        discount: None,
        total_without_tax: None,
        net: parties::money(invoice.total),
        deposit: None,
        due: Some(parties::money(invoice.total)),
        ..InvoiceSummary::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_checked_iban_travels_as_one() {
        for (reference, identifier, domain) in [
            (" IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "ibanID"),
            ("IBAN DE00 0000 0000 0000 0000 00", "IBAN DE00 0000 0000 0000 0000 00", "bankAccountID"),
            ("Routing 000000000, account 0000123456", "Routing 000000000, account 0000123456", "bankAccountID"),
        ] {
            let seller = marketgate_domain::seller::RemitTo { code: None, bank_reference: Some(reference.to_owned()) };
            let party = domain::Party {
                name: "Norrwind".to_owned(),
                address: marketgate_domain::address::PostalAddress {
                    street: vec!["1 Street".to_owned()],
                    city: "Town".to_owned(),
                    state: None,
                    postal_code: None,
                    country: String::from("DE").try_into().unwrap(),
                },
                tax_id: None,
            };
            let written = partner("remitTo", &party, Some(&seller)).id_references;
            assert_eq!(written, [IdReference { identifier: identifier.to_owned(), domain: domain.to_owned() }]);
        }
    }
}
