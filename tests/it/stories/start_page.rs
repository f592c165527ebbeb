//! The StartPage address is as good as a password: it leads to its session once, soon, and not after the first action (P2).

use jiff::SignedDuration;
use marketgate_simulator::PunchOutStarted;
use marketgate_simulator::browser::{Browser, Page};

use super::{OFFER, PRODUCT};
use crate::harness::Market;
use crate::harness::market::ACME;

async fn open(started: &PunchOutStarted) -> Page {
    Browser::new().unwrap().open(&started.start_page_url).await.unwrap()
}

fn assert_ended(page: &Page) {
    assert_eq!(page.status, 410, "{}", page.text());
    assert!(page.text().contains("This visit has ended"), "{}", page.text());
}

#[actix_web::test]
async fn it_may_be_opened_again_within_the_grace_because_scanners_open_links_first() {
    let market = Market::start().await;
    let started = market.simulator.punch_out(ACME).await.unwrap();
    let (first, second) = (open(&started).await, open(&started).await);
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(first.url, second.url);
    market.clock.advance_wall(SignedDuration::from_secs(61));
    assert_ended(&open(&started).await);
    market.finish().await;
}

#[actix_web::test]
async fn it_does_not_work_after_the_first_action() {
    let market = Market::start().await;
    let started = market.simulator.punch_out(ACME).await.unwrap();
    let store = open(&started).await;
    let browser = Browser::new().unwrap();
    let product = browser.follow(&store, PRODUCT).await.unwrap();
    let offer = browser.follow(&product, OFFER).await.unwrap();
    let mut form = offer.form_with_button("Add to cart").unwrap();
    form.set("accept", "yes");
    browser.submit(&offer, &form, Some("Add to cart")).await.unwrap();
    assert_ended(&open(&started).await);
    assert_eq!(browser.open(&store.url).await.unwrap().status, 200, "the visit itself goes on");
    market.finish().await;
}

#[actix_web::test]
async fn it_must_be_opened_soon() {
    let market = Market::start().await;
    let started = market.simulator.punch_out(ACME).await.unwrap();
    market.clock.advance_wall(SignedDuration::from_secs(301));
    assert_ended(&open(&started).await);
    market.finish().await;
}

#[actix_web::test]
async fn a_guessed_address_leads_nowhere() {
    let market = Market::start().await;
    let browser = Browser::new().unwrap();
    for path in [
        format!("/punchout/start/{}", "0".repeat(64)),
        "/punchout/start/x".to_owned(),
        format!("/p/{}", "0".repeat(64)),
    ] {
        assert_ended(&browser.open(&market.url(&path)).await.unwrap());
    }
    market.finish().await;
}

#[actix_web::test]
async fn the_address_of_the_session_is_no_start_page_and_the_other_way_round() {
    let market = Market::start().await;
    let started = market.simulator.punch_out(ACME).await.unwrap();
    let store = open(&started).await;
    let last = |url: &url::Url| url.path().rsplit('/').next().unwrap().to_owned();
    let (start_token, path_token) = (last(&started.start_page_url), last(&store.url));
    assert_ne!(start_token, path_token);
    let browser = Browser::new().unwrap();
    assert_ended(&browser.open(&market.url(&format!("/p/{start_token}"))).await.unwrap());
    assert_ended(&browser.open(&market.url(&format!("/punchout/start/{path_token}"))).await.unwrap());
    market.finish().await;
}
