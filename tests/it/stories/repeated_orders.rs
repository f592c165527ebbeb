//! Exactly once: whatever a procurement system sends again, there is one decision, one agreement and one invoice (O2).

use marketgate::demo::seed::{ACME_COUPA, INITECH_GENERIC};
use marketgate_simulator::{OrderAttempt, ResendAs};
use rust_decimal::Decimal;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::INITECH;

/// One order, its agreement, one mail and one invoice, however often something came.
async fn assert_happened_once(market: Market) {
    market.settle().await;
    assert_golden("repeated_orders/once", &market.ledger());
    assert_eq!((market.simulator.mailbox().len(), market.simulator.invoices().len()), (1, 1));
    market.finish().await;
}

async fn accepted_order(market: &Market) -> OrderAttempt {
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await
}

#[actix_web::test]
async fn the_same_document_again_gets_the_same_answer() {
    let market = Market::start().await;
    let first = accepted_order(&market).await;
    for _ in 0..3 {
        let again = market.simulator.resend(&first.po_number, ResendAs::SameDocument).await.unwrap();
        assert_eq!(again.status, first.status);
    }
    assert_happened_once(market).await;
}

#[actix_web::test]
async fn the_same_order_under_a_new_payload_id_gets_the_same_answer() {
    let market = Market::start().await;
    let first = accepted_order(&market).await;
    let again = market.simulator.resend(&first.po_number, ResendAs::NewPayloadId).await.unwrap();
    assert_ne!(again.payload_id, first.payload_id);
    assert_eq!(again.status, first.status);
    assert_happened_once(market).await;
}

#[actix_web::test]
async fn the_same_order_is_replayed_even_after_its_offer_expired() {
    let market = Market::start().await;
    let first = accepted_order(&market).await;
    market.settle().await;
    market.clock.set("2026-05-01T00:00:00Z");
    let again = market.simulator.resend(&first.po_number, ResendAs::SameDocument).await.unwrap();
    assert_eq!(again.status, first.status);
    assert_happened_once(market).await;
}

#[actix_web::test]
async fn the_same_order_sent_many_times_at_once_is_decided_once() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let mut draft = market.simulator.draft(cart.id).unwrap();
    draft.po_number = Some("4500009999".to_owned());
    let sending = (0..8).map(|_| market.simulator.send_order(draft.clone()));
    let answers = futures_util::future::join_all(sending).await;
    let statuses: Vec<_> = answers.into_iter().map(|sent| sent.unwrap().status.unwrap()).collect();
    assert!(statuses.iter().all(|status| *status == statuses[0] && status.code == 200), "{statuses:#?}");
    assert_happened_once(market).await;
}

#[actix_web::test]
async fn other_content_under_a_known_payload_id_is_a_conflict() {
    let market = Market::start().await;
    let first = accepted_order(&market).await;
    let other = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let sent = market.altered_order(&other, |draft| draft.payload_id = Some(first.payload_id.clone())).await;
    assert_refused(&sent, 409, "payloadID");
    market.settle().await;
    assert_eq!((market.simulator.mailbox().len(), market.simulator.invoices().len()), (1, 1));
    market.finish().await;
}

#[actix_web::test]
async fn other_content_under_a_known_order_number_is_a_conflict() {
    let market = Market::start().await;
    let first = accepted_order(&market).await;
    let cart = market.simulator.carts().pop().unwrap();
    let sent = market
        .altered_order(&cart, |draft| {
            draft.po_number = Some(first.po_number.clone());
            draft.lines[0].quantity += Decimal::ONE;
        })
        .await;
    assert_refused(&sent, 409, &first.po_number);
    assert_happened_once(market).await;
}

#[actix_web::test]
async fn another_buyer_may_use_the_same_order_number() {
    let market = Market::start().await;
    // The simulator remembers one order under each number and would refuse the other one's invoice.
    for fixed in [ACME_COUPA, INITECH_GENERIC] {
        market.change_connection(&fixed, |connection| connection.invoicing.url = None);
    }
    let acme = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let initech = market.cart_of(INITECH, PLAIN_PRODUCT, PLAIN_OFFER).await;
    for cart in [acme, initech] {
        let sent = market.altered_order(&cart, |draft| draft.po_number = Some("PO-2026-1".to_owned())).await;
        assert!(sent.is_sent(), "{}", sent.status_text());
    }
    assert_eq!(market.ledger().matches("agreement ").count(), 2, "{}", market.ledger());
    market.finish().await;
}
