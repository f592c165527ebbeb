//! The pages, driven as a person would.

use crate::market::{self, Rehearsal};

#[tokio::test]
async fn a_whole_cycle_can_be_clicked() {
    let rehearsal = Rehearsal::start().await;
    let browser = &rehearsal.browser;
    let home = browser.open(&rehearsal.simulator.base_url()).await.unwrap();
    assert!(home.text().contains("A note <for> the home page"));
    let shop = browser.press(&home, "Open the marketplace").await.unwrap();
    assert_eq!(shop.url.path(), "/shop");
    assert_eq!(shop.hops.iter().map(|hop| hop.status).collect::<Vec<_>>(), [303, 303]);
    let cart = browser.press(&shop, "Request approval").await.unwrap();
    let cart = browser.press(&cart, "Return cart").await.unwrap();
    assert!(cart.text().contains("LOGWELL"));
    let order = browser.press(&cart, "Approve").await.unwrap();
    assert!(order.text().contains("The order was accepted"), "{}", order.text());
    assert!(!order.body.contains("hush"), "no page shows a secret");
    let order = browser.press(&order, "Resend as new document").await.unwrap();
    assert!(order.text().contains("Attempt 2"));
    let home = browser.follow(&order, "Procurement simulator").await.unwrap();
    assert!(home.text().contains("approved, order"), "{}", home.text());
    rehearsal.end().await;
}

#[tokio::test]
async fn a_cart_can_be_rejected_on_the_home_page() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.waiting_cart().await;
    let home = rehearsal.browser.open(&rehearsal.simulator.base_url()).await.unwrap();
    let cart = rehearsal.browser.press(&home, "Reject").await.unwrap();
    assert!(cart.text().contains("rejected by the approver"));
    rehearsal.end().await;
}

#[tokio::test]
async fn a_rejected_requisition_stays_rejected_when_the_browser_goes_back_and_posts_its_cart_again() {
    let rehearsal = Rehearsal::start().await;
    let started = rehearsal.simulator.punch_out("coupa").await.unwrap();
    let shop = rehearsal.browser.open(&started.start_page_url).await.unwrap();
    let hand_over = rehearsal.browser.press(&shop, "Request approval").await.unwrap();
    let cart = rehearsal.browser.press(&hand_over, "Return cart").await.unwrap();
    rehearsal.browser.press(&cart, "Reject").await.unwrap();
    let again = rehearsal.browser.press(&hand_over, "Return cart").await.unwrap();
    assert_eq!(again.url, cart.url, "no second requisition");
    assert!(again.text().contains("A rejected requisition stays rejected"), "{}", again.text());
    // The page from before the decision still has its button.
    let refused = rehearsal.browser.press(&cart, "Approve").await.unwrap();
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("rejected by the approver"), "{}", refused.text());
    assert!(rehearsal.simulator.orders().is_empty());
    rehearsal.end().await;
}

#[tokio::test]
async fn a_cart_shows_the_amount_of_each_line_and_the_total() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.market.lock().unwrap().items = Some(market::ITEM.repeat(2));
    let text = rehearsal.shop().await.text();
    assert!(text.contains("24000.00 USD") && text.contains("Total 48000.00 USD"), "{text}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_refused_order_says_refused_with_the_reason_wherever_it_is_shown() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.shop().await;
    rehearsal.answer_next(vec![(200, market::status(409, "the price differs"))]);
    let order = rehearsal.browser.press(&cart, "Approve").await.unwrap();
    assert!(order.text().contains("The order was refused"), "{}", order.text());
    assert!(order.text().contains("the price differs"), "{}", order.text());
    for url in [&rehearsal.simulator.base_url(), &cart.url] {
        let text = rehearsal.browser.open(url).await.unwrap().text();
        assert!(text.contains("refused") && !text.contains("accepted"), "{text}");
    }
    rehearsal.end().await;
}

#[tokio::test]
async fn a_failed_punch_out_shows_the_explanation_and_both_documents() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.answer_next(vec![(200, market::status(403, "Forbidden"))]);
    let home = rehearsal.browser.open(&rehearsal.simulator.base_url()).await.unwrap();
    let page = rehearsal.browser.press(&home, "Open the marketplace").await.unwrap();
    assert_eq!(page.status, 502);
    let text = page.text();
    assert!(text.contains("Setup request failed: 403 Forbidden") && text.contains("<PunchOutSetupRequest"), "{text}");
    assert!(!page.body.contains("hush"));
    rehearsal.end().await;
}

#[tokio::test]
async fn a_forged_form_from_another_origin_changes_nothing() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let base = rehearsal.simulator.base_url();
    for path in [
        format!("/carts/{}/approve", cart.id),
        format!("/carts/{}/reject", cart.id),
        "/buyers/coupa/punchout".to_owned(),
    ] {
        let request = reqwest::Client::new().post(base.join(&path).unwrap()).header("Sec-Fetch-Site", "same-site");
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    assert!(rehearsal.simulator.orders().is_empty());
    assert_eq!(rehearsal.received().len(), 1, "only the PunchOut that filled the cart");
    rehearsal.end().await;
}

#[tokio::test]
async fn every_page_is_strict_about_content_and_says_that_it_is_a_simulator() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let sent = rehearsal.simulator.approve(cart.id).await.unwrap();
    let base = rehearsal.simulator.base_url();
    for path in [
        "/".to_owned(),
        format!("/carts/{}", cart.id),
        format!("/orders/{}", sent.po_number),
        "/mail".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let page = rehearsal.browser.open(&base.join(&path).unwrap()).await.unwrap();
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(page.text().contains("This is a simulator"), "{path}");
        assert!(!page.body.contains("<script") && !page.body.contains("style="), "{path}");
    }
    rehearsal.end().await;
}
