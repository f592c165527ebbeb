//! What happens to requests that wait while their offer changes or ends: they never become something else than what was
//! asked for, and the people who wait are told in the same commit (C5, S1).

use marketgate::flow::change_offer::{change_last_day, waiting};
use marketgate::flow::expire_offers::{Expired, expire_offers};
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_simulator::ResendAs;

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::ACME;

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };

async fn move_last_day(market: &Market, day: &str) -> usize {
    let id = market.offer(OFFER).id;
    let changed = change_last_day(market.context(), OPERATOR, id, day.parse().unwrap()).await.unwrap();
    market.settle().await;
    changed.superseded
}

#[actix_web::test]
async fn a_waiting_request_expires_with_its_offer_and_the_people_are_told_once() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set("2026-04-01T23:59:59Z");
    // The other private offer of the sample catalogue ended weeks ago.
    assert_eq!(expire_offers(market.context()).await.unwrap(), Expired { offers: 1, requests: 0 });
    market.clock.set("2026-04-02T00:00:00Z");
    assert_eq!(expire_offers(market.context()).await.unwrap(), Expired { offers: 1, requests: 1 });
    assert_eq!(expire_offers(market.context()).await.unwrap(), Expired::default());
    market.settle().await;
    assert_golden("offers/expired", &market.ledger());
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&sent, 400, "EXPIRED_AGREEMENT_PROPOSAL");
    market.finish().await;
}

#[actix_web::test]
async fn a_changed_offer_supersedes_what_waits_and_touches_no_agreement() {
    let market = Market::start().await;
    let ordered = market.cart(PRODUCT, OFFER).await;
    market.order(&ordered).await;
    let waits = market.cart(PRODUCT, OFFER).await;
    assert_eq!(waiting(market.context(), market.offer(OFFER).id).await.unwrap(), 1);
    assert_eq!(move_last_day(&market, "2026-04-15").await, 1);
    assert_golden("offers/changed", &market.ledger());
    let refused = market.simulator.approve(waits.id).await.unwrap();
    assert_refused(&refused, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    let replayed = market.simulator.orders()[0].po_number.clone();
    assert!(market.simulator.resend(&replayed, ResendAs::SameDocument).await.unwrap().is_sent());
    market.finish().await;
}

#[actix_web::test]
async fn a_last_day_in_the_past_ends_the_offer_at_once() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    assert_eq!(move_last_day(&market, "2026-03-01").await, 1);
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_eq!(sent.status_code(), Some(400), "{}", sent.status_text());
    let visit = market.visit(ACME).await;
    assert!(!visit.product(PRODUCT).await.text().contains(OFFER));
    market.finish().await;
}
