//! The same pages in a real browser: scripts run, the policy of each page allows what the page needs, nothing complains.

use marketgate::demo::seed::ACME_COUPA;
use marketgate_simulator::CartState;

use crate::harness::chromium::{Shown, visit};
use crate::harness::market::ACME;
use crate::harness::{Market, accept};
use crate::wire::samples::setup_requests;

const PRODUCT: &str = "Gatewren";
const OFFER: &str = "Acme enterprise, four payments";

/// The marketplace answers while the browser runs.
async fn show(url: &str) -> Shown {
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || visit(&url)).await.unwrap()
}

fn assert_quiet(shown: &Shown) {
    assert!(shown.complaints.is_empty(), "{:#?}", shown.complaints);
}

#[actix_web::test]
#[ignore = "needs chromium and the sample documents"]
async fn the_start_page_of_every_sample_shows_the_store() {
    let market = Market::start().await;
    for (name, document) in setup_requests() {
        let answer = market.post(document.clone()).await;
        let shown = show(&answer.start_page().unwrap()).await;
        assert!(shown.html.contains("Search the store"), "{name}: {}", shown.html);
        // One sample names a host that no policy can express; its cart needs the button (and a mended host).
        if !document.contains("return_to_supplier_url.com") {
            assert_quiet(&shown);
        }
    }
    market.finish().await;
}

#[actix_web::test]
#[ignore = "needs chromium"]
async fn the_cart_goes_back_by_itself() {
    let market = Market::start().await;
    let session = market.visit(ACME).await;
    session.add(PRODUCT, OFFER, &accept()).await;
    let shown = show(market.url(&format!("{}/return", session.base())).as_str()).await;
    let carts = market.simulator.carts();
    assert_eq!(carts.len(), 1, "{shown:#?}");
    assert_eq!(carts[0].state, CartState::Waiting);
    assert_quiet(&shown);
    market.order(&carts[0]).await;
    market.finish().await;
}

#[actix_web::test]
#[ignore = "needs chromium"]
async fn the_running_total_of_a_choice_is_the_one_that_the_server_counts() {
    let market = Market::start().await;
    let session = market.visit(ACME).await;
    let fields = [("months", "12"), ("quantity.user", "7")];
    let counted = session.choose(PRODUCT, "By users", &fields, "Update total").await;
    assert!(counted.text().contains("420.00 USD"), "{}", counted.text());
    let offer = market.offer("By users").id;
    let shown = show(market.url(&format!("{}/offers/{offer}", session.base())).as_str()).await;
    assert!(shown.html.contains("0.00 USD"), "nothing is chosen yet: {}", shown.html);
    assert_quiet(&shown);
    market.finish().await;
}

#[actix_web::test]
#[ignore = "needs chromium"]
async fn the_buyer_may_show_the_store_in_a_frame_and_nobody_else() {
    let market = Market::start().await;
    let own = market.simulator.base_url().origin().ascii_serialization();
    let session = market.visit(ACME).await;
    let policy = session.store.header("content-security-policy").unwrap();
    assert!(policy.contains(&format!("frame-ancestors {own}")), "{policy}");
    market.change_connection(&ACME_COUPA, |connection| {
        connection.punchout.frame_ancestors = vec!["https://portal.acme.example".to_owned()];
    });
    let page = session.page("").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors https://portal.acme.example"), "{policy}");
    market.finish().await;
}
