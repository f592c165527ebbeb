//! What happens to requests that wait while their offer changes or ends: they never become something else than what was
//! asked for, and the people who wait are told in the same commit (C5, S1).

use marketgate::flow::change_offer::{change_offer, waiting};
use marketgate::flow::expire_offers::{Expired, expire_offers};
use marketgate::flow::warn_lapsing::warn_lapsing;
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::offer_change::OfferChange;
use marketgate_domain::terms::{Term, Terms};
use marketgate_simulator::browser::Browser;
use marketgate_simulator::{Cart, ResendAs};
use marketgate_store::{agreements, audit, invoices};

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::golden::assert_golden;
use crate::harness::market::{ACME, MarketOptions};

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };

/// The terms of an offer at another fixed price.
fn at_price(offer: &Offer, price: Money) -> Terms {
    let priced = offer.terms.iter().cloned().map(|term| match term {
        Term::FixedUpfrontPricing { months, grants, .. } => Term::FixedUpfrontPricing { months, price, grants },
        other => other,
    });
    Terms::new(priced.collect()).unwrap()
}

/// What an approver reads by the address in the cart.
async fn approver_page(market: &Market, cart: &Cart) -> String {
    let address = cart.lines[0].url.as_deref().unwrap().parse().unwrap();
    let page = Browser::new().unwrap().open(&address).await.unwrap();
    assert_eq!(page.status, 200, "{}: {}", market.url("/"), page.text());
    page.text()
}

async fn move_last_day(market: &Market, day: &str) -> usize {
    let id = market.offer(OFFER).id;
    let later = OfferChange { availability_end_date: Some(day.parse().unwrap()), ..OfferChange::default() };
    let changed = change_offer(market.context(), OPERATOR, id, later).await.unwrap();
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
async fn a_draft_does_not_exist_for_buyers_until_it_is_released() {
    let market = Market::start().await;
    market.change_offer(OFFER, |offer| offer.state = OfferState::Draft);
    let visit = market.visit(ACME).await;
    let draft = market.offer(OFFER).id;
    assert_eq!(visit.page(&format!("/offers/{draft}")).await.status, 404);
    assert_eq!(visit.forge(&market, OFFER, &[]).await.status, 404);
    let release = OfferChange { release: true, ..OfferChange::default() };
    change_offer(market.context(), OPERATOR, market.offer(OFFER).id, release).await.unwrap();
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await;
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
async fn a_withdrawn_offer_ends_what_waits_and_cannot_be_changed_any_more() {
    let market = Market::start().await;
    for (product, offer) in [(PRODUCT, OFFER), (PLAIN_PRODUCT, PLAIN_OFFER)] {
        let cart = market.cart(product, offer).await;
        let id = market.offer(offer).id;
        let withdrawal = OfferChange { withdraw: true, ..OfferChange::default() };
        let changed = change_offer(market.context(), OPERATOR, id, withdrawal.clone()).await.unwrap();
        assert_eq!(changed.superseded, 1, "{offer}");
        assert!(change_offer(market.context(), OPERATOR, id, withdrawal).await.is_err(), "{offer}");
        let sent = market.simulator.approve(cart.id).await.unwrap();
        assert_refused(&sent, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    }
    market.finish().await;
}

#[actix_web::test]
async fn new_terms_of_a_private_offer_count_from_the_next_cart_on() {
    let market = Market::start().await;
    let accounts = market.offer(OFFER).visibility;
    market.change_offer(PLAIN_OFFER, |offer| offer.visibility = accounts.clone());
    let waits = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let offer = market.offer(PLAIN_OFFER);
    let price = Money::new(900.into(), Currency::USD).unwrap();
    let change = OfferChange { terms: Some(at_price(&offer, price)), ..OfferChange::default() };
    assert_eq!(change_offer(market.context(), OPERATOR, offer.id, change).await.unwrap().superseded, 1);
    let refused = market.simulator.approve(waits.id).await.unwrap();
    assert_refused(&refused, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    let again = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    market.order(&again).await;
    market.finish().await;
}

#[actix_web::test]
async fn a_public_price_that_is_raised_leaves_carts_that_wait_as_they_are() {
    let market = Market::start().await;
    let waits = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let offer = market.offer(PLAIN_OFFER);
    let price = Money::new(99_000.into(), Currency::USD).unwrap();
    let change = OfferChange { terms: Some(at_price(&offer, price)), ..OfferChange::default() };
    assert_eq!(change_offer(market.context(), OPERATOR, offer.id, change).await.unwrap().superseded, 0);
    let approver = approver_page(&market, &waits).await;
    assert!(approver.contains("Can be ordered through") && !approver.contains("99,000.00"), "{approver}");
    market.order(&waits).await;
    let again = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    assert!(approver_page(&market, &again).await.contains("99,000.00 USD"));
    market.order(&again).await;
    let organization = marketgate::demo::seed::ACME_COUPA.organization_id();
    let agreements = market.read(|snapshot| Ok(agreements::newest(snapshot, organization, None, 10)?));
    let mut bought: Vec<_> =
        agreements.iter().map(|agreement| (agreement.revision, agreement.value == price)).collect();
    bought.sort_unstable();
    assert_eq!(bought, [(1, false), (2, true)]);
    let invoices = market.read(|snapshot| Ok(invoices::newest(snapshot, organization, None, 10)?));
    let billed: Vec<_> = invoices.iter().map(|invoice| invoice.subtotal == price).collect();
    assert_eq!(billed, [true, false], "each at the price of its request");
    market.finish().await;
}

#[actix_web::test]
async fn a_later_last_day_keeps_what_waits_where_the_operator_wants_that() {
    let settings = vec![("quotes.extension_keeps_requests", "true".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    let cart = market.cart(PRODUCT, OFFER).await;
    // The last day is 2026-04-01.
    assert_eq!(move_last_day(&market, "2026-04-30").await, 0);
    assert!(market.simulator.mailbox().is_empty(), "nobody has to do anything");
    let record = market.read(|snapshot| Ok(audit::newest(snapshot, None, 1)?)).remove(0).1;
    assert!(record.detail.contains("0 waiting requests superseded, 1 kept"), "{}", record.detail);
    market.clock.set("2026-04-15T12:00:00Z");
    expire_offers(market.context()).await.unwrap();
    let approver = approver_page(&market, &cart).await;
    assert!(approver.contains("Can be ordered through 30 April 2026"), "{approver}");
    market.clock.set("2026-04-23T12:00:00Z");
    assert_eq!(warn_lapsing(market.context()).await.unwrap(), 1, "seven days before the new last day");
    market.order(&cart).await;
    let other = market.cart(PRODUCT, OFFER).await;
    assert_eq!(move_last_day(&market, "2026-04-20").await, 1, "an earlier day is no extension");
    assert_refused(&market.simulator.approve(other.id).await.unwrap(), 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
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

#[actix_web::test]
async fn people_are_warned_seven_three_and_one_day_before_a_request_lapses_and_never_twice() {
    let market = Market::start().await;
    market.cart(PRODUCT, OFFER).await;
    // The last day is 2026-04-01.
    let days = [("2026-03-24", 0), ("2026-03-25", 1), ("2026-03-28", 0), ("2026-03-30", 1), ("2026-04-01", 1)];
    for (day, warnings) in days {
        market.clock.set(&format!("{day}T09:00:00Z"));
        assert_eq!(warn_lapsing(market.context()).await.unwrap(), warnings, "{day}");
        assert_eq!(warn_lapsing(market.context()).await.unwrap(), 0, "{day}, once more");
    }
    market.settle().await;
    let mails = market.simulator.mailbox();
    assert_eq!(mails.len(), 3);
    let readers = ["robin.buyer@acme.example", "procurement-admin@acme.example", "deals@cobaltheron.example"];
    assert!(mails.iter().all(|mail| mail.to == readers), "{:?}", mails[0].to);
    market.finish().await;
}

#[actix_web::test]
async fn send_again_from_a_mail_begins_the_next_visit_at_the_offer() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    move_last_day(&market, "2026-04-15").await;
    let mail = market.simulator.mailbox().pop().unwrap();
    let link = mail.body.lines().find(|line| line.contains("/again/")).unwrap().trim().to_owned();
    let browser = Browser::new().unwrap();
    let page = browser.open(&link.parse().unwrap()).await.unwrap();
    let ready = browser.press(&page, "Send for approval again").await.unwrap();
    assert!(ready.text().contains("Open the marketplace from Acme / Coupa"), "{}", ready.text());
    for expected in ["/offers/", "/p/"] {
        let started = market.simulator.punch_out(ACME).await.unwrap();
        let first = browser.open(&started.start_page_url).await.unwrap();
        assert!(first.url.path().contains(expected), "{}", first.url);
        assert_eq!(first.url.path().contains("/offers/"), expected == "/offers/", "only the next visit begins there");
    }
    assert_refused(&market.simulator.approve(cart.id).await.unwrap(), 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    market.finish().await;
}
