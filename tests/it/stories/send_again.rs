//! Whoever was refused goes on from the mail: the choice is put down and waits at the next visit (P10).

use marketgate_simulator::browser::{Browser, Page};
use rust_decimal::Decimal;
use url::Url;

use super::{OFFER, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::market::ACME;

#[actix_web::test]
async fn the_choice_of_a_refused_order_waits_at_the_next_visit_and_only_there() {
    let market = Market::start().await;
    refused(&market).await;
    let browser = Browser::new().unwrap();
    let offered = browser.open(&link_in_the_mail(&market)).await.unwrap();
    assert_eq!(offered.status, 200, "{}", offered.text());
    assert!(!market.ledger().contains("request.send_again"), "a link scanner opens every address");
    let ready = browser.press(&offered, "Send for approval again").await.unwrap();
    assert!(ready.text().contains("your choice will be waiting"), "{}", ready.text());
    assert!(market.ledger().contains("request.send_again"));

    let visit = market.visit(ACME).await;
    assert!(is_an_offer(&visit.store), "{}", visit.store.url);
    assert!(visit.store.text().contains(OFFER), "{}", visit.store.text());
    let mut form = visit.store.form_with_button("Request approval").unwrap();
    form.set("accept", "yes");
    let hand_over = visit.browser.submit(&visit.store, &form, Some("Request approval")).await.unwrap();
    let cart = visit.hand_over(&hand_over).await;
    market.order(&cart).await;
    let later = market.visit(ACME).await;
    assert!(!is_an_offer(&later.store), "{}", later.store.url);
    market.finish().await;
}

#[actix_web::test]
async fn a_link_whose_signature_is_not_ours_shows_and_changes_nothing() {
    let market = Market::start().await;
    refused(&market).await;
    let mut forged = link_in_the_mail(&market);
    let path = forged.path().to_owned();
    let (start, signature) = path.rsplit_once('/').unwrap();
    forged.set_path(&format!("{start}/{}", signature.chars().rev().collect::<String>()));
    let shown = Browser::new().unwrap().open(&forged).await.unwrap();
    assert_eq!(shown.status, 404, "{}", shown.text());
    let post = reqwest::Client::builder().no_proxy().build().unwrap().post(forged).send().await.unwrap();
    assert_eq!(post.status().as_u16(), 404);
    assert!(!market.ledger().contains("request.send_again"));
    market.finish().await;
}

/// An order at a price that was not quoted: refused, with a mail.
async fn refused(market: &Market) {
    let cart = market.cart(PRODUCT, OFFER).await;
    let sent = market.altered_order(&cart, |draft| draft.lines[0].unit_price = Decimal::new(9, 3)).await;
    assert_refused(&sent, 400, "PRICE_MISMATCH");
}

fn link_in_the_mail(market: &Market) -> Url {
    let mail = market.simulator.mailbox().pop().expect("a mail about the refusal");
    let link = mail.body.split_whitespace().find(|word| word.contains("/again/"));
    link.unwrap_or_else(|| panic!("no link: {}", mail.body)).parse().unwrap()
}

fn is_an_offer(page: &Page) -> bool {
    page.url.path().contains("/offers/")
}
