//! The same promise over SAP Business Network: the network speaks for the buyer, an order counts only once it is confirmed
//! by document, invoices name order and payloadID, and a refusal travels as a confirmation too (O4, B4).

use marketgate_simulator::{OrderState, ResendAs};

use marketgate::demo::seed::GLOBEX_SAP;
use marketgate_simulator::SetupDraft;

use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::GLOBEX;
use crate::harness::post::{request, request_with, setup};

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

#[actix_web::test]
async fn the_placeholder_item_of_a_store_catalogue_opens_the_store_without_a_notice() {
    let market = Market::start().await;
    let visit = market.visit_with(GLOBEX, &SetupDraft::default()).await;
    let store = visit.page("").await;
    assert_eq!(store.status, 200);
    assert!(!store.text().contains("is not available here"), "{}", store.text());
    market.finish().await;
}

#[actix_web::test]
async fn a_buyer_of_the_network_is_believed_only_when_the_network_vouches_for_it() {
    let market = Market::start().await;
    let body = setup("https://s1.ariba.example/Buyer/punchout?client=a&amp;responseid=b");
    let genuine = request(&GLOBEX_SAP, "p-1", &body);
    assert_eq!(market.post(genuine.as_str()).await.code(), 200);
    let lower = genuine.replace("AN02000000002-T", "an02000000002-t").replace("\"NetworkID\"", "\"networkid\"");
    assert_eq!(market.post(lower).await.code(), 200, "letter case of a network id does not matter");
    let wrong_secret = request_with(&GLOBEX_SAP, "not-the-secret", "p-2", &body);
    assert_eq!(market.post(wrong_secret).await.code(), 401);
    let wrong_sender = genuine.replace("sysadmin@ariba.com", "someone@else.example");
    assert_eq!(market.post(wrong_sender).await.code(), 401);
    market.finish().await;
}
