//! The whole road of a request whose offer is over before its order comes: refused, told, shown, revised, sent again, ordered (C5, S1).

use std::time::Duration;

use actix_web::rt::time::sleep;
use jiff::SignedDuration;
use jiff::civil::Date;
use marketgate::flow::change_offer::change_offer;
use marketgate::flow::expire_offers::{Expired, expire_offers};
use marketgate::jobs::table::Job;
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_domain::offer::OfferState;
use marketgate_domain::offer_change::OfferChange;
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_simulator::browser::Browser;
use marketgate_store::jobs::{JobOutcome, JobTrigger, newest_runs};
use marketgate_store::requests;
use url::Url;

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::market::ACME;

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };
const AFTER_THE_LAST_DAY: &str = "2026-04-02T00:00:01Z";

async fn move_last_day(market: &Market, day: &str) {
    let last_day: Date = day.parse().unwrap();
    let change = OfferChange { availability_end_date: Some(last_day), ..OfferChange::default() };
    change_offer(market.context(), OPERATOR, market.offer(OFFER).id, change).await.unwrap();
}

/// The refused order was told to the people and is shown; the offer in its new revision is sent again and ordered.
async fn goes_on(market: &Market, code: &str, in_words: &str) {
    market.settle().await;
    // Mails leave side by side, in any order.
    let mail =
        market.simulator.mailbox().into_iter().find(|mail| mail.body.contains(code)).expect("a mail with the code");
    assert_eq!(mail.to, ["robin.buyer@acme.example", "procurement-admin@acme.example"]);
    let shown = market.visit(ACME).await.page("/requests").await;
    assert!(shown.text().contains(in_words), "{}", shown.text());

    let link = mail.body.split_whitespace().find(|word| word.contains("/again/")).expect("a link");
    let browser = Browser::new().unwrap();
    let offered = browser.open(&Url::parse(link).unwrap()).await.unwrap();
    browser.press(&offered, "Send for approval again").await.unwrap();
    let visit = market.visit(ACME).await;
    let mut form = visit.store.form_with_button("Request approval").expect("the offer, by itself");
    form.set("accept", "yes");
    let hand_over = visit.browser.submit(&visit.store, &form, Some("Request approval")).await.unwrap();
    let cart = visit.hand_over(&hand_over).await;
    market.order(&cart).await;
    let ledger = market.ledger();
    assert_eq!(ledger.matches("  agreement").count(), 1, "{ledger}");
}

#[actix_web::test]
async fn an_offer_that_expired_is_revised_sent_again_and_ordered() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.clock.set(AFTER_THE_LAST_DAY);
    let refused = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&refused, 400, "EXPIRED_AGREEMENT_PROPOSAL");
    move_last_day(&market, "2026-04-30").await;
    goes_on(&market, "EXPIRED_AGREEMENT_PROPOSAL", "could be bought until 2026-04-01 only").await;
    market.finish().await;
}

#[actix_web::test]
async fn an_offer_whose_last_day_was_moved_is_sent_again_and_ordered() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    move_last_day(&market, "2026-04-30").await;
    let refused = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&refused, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    goes_on(&market, "SUPERSEDED_AGREEMENT_PROPOSAL", "The seller changed the offer").await;
    market.finish().await;
}

#[actix_web::test]
async fn an_expiry_while_the_program_was_off_ends_as_if_it_had_run() {
    let mut market = Market::start().await;
    market.cart(PRODUCT, OFFER).await;
    let name = Job::ExpireOffers.name();
    let runs = |market: &Market| market.read(|snapshot| Ok(newest_runs(snapshot, name, 10)?));
    let before = runs(&market).len();
    market.clock.set("2026-04-20T09:00:00Z");
    market.clock.advance_wall(SignedDuration::from_hours(49 * 24));
    market.restart().await;
    // The run that was missed is made up for at the start.
    let mut waited = 0;
    while runs(&market).len() == before && waited < 300 {
        sleep(Duration::from_millis(100)).await;
        waited += 1;
    }
    let run = runs(&market).remove(0);
    assert_eq!(run.trigger, JobTrigger::CatchUp);
    assert!(matches!(run.outcome, JobOutcome::Done { changed: 4, .. }), "{run:?}");
    assert_eq!(market.offer(OFFER).state, OfferState::Expired);
    let organization = marketgate::demo::seed::ACME_COUPA.organization_id();
    let all = market.read(|snapshot| Ok(requests::newest(snapshot, organization, None, 10)?));
    assert!(matches!(all[0].status, RequestStatus::Expired), "{:?}", all[0].status);
    market.settle().await;
    assert_eq!(market.simulator.mailbox().len(), 1);
    let ledger = market.ledger();
    assert_eq!(expire_offers(market.context()).await.unwrap(), Expired::default(), "a second run changes nothing");
    market.settle().await;
    assert_eq!(market.ledger(), ledger);
    market.finish().await;
}
