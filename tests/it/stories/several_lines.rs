//! An order of several lines is taken as a whole or not at all, and a buyer may split a cart over several orders (O3).

use marketgate_simulator::Cart;
use rust_decimal::Decimal;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT, assert_refused};
use crate::harness::golden::assert_golden;
use crate::harness::market::ACME;
use crate::harness::{Market, accept};

/// Two lines of two sellers.
async fn cart(market: &Market) -> Cart {
    let visit = market.visit(ACME).await;
    visit.add(PRODUCT, OFFER, &accept()).await;
    let cart = visit.buy(PLAIN_PRODUCT, PLAIN_OFFER, &accept()).await;
    assert_eq!(cart.lines.len(), 2);
    cart
}

#[actix_web::test]
async fn one_order_makes_an_agreement_for_each_line_and_an_invoice_for_each_seller() {
    let market = Market::start().await;
    let cart = cart(&market).await;
    market.order(&cart).await;
    market.settle().await;
    assert_golden("several_lines/accepted", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn one_wrong_line_refuses_the_whole_order_and_only_its_own_request() {
    let market = Market::start().await;
    let cart = cart(&market).await;
    let sent = market.altered_order(&cart, |draft| draft.lines[1].unit_price += Decimal::ONE).await;
    assert_refused(&sent, 400, "Line 2: PRICE_MISMATCH");
    assert!(!sent.status_text().contains("Line 1"), "{}", sent.status_text());
    market.settle().await;
    assert_golden("several_lines/refused", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_line_that_comes_twice_refuses_the_order() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let sent = market
        .altered_order(&cart, |draft| {
            let mut again = draft.lines[0].clone();
            again.line_number = 2;
            draft.lines.push(again);
        })
        .await;
    assert_refused(&sent, 409, "Line 2: ALREADY_ORDERED");
    assert!(!market.ledger().contains("agreement"), "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_cart_may_be_split_over_two_orders() {
    let market = Market::start().await;
    let cart = cart(&market).await;
    for line in 0..2 {
        let sent = market.altered_order(&cart, |draft| draft.lines = vec![draft.lines[line].clone()]).await;
        assert!(sent.is_sent(), "{}", sent.status_text());
    }
    market.settle().await;
    assert_golden("several_lines/split", &market.ledger());
    market.finish().await;
}
