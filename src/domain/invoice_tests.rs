//! Invoices add up to the last unit, whatever they bill.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::charge;
use crate::connection::LineStyle;
use crate::fixtures::{
    PURCHASE_ORDER, accepted_order, arrival, at, connection, country, decimal, fixed, line_for, line_settings, monthly,
    organization, schedule, seller, three_installments, usd,
};
use crate::id::{AgreementId, PurchaseOrderId};
use crate::purchase_order::OrderOutcome;
use crate::terms::Term;

/// What an invoice is made from, ready to be changed.
struct Billing {
    number: String,
    seller: Seller,
    organization: Organization,
    order: PurchaseOrder,
    net_payment_days: Option<u32>,
    charges: Vec<DueCharge>,
    now: Timestamp,
}

impl Billing {
    /// All charges of an accepted order with one line under those terms.
    fn of(style: LineStyle, terms: Vec<Term>) -> Self {
        let mut connection = connection();
        connection.lines = line_settings(style);
        let facts = line_for(1, terms, &connection);
        let request = facts.matched.unwrap().request;
        let (agreement, order) = (AgreementId::from_value(1), PurchaseOrderId::from_value(1));
        let planned = charge::plan(&request.quote.plan, agreement, request.organization, Some(order), arrival(), 0);
        let due = |charge| DueCharge { charge, quoted: request.quote.line.clone(), line: Some(facts.line.clone()) };
        let charges = planned.into_iter().map(due).collect();
        Self {
            number: number("HL", 1),
            seller: seller(),
            organization: organization(),
            order: accepted_order(vec![facts.line.clone()], vec![agreement]),
            net_payment_days: None,
            charges,
            now: arrival(),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Only the n-th charge, counted from 1.
    fn only(self, n: usize) -> Self {
        self.with(|billing| billing.charges = vec![billing.charges.remove(n - 1)])
    }

    /// For a buyer in Germany, whom the seller charges 19 per cent.
    fn in_germany(self) -> Self {
        self.with(|billing| billing.organization.address.country = country("DE"))
    }

    fn issue(&self) -> Result<Invoice, InvoiceError> {
        issue(self.facts(), self.now)
    }

    fn facts(&self) -> InvoiceFacts<'_> {
        InvoiceFacts {
            id: InvoiceId::from_value(1),
            number: self.number.clone(),
            seller: &self.seller,
            organization: &self.organization,
            bills: Bills::Order(&self.order),
            net_payment_days: self.net_payment_days,
            charges: &self.charges,
        }
    }

    fn invoice(&self) -> Invoice {
        self.issue().unwrap()
    }

    fn only_line(&self) -> InvoiceLine {
        let mut lines = self.invoice().lines;
        assert_eq!(lines.len(), 1);
        lines.remove(0)
    }
}

fn contract() -> Billing {
    Billing::of(LineStyle::Classified, vec![fixed("12000")])
}

#[test]
fn numbers_count_up_under_the_sellers_prefix() {
    assert_eq!([number("HL", 1), number("HL", 42), number("HL", 1_000_000)], ["HL-000001", "HL-000042", "HL-1000000"]);
}

#[test]
fn a_number_has_at_most_forty_characters() {
    let numbered = |length: usize| contract().with(|billing| billing.number = "9".repeat(length)).issue();
    assert_eq!(numbered(40).unwrap().number.len(), 40);
    assert_eq!(numbered(41), Err(InvoiceError::NumberTooLong("9".repeat(41))));
}

#[test]
fn without_a_charge_or_a_received_order_there_is_nothing_to_bill() {
    assert_eq!(contract().with(|billing| billing.charges.clear()).issue(), Err(InvoiceError::Nothing));
    assert_eq!(contract().with(|billing| billing.order.versions.clear()).issue(), Err(InvoiceError::Nothing));
}

#[test]
fn an_invoice_is_due_so_many_days_after_its_day() {
    let invoice = contract().invoice();
    assert_eq!((invoice.issued_at, invoice.payment_terms_days, invoice.due_date), (arrival(), 30, date(2027, 1, 9)));
    let late_evening = contract().with(|billing| billing.now = at("2026-12-31T23:59:59Z")).invoice();
    assert_eq!(late_evening.due_date, date(2027, 1, 30));
}

#[test]
fn the_offers_payment_days_go_before_the_sellers() {
    let invoice = contract().with(|billing| billing.net_payment_days = Some(0)).invoice();
    assert_eq!((invoice.payment_terms_days, invoice.due_date), (0, date(2026, 12, 10)));
}

#[test]
fn a_service_line_bills_its_one_charge_whole() {
    let line = contract().only_line();
    assert_eq!(
        (line.kind, line.quantity, line.unit_price, line.amount),
        (LineKind::Service, decimal("1"), usd("12000"), usd("12000"))
    );
}

#[test]
fn a_material_line_bills_so_many_minor_units() {
    let line = Billing::of(LineStyle::Classified, three_installments()).only(2).only_line();
    assert_eq!((line.kind, line.quantity, line.unit_price), (LineKind::Material, decimal("4500000"), usd("0.01")));
    assert_eq!(line.amount, usd("45000"));
}

#[test]
fn a_natural_line_bills_an_exact_fraction_of_the_one_piece() {
    let line = Billing::of(LineStyle::Natural, three_installments()).only(2).only_line();
    assert_eq!((line.quantity, line.unit_price, line.amount), (decimal("0.375"), usd("120000"), usd("45000")));
}

#[test]
fn a_third_which_has_no_end_as_a_decimal_is_billed_as_one_piece_at_the_charge() {
    let line = Billing::of(LineStyle::Natural, monthly("100", 3)).only(1).only_line();
    assert_eq!((line.quantity, line.unit_price, line.amount), (decimal("1"), usd("100"), usd("100")));
}

#[test]
fn a_line_says_what_it_is_for_and_echoes_the_order() {
    let billing = Billing::of(LineStyle::Natural, three_installments())
        .only(2)
        .with(|billing| billing.charges[0].line.as_mut().unwrap().number = 30);
    let (line, ordered) = (billing.only_line(), billing.charges[0].line.as_ref().unwrap());
    assert!(line.description.starts_with("Installment 2 of 3. Anvil: Standard (12 months)"), "{}", line.description);
    assert_eq!((line.number, line.order_line), (1, Some(30)));
    assert_eq!((&line.part_id, &line.reference, &line.unit), (&ordered.part_id, &ordered.reference, &ordered.unit));
    assert_eq!(line.accounting, ordered.accounting);
    assert_eq!((line.charge.agreement, line.charge.number), (AgreementId::from_value(1), 2));
}

#[test]
fn a_unit_and_a_part_that_the_order_leaves_empty_are_those_of_the_cart() {
    for empty in ["", " \n"] {
        let billing = contract().with(|billing| {
            let ordered = billing.charges[0].line.as_mut().unwrap();
            (ordered.unit, ordered.part_id) = (empty.to_owned(), empty.to_owned());
        });
        let line = billing.only_line();
        assert_eq!((&*line.part_id, &*line.unit), ("ANVIL-1", "EA"));
    }
}

#[test]
fn a_description_is_cut_to_what_receivers_take() {
    let billing = contract().with(|billing| billing.charges[0].quoted.description = "ä".repeat(300));
    assert_eq!(billing.only_line().description.chars().count(), 255);
}

#[test]
fn an_invoice_refers_to_the_latest_received_version_of_the_order() {
    let billing = contract().with(|billing| {
        let mut second = billing.order.versions[0].clone();
        second.version = 2;
        second.payload_id = "order-2@acme.example".into();
        second.outcome = OrderOutcome::Refused { lines: vec![] };
        billing.order.versions.push(second);
    });
    let invoice = billing.invoice();
    assert_eq!(invoice.purchase_order.as_deref(), Some(PURCHASE_ORDER));
    let order = invoice.order.unwrap();
    assert_eq!((&*order.payload_id, &*order.date), ("order-2@acme.example", "2026-12-10T09:30:00+01:00"));
}

#[test]
fn a_direct_subscription_is_billed_without_an_order_under_the_number_that_the_buyer_gave() {
    let billing = contract().with(|billing| billing.charges[0].line = None);
    let facts = |purchase_order| InvoiceFacts { bills: Bills::Direct { purchase_order }, ..billing.facts() };
    let invoice = issue(facts(Some("PO-77")), billing.now).unwrap();
    assert_eq!((invoice.order, invoice.purchase_order.as_deref()), (None, Some("PO-77")));
    let line = &invoice.lines[0];
    assert_eq!((line.order_line, &*line.part_id, &*line.unit), (None, "ANVIL-1", "EA"));
    assert_eq!(line.reference, AgreementId::from_value(1).to_string());
    assert_eq!(invoice.total, usd("12000"));
    assert_eq!(issue(facts(None), billing.now).unwrap().purchase_order, None);
}

#[test]
fn tax_follows_the_buyers_country() {
    let abroad = contract().invoice();
    assert_eq!((abroad.tax_rule.clone(), abroad.tax, abroad.total), (None, usd("0"), usd("12000")));
    let at_home = contract().in_germany().invoice();
    assert_eq!(at_home.tax_rule, seller().tax_rules.first().cloned());
    assert_eq!((at_home.subtotal, at_home.tax, at_home.total), (usd("12000"), usd("2280"), usd("14280")));
}

#[test]
fn tax_is_rounded_once_and_its_shares_add_up() {
    let days = [date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)];
    let invoice = Billing::of(LineStyle::Classified, schedule(&days, "0.33")).in_germany().invoice();
    // 19 % of 0.99 is 0.1881; line by line it would be 0.06 three times.
    assert_eq!((invoice.tax, invoice.total), (usd("0.19"), usd("1.18")));
    assert_eq!(invoice.lines.iter().map(|line| line.tax).collect::<Vec<_>>(), [usd("0.07"), usd("0.06"), usd("0.06")]);
}

#[test]
fn what_changes_afterwards_does_not_change_an_issued_invoice() {
    let mut billing = contract().in_germany();
    let issued = billing.invoice();
    let stored = serde_json::to_string(&issued).unwrap();
    billing.seller.legal_name = "Someone Else Ltd".into();
    billing.seller.remit_to.bank_reference = None;
    billing.seller.tax_rules.clear();
    billing.organization.name = "Renamed".into();
    billing.organization.address.street = vec!["Elsewhere".into()];
    let read_back: Invoice = serde_json::from_str(&stored).unwrap();
    assert_eq!(read_back, issued);
    assert_eq!(
        (read_back.from.name.as_str(), read_back.bill_to.name.as_str()),
        ("Harborlight Software GmbH", "Acme Corporation")
    );
    assert_ne!(billing.invoice(), issued, "a later invoice shows the change");
}

#[test]
fn charges_of_two_currencies_never_share_an_invoice() {
    let billing = Billing::of(LineStyle::Natural, three_installments())
        .with(|billing| billing.charges[1].charge.amount = Money::zero(Currency::EUR));
    assert_eq!(billing.issue(), Err(InvoiceError::Money(MoneyError::MixedCurrencies(Currency::USD, Currency::EUR))));
}

proptest! {
    #[test]
    fn lines_and_tax_add_up_to_the_total_in_every_style(
        each in 1u32..100_000_000,
        count in 1u32..=12,
        style in prop_oneof![Just(LineStyle::Classified), Just(LineStyle::Material), Just(LineStyle::Natural)],
    ) {
        let days: Vec<Date> = (0..count).map(|n| day::plus_months(date(2026, 12, 5), n)).collect();
        let each = Decimal::new(each.into(), 2).to_string();
        let invoice = Billing::of(style, schedule(&days, &each)).in_germany().invoice();
        let sum = |part: fn(&InvoiceLine) -> Money| Money::sum(Currency::USD, invoice.lines.iter().map(part)).unwrap();
        prop_assert_eq!(sum(|line| line.amount), invoice.subtotal);
        prop_assert_eq!(sum(|line| line.tax), invoice.tax);
        prop_assert_eq!(invoice.subtotal.plus(invoice.tax), Ok(invoice.total));
        for line in &invoice.lines {
            prop_assert_eq!(line.quantity * line.unit_price.amount(), line.amount.amount());
        }
    }
}
