//! Trying a connection costs nothing: test orders are answered and recorded, no agreement and no invoice results (O7);
//! a connection that is switched off does nothing at all.

use marketgate::demo::seed::ACME_COUPA;
use marketgate_simulator::{ResendAs, SimulatorError};

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::ACME;

#[actix_web::test]
async fn a_connection_in_test_mode_answers_and_creates_nothing() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.test_mode = true);
    let cart = market.cart(PRODUCT, OFFER).await;
    assert!(cart.cxml.contains("deploymentMode=\"test\""), "{}", cart.cxml);
    market.order(&cart).await;
    market.clock.set("2027-03-02T00:00:00Z");
    market.settle().await;
    assert_golden("test_mode/connection", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_production_order_for_a_request_made_in_test_mode_is_refused() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.test_mode = true);
    let cart = market.cart(PRODUCT, OFFER).await;
    market.change_connection(&ACME_COUPA, |connection| connection.test_mode = false);
    let sent = market.altered_order(&cart, |draft| draft.deployment_mode = None).await;
    assert_refused(&sent, 400, "TEST_REQUEST");
    market.finish().await;
}

#[actix_web::test]
async fn an_order_that_says_test_creates_nothing() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let sent = market.altered_order(&cart, |draft| draft.deployment_mode = Some("test".to_owned())).await;
    assert!(sent.is_sent(), "{}", sent.status_text());
    market.settle().await;
    assert_golden("test_mode/order", &market.ledger());
    market.order(&cart).await;
    market.finish().await;
}

#[actix_web::test]
async fn a_test_order_is_refused_for_the_same_reasons_as_a_real_one() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set("2026-04-02T00:00:00Z");
    let sent = market.altered_order(&cart, |draft| draft.deployment_mode = Some("test".to_owned())).await;
    assert_refused(&sent, 400, "EXPIRED_AGREEMENT_PROPOSAL");
    assert!(market.ledger().contains("IN_CART"), "a test changes no request");
    market.settle().await;
    assert_eq!(market.simulator.mailbox().len(), 0);
    market.finish().await;
}

#[actix_web::test]
async fn a_connection_that_is_switched_off_gets_403_and_its_visits_end() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let visit = market.visit(ACME).await;
    market.change_connection(&ACME_COUPA, |connection| connection.enabled = false);
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_eq!(sent.status_code(), Some(403), "{}", sent.status_text());
    let Err(SimulatorError::Setup(failure)) = market.simulator.punch_out(ACME).await else { panic!("no failure") };
    assert_eq!(failure.status.unwrap().code, 403);
    assert_eq!(visit.page("").await.status, 410);
    assert!(market.ledger().contains("access.denied"), "{}", market.ledger());
    market.change_connection(&ACME_COUPA, |connection| connection.enabled = true);
    let again = market.simulator.resend(&sent.po_number, ResendAs::SameDocument).await.unwrap();
    assert!(again.is_sent(), "{}", again.status_text());
    market.finish().await;
}
