//! Buttons that a page does not show cannot be pressed by hand either (C3, C5, A4): the server decides again.

use marketgate_simulator::browser::Page;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT};
use crate::harness::market::{ACME, INITECH};
use crate::harness::{Market, Visit};

impl Visit<'_> {
    /// Sends the form of an honest page for another offer.
    pub(super) async fn forge(&self, market: &Market, offer: &str, fields: &[(&str, &str)]) -> Page {
        let honest = self.offer(PLAIN_PRODUCT, PLAIN_OFFER).await;
        let mut form = honest.form_with_button("Request approval").unwrap();
        form.action.set_path(&format!("{}/offers/{}/request", self.base(), market.offer(offer).id));
        form.set("accept", "yes");
        for (name, value) in fields {
            form.set(name, value);
        }
        self.browser.submit(&honest, &form, Some("Request approval")).await.unwrap()
    }
}

fn assert_nothing_requested(market: &Market) {
    assert!(!market.ledger().contains("request.created"), "{}", market.ledger());
}

#[actix_web::test]
async fn what_cannot_go_through_procurement_shows_no_button_and_takes_no_form() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    for (product, offer) in [
        ("Vaultwren Appliance", "Pair, 12 months"),
        ("Codeheron Runner", "Five runners, 12 months"),
        ("Access Policy Review", "One review"),
        ("Observability Onboarding", "Two weeks, fixed price"),
    ] {
        let shown = visit.offer(product, offer).await;
        assert!(shown.form_with_button("Request approval").is_err(), "{product}");
        assert!(shown.text().contains("UNSUPPORTED_PRODUCT"), "{product}: {}", shown.text());
        let answer = visit.forge(&market, offer, &[]).await;
        assert_eq!(answer.status, 422, "{product}");
        assert!(answer.text().contains("cannot be bought through procurement"), "{product}: {}", answer.text());
    }
    assert_nothing_requested(&market);
    market.finish().await;
}

#[actix_web::test]
async fn machine_images_and_containers_by_usage_can_be_requested() {
    let market = Market::start().await;
    for (product, offer) in [("Heron Hardened Base", "Pay by the hour"), ("SparrowQL Engine", "Pay per worker hour")] {
        let cart = market.cart(product, offer).await;
        assert_eq!(cart.lines[0].amount().unwrap().to_string(), "10000.00", "{product}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_private_offer_is_not_found_by_another_organization() {
    let market = Market::start().await;
    let theirs = market.offer(OFFER).id;
    let visit = market.visit(INITECH).await;
    assert!(!visit.store.text().contains(OFFER));
    let product = visit.product(PRODUCT).await;
    assert!(!product.text().contains(OFFER), "{}", product.text());
    assert_eq!(visit.page(&format!("/offers/{theirs}")).await.status, 404);
    assert_eq!(visit.forge(&market, OFFER, &[]).await.status, 404);
    assert_nothing_requested(&market);
    market.finish().await;
}

#[actix_web::test]
async fn requests_and_agreements_of_another_organization_are_not_found() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let request = cart.lines[0].supplier_part_auxiliary_id.clone().unwrap();
    let order = market.order(&cart).await;
    let agreement = order.status.unwrap().message.rsplit(' ').next().unwrap().to_owned();
    let (own, other) = (market.visit(ACME).await, market.visit(INITECH).await);
    for page in [format!("/requests/{request}"), format!("/agreements/{agreement}")] {
        assert_eq!(own.page(&page).await.status, 200, "{page}");
        assert_eq!(other.page(&page).await.status, 404, "{page}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn an_offer_that_changed_while_its_page_was_open_must_be_looked_at_again() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let answer = visit.forge(&market, OFFER, &[("revision", "7")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("changed the offer"), "{}", answer.text());
    assert_nothing_requested(&market);
    market.finish().await;
}

#[actix_web::test]
async fn nothing_is_requested_without_accepting_the_documents() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let answer = visit.choose(PRODUCT, OFFER, &[], "Request approval").await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_nothing_requested(&market);
    market.finish().await;
}

#[actix_web::test]
async fn quantities_that_no_page_offers_are_refused() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let choice = |months: &'static str, users: &'static str| {
        vec![("accept", "yes"), ("months", months), ("quantity.user", users)]
    };
    for fields in
        [choice("12", "-1"), choice("12", "0"), choice("13", "5"), choice("12", "99999999999"), choice("12", "1.5")]
    {
        let answer = visit.choose(PRODUCT, "By users", &fields, "Request approval").await;
        assert_eq!(answer.status, 422, "{fields:?}: {}", answer.text());
    }
    assert_nothing_requested(&market);
    let cart = visit.buy(PRODUCT, "By users", &choice("12", "5")).await;
    assert_eq!(cart.total.unwrap().to_string(), "300.00");
    market.finish().await;
}
