//! The walk through the demo as the README describes it, with clicks alone (R1, X1).

use std::time::Duration;

use marketgate::demo::{self, Demo, DemoOptions};
use marketgate_simulator::browser::{Browser, Page};

async fn start() -> Demo {
    let listen = "127.0.0.1:0".parse().unwrap();
    demo::start(DemoOptions { listen, simulator_listen: None, data_dir: None }).await.unwrap()
}

/// From the simulator's home page into the store, to an offer and back with the cart.
async fn shop(demo: &Demo, browser: &Browser, (product, offer): (&str, &str)) -> Page {
    let home = browser.open(&demo.simulator.base_url()).await.unwrap();
    let store = browser.press(&home, "Open the marketplace").await.unwrap();
    let product = browser.follow(&store, product).await.unwrap();
    let offer = browser.follow(&product, offer).await.unwrap();
    let mut form = offer.form_with_button("Request approval").unwrap();
    form.set("accept", "yes");
    let hand_over = browser.submit(&offer, &form, Some("Request approval")).await.unwrap();
    browser.press(&hand_over, "Return to your procurement system").await.unwrap()
}

#[actix_web::test]
async fn after_approve_one_page_has_everything_and_a_year_later_the_other_installments() {
    let demo = start().await;
    let browser = Browser::new().unwrap();
    let cart = shop(&demo, &browser, ("Gatewren", "Acme enterprise, four payments")).await;
    assert!(cart.text().contains("120000.00 USD"), "line amounts and the total: {}", cart.text());
    let order = browser.press(&cart, "Approve").await.unwrap();
    let text = order.text();
    for part in ["The order was accepted", "Purchase order", "robin.buyer@acme.example", "CHS-000001", "30000.00"] {
        assert!(text.contains(part), "no {part:?} on the page: {text}");
    }
    let kinds = |page: &Page| {
        let links = page.links().into_iter().map(|link| link.url);
        let console = links.filter(|url| url.path().starts_with("/console/"));
        console.map(|url| url.path().split('/').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&order), ["orders", "agreements", "invoices"]);
    for link in order.links().iter().filter(|link| link.url.path().starts_with("/console/")) {
        let page = browser.open(&link.url).await.unwrap();
        assert_eq!(page.url.path(), "/sign-in", "the console wants a sign-in: {}", link.url);
    }
    let again = browser.press(&order, "Resend").await.unwrap();
    assert!(again.text().contains("Attempt 2") && again.text().contains("The order was accepted"), "{}", again.text());
    let day = browser.press(&again, "A day later").await.unwrap();
    assert_eq!(kinds(&day), ["orders", "agreements", "invoices"], "nothing falls due within a day");
    let year = browser.press(&day, "A year later").await.unwrap();
    assert_eq!(year.url.path(), order.url.path());
    let mut page = year;
    // A slow machine delivers the last of them while the page is shown; the page has a link to look again.
    for _ in 0..40 {
        if kinds(&page).len() == 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        page = browser.follow(&page, "Look again").await.unwrap();
    }
    assert_eq!(kinds(&page).iter().filter(|kind| *kind == "invoices").count(), 4, "{}", page.text());
    demo.stop().await.unwrap();
}

#[actix_web::test]
async fn a_sap_order_shows_its_confirmation_on_the_same_page() {
    let demo = start().await;
    let browser = Browser::new().unwrap();
    let cart = {
        let home = browser.open(&demo.simulator.base_url()).await.unwrap();
        let form = home.forms().into_iter().find(|form| form.action.path() == "/buyers/sap/punchout").unwrap();
        let store = browser.submit(&home, &form, Some("Open the marketplace")).await.unwrap();
        let product = browser.follow(&store, "Tidegauge").await.unwrap();
        let offer = browser.follow(&product, "Globex plants, 24 months").await.unwrap();
        let mut form = offer.form_with_button("Request approval").unwrap();
        form.set("accept", "yes");
        let hand_over = browser.submit(&offer, &form, Some("Request approval")).await.unwrap();
        browser.press(&hand_over, "Return to your procurement system").await.unwrap()
    };
    let order = browser.press(&cart, "Approve").await.unwrap();
    let text = order.text();
    for part in ["The order is confirmed", "kim.einkauf@globex.example", "NWL-000001"] {
        assert!(text.contains(part), "no {part:?} on the page: {text}");
    }
    demo.stop().await.unwrap();
}
