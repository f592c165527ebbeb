//! Every charge is invoiced on its day, once, in order, and never inside the hold window (B1, B2, O6).

use jiff::SignedDuration;
use marketgate::demo::seed::ACME_COUPA;
use marketgate::flow::bill_due_charges::bill_due_charges;

use super::{OFFER, PRODUCT};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::{ACME, INITECH};

#[actix_web::test]
async fn a_fresh_agreement_is_not_invoiced_before_the_hold_window_is_over() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.invoicing.hold_minutes = 60);
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await;
    market.clock.advance(SignedDuration::from_mins(60) - SignedDuration::from_secs(1));
    market.settle().await;
    assert_eq!(market.simulator.invoices().len(), 0);
    market.clock.advance(SignedDuration::from_secs(1));
    market.settle().await;
    assert_eq!(market.simulator.invoices().len(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn an_installment_is_invoiced_on_its_day_and_not_a_second_earlier() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await;
    market.clock.set("2026-06-01T23:59:59Z");
    market.settle().await;
    assert_eq!(market.simulator.invoices().len(), 1);
    market.clock.set("2026-06-02T00:00:00Z");
    market.settle().await;
    assert_eq!(market.simulator.invoices().len(), 2);
    market.finish().await;
}

#[actix_web::test]
async fn charges_that_fell_due_while_nobody_looked_are_invoiced_once_and_together() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await;
    market.settle().await;
    market.clock.set("2027-01-15T12:00:00Z");
    let runs = (0..4).map(|_| bill_due_charges(market.context()));
    let issued: usize = futures_util::future::join_all(runs).await.into_iter().map(|run| run.unwrap().len()).sum();
    assert!(issued <= 1, "{issued} invoices by four runs at once");
    market.settle().await;
    assert_golden("billing/caught_up", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn monthly_payments_are_invoiced_month_by_month() {
    let market = Market::start().await;
    let cart = market.cart("Vaultwren", "Business, monthly payments").await;
    market.order(&cart).await;
    for month in 3..=12 {
        market.clock.set(&format!("2026-{month:02}-28T00:00:00Z"));
        market.settle().await;
        assert_eq!(market.simulator.invoices().len(), month - 2);
    }
    market.finish().await;
}

#[actix_web::test]
async fn usage_is_approved_as_a_budget_and_not_invoiced_in_advance() {
    let market = Market::start().await;
    let cart = market
        .visit(ACME)
        .await
        .buy("Patchpigeon", "Pay per patched machine", &[("accept", "yes"), ("estimate", "2500")])
        .await;
    market.order(&cart).await;
    market.settle().await;
    assert_golden("billing/usage", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_domestic_sale_carries_tax_and_currency_of_its_country() {
    let market = Market::start().await;
    let cart = market.cart_of(INITECH, "Kaiwa Rooms", "Office, 12 months").await;
    market.order(&cart).await;
    market.settle().await;
    assert_golden("billing/tax", &market.ledger());
    let invoice = market.simulator.invoices().pop().unwrap().invoice.unwrap();
    assert_eq!((invoice.net.to_string(), invoice.tax.to_string()), ("660000".to_owned(), "60000".to_owned()));
    market.finish().await;
}

#[actix_web::test]
async fn a_free_product_makes_an_agreement_and_no_invoice() {
    let market = Market::start().await;
    let cart = market.cart("Statusperch", "One page, free").await;
    market.order(&cart).await;
    market.settle().await;
    assert!(market.ledger().contains("agreement COBALT-STATUSPERCH"), "{}", market.ledger());
    assert_eq!(market.simulator.invoice_documents().len(), 0);
    market.finish().await;
}
