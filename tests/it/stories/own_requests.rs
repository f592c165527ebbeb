//! A request belongs to the person who made it: others of the organization do not see it (A4), and its maker may take it back (O6b).

use marketgate_simulator::{BuyerUser, SetupDraft};
use reqwest::Method;

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::market::ACME;
use crate::harness::{Market, Visit, accept};

fn visitor(email: &str, name: &str) -> SetupDraft {
    let (email, unique_name) = (email.to_owned(), name.to_owned());
    let user = BuyerUser { email, first_name: String::new(), last_name: String::new(), unique_name };
    SetupDraft { user: Some(user), ..SetupDraft::default() }
}

/// The identifier of the newest request, by the links that its maker follows.
async fn newest_request(visit: &Visit<'_>) -> String {
    let list = visit.page("/requests").await;
    let one = visit.browser.follow(&list, &format!("{PRODUCT}: {OFFER}")).await.unwrap();
    one.url.path().rsplit('/').next().unwrap().to_owned()
}

#[actix_web::test]
async fn people_see_their_own_requests_only() {
    let market = Market::start().await;
    let first = market.visit_with(ACME, &visitor("first@acme.example", "first")).await;
    first.add(PRODUCT, OFFER, &accept()).await;
    let id = newest_request(&first).await;
    let second = market.visit_with(ACME, &visitor("second@acme.example", "second")).await;
    let list = second.page("/requests").await;
    assert!(list.text().contains("No requests yet"), "{}", list.text());
    assert_eq!(second.page(&format!("/requests/{id}")).await.status, 404);
    assert_eq!(first.page(&format!("/requests/{id}")).await.status, 200);
    market.finish().await;
}

#[actix_web::test]
async fn two_guests_are_two_people() {
    let market = Market::start().await;
    let first = market.visit_with(ACME, &visitor("", "")).await;
    first.add(PRODUCT, OFFER, &accept()).await;
    assert!(first.page("/cart").await.text().contains("guest"));
    let id = newest_request(&first).await;
    let second = market.visit_with(ACME, &visitor("", "")).await;
    assert!(second.page("/requests").await.text().contains("No requests yet"));
    assert_eq!(second.page(&format!("/requests/{id}")).await.status, 404);
    market.finish().await;
}

#[actix_web::test]
async fn a_request_that_was_taken_back_is_not_ordered_and_can_be_sent_again() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let visit = market.visit(ACME).await;
    let list = visit.page("/requests").await;
    let one = visit.browser.follow(&list, &format!("{PRODUCT}: {OFFER}")).await.unwrap();
    let taken_back = visit.browser.press(&one, "Take it back").await.unwrap();
    assert_eq!(taken_back.status, 200, "{}", taken_back.text());
    let sent = market.simulator.approve(cart.id).await.unwrap();
    assert_refused(&sent, 409, "WITHDRAWN_REQUEST");
    market.settle().await;
    let offer = visit.browser.follow(&taken_back, "Send for approval again").await.unwrap();
    let mut form = offer.form_with_button("Request approval").unwrap();
    form.set("accept", "yes");
    let hand_over = visit.browser.submit(&offer, &form, Some("Request approval")).await.unwrap();
    let cart = visit.hand_over(&hand_over).await;
    market.order(&cart).await;
    market.finish().await;
}

#[actix_web::test]
async fn an_administrator_takes_a_request_back_once() {
    let market = Market::start().await;
    market.cart(PRODUCT, OFFER).await;
    let id = newest_request(&market.visit(ACME).await).await;
    let path = format!("/requests/{id}/withdraw");
    let (status, body) = market.call(Method::POST, &path, None).await;
    assert_eq!((status, body["status"].as_str()), (200, Some("WITHDRAWN")), "{body}");
    let (status, body) = market.call(Method::POST, &path, None).await;
    assert_eq!(status, 409, "{body}");
    market.finish().await;
}
