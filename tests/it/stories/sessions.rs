//! A visit belongs to one person, ends in time, takes only forms from its own pages, and its cart goes back whole (P2 to P5).

use jiff::SignedDuration;
use marketgate::demo::seed::ACME_COUPA;
use marketgate_domain::connection::CartEncoding;
use marketgate_simulator::{CartState, SelectedItem, SetupDraft};

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT};
use crate::harness::market::ACME;
use crate::harness::{Market, accept};

#[actix_web::test]
async fn a_visit_ends_by_itself_and_posts_nothing() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    visit.add(PRODUCT, OFFER, &accept()).await;
    market.clock.advance_wall(SignedDuration::from_mins(121));
    for page in ["", "/cart", "/return", "/requests"] {
        let shown = visit.page(page).await;
        assert_eq!(shown.status, 410, "{page}");
        assert!(shown.text().contains("This visit has ended"), "{page}: {}", shown.text());
    }
    assert_eq!(market.simulator.carts().len(), 0);
    market.finish().await;
}

#[actix_web::test]
async fn a_form_without_its_proof_of_origin_is_refused() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(PRODUCT, OFFER).await;
    for proof in ["", "wrong"] {
        let mut form = page.form_with_button("Request approval").unwrap();
        form.set("accept", "yes");
        form.set("csrf", proof);
        let answer = visit.browser.submit(&page, &form, Some("Request approval")).await.unwrap();
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    assert!(!market.ledger().contains("request.created"));
    market.finish().await;
}

#[actix_web::test]
async fn a_form_from_another_site_is_refused_even_with_its_proof() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(PRODUCT, OFFER).await;
    let form = page.form_with_button("Request approval").unwrap();
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
    let fields = form.fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).chain([("accept", "yes")]);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let post = client.post(form.action.clone()).header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = post.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    assert!(!market.ledger().contains("request.created"));
    market.finish().await;
}

#[actix_web::test]
async fn a_cart_that_is_handed_over_twice_is_the_same_cart() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let first = visit.buy(PRODUCT, OFFER, &accept()).await;
    let second = visit.hand_over(&visit.page("/return").await).await;
    assert_eq!((first.lines, first.total), (second.lines, second.total));
    let served = market.ledger().matches("cart.served").count();
    assert_eq!(served, 1, "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn after_the_cart_went_back_nothing_can_be_added() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(PLAIN_PRODUCT, PLAIN_OFFER).await;
    visit.buy(PRODUCT, OFFER, &accept()).await;
    assert!(visit.offer(PLAIN_PRODUCT, PLAIN_OFFER).await.form_with_button("Request approval").is_err());
    let mut form = page.form_with_button("Request approval").unwrap();
    form.set("accept", "yes");
    let late = visit.browser.submit(&page, &form, Some("Request approval")).await.unwrap();
    assert_eq!(late.status, 422, "{}", late.text());
    assert_eq!(market.ledger().matches("request.created").count(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn an_empty_cart_is_never_posted() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.page("/return").await;
    assert!(page.url.path().ends_with("/cart") && page.text().contains("The cart is empty"), "{}", page.text());
    assert!(
        page.forms()
            .iter()
            .all(|form| form.action.host_str() == page.url.host_str() && form.action.port() == page.url.port())
    );
    market.finish().await;
}

#[actix_web::test]
async fn a_cart_travels_in_the_form_field_that_the_connection_wants() {
    let market = Market::start().await;
    let plain = market.cart(PRODUCT, OFFER).await;
    market.change_connection(&ACME_COUPA, |connection| connection.punchout.cart_encoding = CartEncoding::Base64);
    let packed = market.cart(PRODUCT, OFFER).await;
    assert_eq!((plain.form_field, packed.form_field), ("cXML-urlencoded", "cXML-base64"));
    let amounts = |cart: &marketgate_simulator::Cart| {
        cart.lines.iter().map(marketgate_simulator::CartLine::amount).collect::<Vec<_>>()
    };
    assert_eq!(amounts(&plain), amounts(&packed));
    market.order(&packed).await;
    market.finish().await;
}

#[actix_web::test]
async fn a_cart_of_two_currencies_is_not_handed_over() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    visit.add(PRODUCT, OFFER, &accept()).await;
    let page = visit.choose(PLAIN_PRODUCT, "Standard, 12 months, in euros", &accept(), "Request approval").await;
    assert_eq!(page.status, 422, "{}", page.text());
    assert!(page.text().contains("one currency for each cart"), "{}", page.text());
    let cart = visit.page("/cart").await;
    assert!(cart.form_with_button("Return cart").is_ok(), "the first line can still go back: {}", cart.text());
    assert!(market.ledger().contains(": REQUESTED") && !market.ledger().contains("IN_CART"), "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn opening_the_return_address_returns_nothing_before_the_form_was_sent() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    visit.add(PRODUCT, OFFER, &accept()).await;
    let opened = visit.page("/return").await;
    assert!(opened.url.path().ends_with("/cart"), "{}", opened.url);
    assert!(!market.ledger().contains("cart.served") && !market.ledger().contains("IN_CART"), "{}", market.ledger());
    let form = visit.browser.press(&opened, "Return cart").await.unwrap();
    let cart = visit.hand_over(&form).await;
    market.order(&cart).await;
    market.finish().await;
}

#[actix_web::test]
async fn a_line_that_ended_meanwhile_is_not_posted_and_the_page_says_why() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    visit.add(PRODUCT, OFFER, &accept()).await;
    visit.add(PLAIN_PRODUCT, PLAIN_OFFER, &accept()).await;
    market.change_offer(OFFER, |offer| offer.revision += 1);
    let shown = visit.page("/cart").await;
    assert!(
        shown.text().contains("1 line left the cart") && shown.text().contains("changed the offer"),
        "{}",
        shown.text()
    );
    let form = visit.browser.press(&shown, "Return cart").await.unwrap();
    assert!(form.text().contains("1 line left the cart"), "{}", form.text());
    let cart = visit.hand_over(&form).await;
    assert_eq!(cart.lines.len(), 1);
    let again = visit.hand_over(&visit.page("/return").await).await;
    assert_eq!(again.lines.len(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn every_error_page_of_a_visit_leads_back_into_it() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let nothing = "00000000-0000-0000-0000-000000000000";
    for (page, status) in [
        ("/offers/x".to_owned(), 404),
        (format!("/products/{nothing}"), 404),
        (format!("/requests/{nothing}"), 404),
        ("/nowhere".to_owned(), 404),
        ("/cart/return".to_owned(), 405),
    ] {
        let shown = visit.page(&page).await;
        assert_eq!(shown.status, status, "{page}: {}", shown.text());
        let back = visit.browser.follow(&shown, "Back to the store").await.unwrap();
        assert_eq!((back.status, back.url.path()), (200, visit.base().as_str()), "{page}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_full_cart_takes_no_further_line_but_loses_one() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let mut form = page.form_with_button("Add to cart").unwrap();
    form.set("accept", "yes");
    for _ in 0..50 {
        let added = visit.browser.submit(&page, &form, Some("Add to cart")).await.unwrap();
        assert_eq!(added.status, 200, "{}", added.text());
    }
    let refused = visit.browser.submit(&page, &form, Some("Add to cart")).await.unwrap();
    assert!(refused.status >= 400 && refused.text().contains("at most 50 lines"), "{}", refused.text());
    let cart = visit.browser.press(&visit.page("/cart").await, "Remove Tidegauge: Standard, 12 months").await.unwrap();
    assert_eq!(cart.status, 200, "{}", cart.text());
    let added = visit.browser.submit(&page, &form, Some("Add to cart")).await.unwrap();
    assert_eq!(added.status, 200, "{}", added.text());
    market.finish().await;
}

#[actix_web::test]
async fn a_page_of_the_store_beyond_the_last_one_is_the_last_one() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let shown = |query: &'static str| {
        let mut url = visit.store.url.clone();
        url.set_path(&visit.base());
        url.set_query(Some(query));
        let browser = &visit.browser;
        async move { browser.open(&url).await.unwrap() }
    };
    for query in ["page=99", "page=18446744073709551615", "page=0", "page=-1", "page=x", "page="] {
        let page = shown(query).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
        assert!(
            page.text().contains("Offers from") || page.text().contains(PLAIN_PRODUCT) || page.text().contains(PRODUCT),
            "{query}: {}",
            page.text()
        );
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_picked_product_opens_at_once_and_an_unknown_one_opens_the_store() {
    let market = Market::start().await;
    let picked = |part: &str| SetupDraft {
        selected_item: Some(SelectedItem { supplier_part_id: part.to_owned(), supplier_part_auxiliary_id: None }),
        ..SetupDraft::default()
    };
    let known = market.visit_with(ACME, &picked("COBALT-GATEWREN")).await;
    assert!(known.store.text().contains(OFFER), "{}", known.store.text());
    let unknown = market.visit_with(ACME, &picked("NO-SUCH-PART")).await;
    assert!(unknown.store.text().contains("NO-SUCH-PART"), "{}", unknown.store.text());
    assert!(unknown.browser.follow(&unknown.store, PRODUCT).await.is_ok());
    market.finish().await;
}

#[actix_web::test]
async fn an_approver_reads_the_request_without_signing_in_and_nobody_guesses_the_address() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let address: url::Url = cart.lines[0].url.as_deref().unwrap().parse().unwrap();
    let browser = marketgate_simulator::browser::Browser::new().unwrap();
    let page = browser.open(&address).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.text().contains("30,000.00 USD") && page.forms().is_empty(), "{}", page.text());
    let mut forged = address.clone();
    forged.set_path(&format!("{}0", address.path().strip_suffix(|_: char| true).unwrap()));
    if forged != address {
        assert_eq!(browser.open(&forged).await.unwrap().status, 404);
    }
    market.clock.set("2026-04-02T00:00:00Z");
    let late = browser.open(&address).await.unwrap();
    assert!(
        late.text().contains("2026-04-01") && late.text().contains("EXPIRED_AGREEMENT_PROPOSAL"),
        "{}",
        late.text()
    );
    market.finish().await;
}

#[actix_web::test]
async fn a_rejected_requisition_leaves_the_request_in_the_cart() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.simulator.reject(cart.id).unwrap();
    assert_eq!(market.simulator.cart(cart.id).unwrap().state, CartState::Rejected);
    assert!(market.ledger().contains(": IN_CART"), "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn two_visits_of_one_person_are_two_carts() {
    let market = Market::start().await;
    let (one, other) = (market.visit(ACME).await, market.visit(ACME).await);
    one.add(PRODUCT, OFFER, &accept()).await;
    assert!(!other.page("/cart").await.text().contains(OFFER));
    let cart = other.buy(PLAIN_PRODUCT, PLAIN_OFFER, &accept()).await;
    assert_eq!(cart.lines.len(), 1);
    market.finish().await;
}
