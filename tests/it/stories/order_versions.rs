//! An accepted order stays accepted, whatever comes later under its number (O2, O6).

use marketgate_simulator::{Cart, OrderAttempt};
use rust_decimal::Decimal;

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::market::{ACME, GLOBEX};

const NUMBER: &str = "4500007777";

async fn send(market: &Market, cart: &Cart, version: u32, wrong_price: bool) -> OrderAttempt {
    market
        .altered_order(cart, |draft| {
            draft.po_number = Some(NUMBER.to_owned());
            draft.payload_id = Some(format!("order-{version}@buyer.example"));
            draft.order_version = Some(version);
            if wrong_price {
                draft.lines[0].unit_price += Decimal::ONE;
            }
        })
        .await
}

fn statuses(market: &Market) -> (usize, usize) {
    let ledger = market.ledger();
    (ledger.matches("order.accepted").count(), ledger.matches("order.refused").count())
}

async fn status_in_the_api(market: &Market) -> String {
    let (_, list) = market.call(reqwest::Method::GET, "/orders", None).await;
    list["items"][0]["status"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned()
}

#[actix_web::test]
async fn a_late_repetition_of_a_refused_version_changes_nothing() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let refused = send(&market, &cart, 1, true).await;
    assert_refused(&refused, 400, "PRICE_MISMATCH");
    let accepted = send(&market, &cart, 2, false).await;
    assert!(accepted.is_sent(), "{}", accepted.status_text());
    let before = market.simulator.mailbox().len();
    let late = send(&market, &cart, 1, true).await;
    assert_eq!(late.status, refused.status, "the first answer");
    assert_eq!((statuses(&market), market.simulator.mailbox().len()), ((1, 1), before));
    assert_eq!(status_in_the_api(&market).await, "accepted");
    market.finish().await;
}

#[actix_web::test]
async fn behind_a_network_no_rejecting_confirmation_follows_the_accepting_one() {
    let market = Market::start().await;
    let cart = market.cart_of(GLOBEX, "Tidegauge", "Globex plants, 24 months").await;
    send(&market, &cart, 1, true).await;
    send(&market, &cart, 2, false).await;
    let before = market.simulator.confirmations().len();
    assert_eq!(before, 2, "one rejects version 1, one accepts version 2");
    send(&market, &cart, 1, true).await;
    assert_eq!(market.simulator.confirmations().len(), before);
    market.finish().await;
}

#[actix_web::test]
async fn a_version_that_is_older_than_the_accepted_one_is_a_conflict() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    assert!(send(&market, &cart, 2, false).await.is_sent());
    assert_refused(&send(&market, &cart, 1, false).await, 409, "accepted in version 2");
    assert_eq!((statuses(&market), status_in_the_api(&market).await.as_str()), ((1, 0), "accepted"));
    market.finish().await;
}

#[actix_web::test]
async fn a_newer_version_with_the_same_lines_keeps_the_agreement_and_one_with_others_is_a_conflict() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    assert!(send(&market, &cart, 1, false).await.is_sent());
    let renewed = send(&market, &cart, 2, false).await;
    assert!(renewed.is_sent() && renewed.status_text().contains("stay as they are"), "{}", renewed.status_text());
    assert_refused(&send(&market, &cart, 3, true).await, 409, "changes its lines");
    assert_eq!((statuses(&market), status_in_the_api(&market).await.as_str()), ((1, 0), "accepted"));
    assert_eq!(market.ledger().matches("agreement ").count(), 1, "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_refusal_that_is_sent_again_and_again_is_one_version_with_a_count() {
    let market = Market::start().await;
    let cart = market.cart_of(ACME, PRODUCT, OFFER).await;
    for _ in 0..5 {
        assert_refused(&send(&market, &cart, 1, true).await, 400, "PRICE_MISMATCH");
    }
    let (_, list) = market.call(reqwest::Method::GET, "/orders", None).await;
    let versions = list["items"][0]["versions"].as_array().unwrap();
    assert_eq!((versions.len(), versions[0]["repetitions"].as_u64()), (1, Some(4)), "{list}");
    market.finish().await;
}

#[actix_web::test]
async fn a_test_order_with_the_number_of_a_live_one_is_another_order() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    assert!(send(&market, &cart, 1, false).await.is_sent());
    let rehearsed = market
        .altered_order(&cart, |draft| {
            draft.po_number = Some(NUMBER.to_owned());
            draft.deployment_mode = Some("test".to_owned());
        })
        .await;
    assert!(rehearsed.status_text().contains("This was a test"), "{}", rehearsed.status_text());
    assert!(!rehearsed.status_text().contains("agr-"), "{}", rehearsed.status_text());
    let (_, list) = market.call(reqwest::Method::GET, "/orders", None).await;
    let listed: Vec<_> = list["items"].as_array().unwrap().iter().map(|order| order["id"].clone()).collect();
    assert!(listed.len() == 2 && listed[0] != listed[1], "{list}");
    assert_eq!(
        list["items"].as_array().unwrap().iter().map(|o| o["versions"].as_array().unwrap().len()).max(),
        Some(1)
    );
    market.finish().await;
}
