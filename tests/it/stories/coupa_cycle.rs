//! The promise of the whole product: what an employee sent for approval exists as an agreement when the order comes back,
//! and its invoices arrive on their days with the PO number on them. State after each step is in `testdata/stories`.

use super::{OFFER, PRODUCT};
use crate::harness::Market;
use crate::harness::golden::assert_golden;

#[actix_web::test]
async fn an_approved_cart_becomes_an_agreement_and_its_installments_become_invoices() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    assert_golden("coupa_cycle/1_cart_returned", &market.ledger());
    let order = market.order(&cart).await;
    market.settle().await;
    assert_golden("coupa_cycle/2_order_accepted", &market.ledger());
    for day in ["2026-06-02T00:00:00Z", "2026-09-02T00:00:00Z", "2026-12-02T00:00:00Z"] {
        market.clock.set(day);
        market.settle().await;
    }
    assert_golden("coupa_cycle/3_all_installments_invoiced", &market.ledger());
    let invoices = market.simulator.invoices();
    assert_eq!(invoices.len(), 4);
    for received in invoices {
        assert_eq!(received.invoice.unwrap().po_numbers, [order.po_number.as_str()]);
    }
    market.finish().await;
}
