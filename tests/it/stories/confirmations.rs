//! A connection that wants its orders confirmed by document gets one confirmation, before anything else about the order;
//! where refusals travel by document too, the order itself is answered with 200 (O4).

use marketgate::demo::seed::ACME_COUPA;
use marketgate_domain::connection::{ConfirmationStyle, RefusalStyle};
use marketgate_domain::event::OutboxState;
use marketgate_simulator::ResendAs;

use super::{OFFER, PRODUCT};
use crate::harness::Market;
use crate::harness::golden::assert_golden;

#[actix_web::test]
async fn an_accepted_order_is_confirmed_once_and_before_its_invoice() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.confirmation.style = ConfirmationStyle::Always);
    let cart = market.cart(PRODUCT, OFFER).await;
    let order = market.order(&cart).await;
    market.simulator.resend(&order.po_number, ResendAs::SameDocument).await.unwrap();
    market.settle().await;
    let confirmations = market.simulator.confirmations();
    assert_eq!(confirmations.len(), 1);
    let confirmation = &confirmations[0].confirmation;
    assert_eq!(
        (confirmation.kind.as_str(), confirmation.po_number.as_deref()),
        ("accept", Some(order.po_number.as_str()))
    );
    assert_eq!(confirmation.order_payload_id.as_deref(), Some(order.payload_id.as_str()));
    let (confirmed, invoiced) = (market.only_message("confirmation"), market.only_message("invoice"));
    assert_eq!((confirmed.state, invoiced.state), (OutboxState::Delivered, OutboxState::Delivered));
    assert!(confirmed.attempts[0].at < invoiced.attempts[0].at);
    market.finish().await;
}

#[actix_web::test]
async fn a_refused_order_is_not_confirmed() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.confirmation.style = ConfirmationStyle::Always);
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set("2026-04-02T00:00:00Z");
    market.simulator.approve(cart.id).await.unwrap();
    market.settle().await;
    assert_eq!(market.simulator.confirmations().len(), 0);
    market.finish().await;
}

#[actix_web::test]
async fn a_refusal_by_confirmation_answers_200_and_rejects_once() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.refusal = RefusalStyle::Confirmation);
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set("2026-04-02T00:00:00Z");
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert!(sent.is_sent(), "{}", sent.status_text());
    market.simulator.resend(&sent.po_number, ResendAs::SameDocument).await.unwrap();
    market.settle().await;
    assert_golden("confirmations/rejected", &market.ledger());
    let confirmations = market.simulator.confirmations();
    assert_eq!(confirmations.len(), 1);
    let confirmation = &confirmations[0].confirmation;
    assert_eq!(
        (confirmation.kind.as_str(), confirmation.po_number.as_deref()),
        ("reject", Some(sent.po_number.as_str()))
    );
    assert!(confirmations[0].raw.contains("EXPIRED_AGREEMENT_PROPOSAL"), "{}", confirmations[0].raw);
    market.finish().await;
}
