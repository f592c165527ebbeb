//! An order that must not become an agreement does not, says why, tells the people, and tells them once (O3, O4).

use marketgate_domain::offer::Visibility;
use marketgate_simulator::{OrderAttempt, ResendAs};
use rust_decimal::Decimal;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::{ACME, INITECH};

const AFTER_THE_LAST_DAY: &str = "2026-04-02T00:00:00Z";

#[actix_web::test]
async fn an_order_for_an_expired_offer_is_refused_and_the_people_are_told() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set(AFTER_THE_LAST_DAY);
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&sent, 400, "EXPIRED_AGREEMENT_PROPOSAL");
    assert!(sent.status_text().contains("2026-04-01"), "{}", sent.status_text());
    market.settle().await;
    assert_golden("refused_orders/expired", &market.ledger());
    let mails = market.simulator.mailbox();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["robin.buyer@acme.example", "procurement-admin@acme.example"]);
    assert!(mails[0].body.contains("EXPIRED_AGREEMENT_PROPOSAL"), "{}", mails[0].body);
    market.finish().await;
}

#[actix_web::test]
async fn an_order_on_the_last_day_of_an_offer_is_taken() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set("2026-04-01T23:59:59Z");
    market.order(&cart).await;
    market.finish().await;
}

#[actix_web::test]
async fn sending_a_refused_order_again_mails_nobody_twice() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set(AFTER_THE_LAST_DAY);
    let first = market.simulator.approve(cart.id).await.unwrap();
    for how in [ResendAs::SameDocument, ResendAs::NewPayloadId, ResendAs::SameDocument] {
        let again = market.simulator.resend(&first.po_number, how).await.unwrap();
        assert_eq!(again.status, first.status);
    }
    market.settle().await;
    assert_eq!(market.simulator.mailbox().len(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn a_refused_order_that_is_sent_again_after_the_cause_is_mended_is_taken() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let made_for = market.offer(OFFER).visibility;
    market.change_offer(OFFER, |offer| offer.visibility = Visibility::Private { accounts: Vec::new() });
    let refused = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&refused, 400, "ACCOUNT_NOT_TARGETED");
    market.change_offer(OFFER, |offer| offer.visibility = made_for.clone());
    let taken = market.simulator.resend(&refused.po_number, ResendAs::SameDocument).await.unwrap();
    assert!(taken.is_sent(), "{}", taken.status_text());
    market.settle().await;
    assert_golden("refused_orders/mended", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn an_order_for_a_superseded_revision_is_refused_and_one_for_the_new_revision_is_taken() {
    let market = Market::start().await;
    let old = market.cart(PRODUCT, OFFER).await;
    market.change_offer(OFFER, |offer| offer.revision = 2);
    let refused = market.simulator.approve(old.id).await.unwrap();
    assert_refused(&refused, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    let new = market.cart(PRODUCT, OFFER).await;
    market.order(&new).await;
    market.settle().await;
    assert_golden("refused_orders/superseded", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_price_a_quantity_or_a_currency_that_was_not_quoted_is_refused() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let cheaper = market.altered_order(&cart, |draft| draft.lines[0].unit_price = Decimal::new(9, 3)).await;
    assert_refused(&cheaper, 400, "PRICE_MISMATCH");
    let fewer = market.altered_order(&cart, |draft| draft.lines[0].quantity -= Decimal::ONE).await;
    assert_refused(&fewer, 400, "QUANTITY_MISMATCH");
    let other = market.altered_order(&cart, |draft| draft.lines[0].currency = "EUR".to_owned()).await;
    assert_refused(&other, 400, "CURRENCY_MISMATCH");
    // Three orders were refused for three reasons; the right one is taken all the same.
    market.order(&cart).await;
    market.settle().await;
    assert_golden("refused_orders/mismatches", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_price_written_with_other_decimals_is_the_quoted_price() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let sent = market.altered_order(&cart, |draft| draft.lines[0].unit_price = "0.0100".parse().unwrap()).await;
    assert!(sent.is_sent(), "{}", sent.status_text());
    market.finish().await;
}

#[actix_web::test]
async fn a_line_that_names_no_request_is_refused() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let unknown = format!("req-{}", "0".repeat(32));
    for reference in [Some(unknown), Some("something else".to_owned()), None] {
        let sent = market.altered_order(&cart, |draft| draft.lines[0].supplier_part_auxiliary_id = reference).await;
        assert_refused(&sent, 417, "UNKNOWN_PROCUREMENT_REQUEST");
    }
    assert!(market.ledger().contains("IN_CART"), "the request of the cart still waits");
    market.finish().await;
}

#[actix_web::test]
async fn the_request_of_another_organization_is_unknown_and_stays_what_it_is() {
    let market = Market::start().await;
    let theirs = market.cart(PRODUCT, OFFER).await;
    let stolen = market.altered_order(&theirs, |draft| draft.buyer_key = INITECH.to_owned()).await;
    assert_refused(&stolen, 417, "UNKNOWN_PROCUREMENT_REQUEST");
    market.order(&theirs).await;
    market.settle().await;
    assert_golden("refused_orders/another_organization", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_request_is_ordered_once() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let first = market.order(&cart).await;
    let second = market.altered_order(&cart, |_| {}).await;
    assert_refused(&second, 409, "ALREADY_ORDERED");
    assert!(second.status_text().contains(&first.po_number), "{}", second.status_text());
    market.settle().await;
    assert_golden("refused_orders/ordered_twice", &market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_public_price_is_held_for_ninety_days() {
    let market = Market::start().await;
    let (held, lapsed) = (market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await, market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await);
    market.clock.set("2026-05-31T23:59:59Z");
    market.order(&held).await;
    market.clock.set("2026-06-01T00:00:00Z");
    let sent = market.simulator.approve(lapsed.id).await.unwrap();
    assert_refused(&sent, 400, "EXPIRED_QUOTE");
    market.finish().await;
}

#[actix_web::test]
async fn an_offer_that_is_no_longer_made_for_the_account_is_refused() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.change_offer(OFFER, |offer| offer.visibility = Visibility::Private { accounts: Vec::new() });
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&sent, 400, "ACCOUNT_NOT_TARGETED");
    market.finish().await;
}

#[actix_web::test]
async fn a_line_that_was_taken_out_of_the_cart_cannot_be_ordered() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let cart_page = visit.add(PRODUCT, OFFER, &crate::harness::accept()).await;
    let in_cart = visit.add(PLAIN_PRODUCT, PLAIN_OFFER, &crate::harness::accept()).await;
    assert_eq!(in_cart.forms().iter().filter(|form| form.action.path().ends_with("/remove")).count(), 2);
    let removal = cart_page.forms().into_iter().find(|form| form.action.path().ends_with("/remove")).unwrap();
    let removed: String = removal.action.path().split('/').rev().nth(1).unwrap().to_owned();
    let left = visit.browser.submit(&cart_page, &removal, None).await.unwrap();
    let returned = visit.browser.press(&left, "Return cart").await.unwrap();
    let cart = visit.hand_over(&returned).await;
    assert_eq!(cart.lines.len(), 1);
    let sent = market.altered_order(&cart, |draft| draft.lines[0].supplier_part_auxiliary_id = Some(removed)).await;
    assert_refused(&sent, 409, "WITHDRAWN_REQUEST");
    market.finish().await;
}

#[actix_web::test]
async fn kinds_of_orders_that_are_not_taken_are_refused_before_anything_is_decided() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let accepted: OrderAttempt = market.order(&cart).await;
    for kind in ["update", "delete"] {
        let number = accepted.po_number.clone();
        let sent = market
            .altered_order(&cart, |draft| {
                draft.po_number = Some(number);
                draft.order_version = Some(2);
                kind.clone_into(&mut draft.order_type);
                draft.previous_payload_id = Some(accepted.payload_id.clone());
            })
            .await;
        assert_refused(&sent, 450, kind);
    }
    market.finish().await;
}
