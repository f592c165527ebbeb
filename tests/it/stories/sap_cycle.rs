//! The same promise over SAP Business Network: the network speaks for the buyer, an order counts only once it is confirmed
//! by document, invoices name order and payloadID, and a refusal travels as a confirmation too (O4, B4).

use marketgate_simulator::{OrderState, ResendAs};

use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::GLOBEX;

const PRODUCT: &str = "Tidegauge";
const OFFER: &str = "Globex plants, 24 months";

fn state(market: &Market, po_number: &str) -> OrderState {
    market.simulator.order(po_number).unwrap().state()
}

#[actix_web::test]
async fn an_approved_cart_becomes_a_confirmed_order_and_an_invoice() {
    let market = Market::start().await;
    let cart = market.cart_of(GLOBEX, PRODUCT, OFFER).await;
    let order = market.order(&cart).await;
    assert_eq!(state(&market, &order.po_number), OrderState::Confirmed);
    assert_golden("sap_cycle/accepted", &market.ledger());
    let invoices = market.simulator.invoices();
    assert_eq!(invoices.len(), 1);
    assert!(invoices[0].raw.contains(&order.payload_id), "{}", invoices[0].raw);
    assert_eq!(invoices[0].invoice.as_ref().unwrap().po_numbers, [order.po_number.as_str()]);
    market.finish().await;
}

#[actix_web::test]
async fn a_refused_order_is_answered_with_200_and_rejected_by_confirmation() {
    let market = Market::start().await;
    let cart = market.cart_of(GLOBEX, PRODUCT, OFFER).await;
    market.clock.set("2026-04-17T00:00:00Z");
    let order = market.order(&cart).await;
    assert_eq!(state(&market, &order.po_number), OrderState::Rejected);
    assert_golden("sap_cycle/refused", &market.ledger());
    let again = market.simulator.resend(&order.po_number, ResendAs::SameDocument).await.unwrap();
    assert!(again.is_sent());
    market.settle().await;
    assert_eq!((market.simulator.confirmations().len(), market.simulator.mailbox().len()), (1, 1));
    market.finish().await;
}
