//! From PunchOut to cart, and what happens when the marketplace does not play along.

use marketgate_simulator::{CartState, LineKind, Operation, SelectedItem, SetupDraft, Simulator, SimulatorError};
use url::Url;

use crate::market::{self, ITEM, Rehearsal};

#[tokio::test]
async fn a_cart_comes_back_through_the_browser_and_becomes_an_order() {
    let rehearsal = Rehearsal::start().await;
    let page = rehearsal.shop().await;
    assert_eq!(page.status, 200);
    assert_eq!(page.hops.len(), 1, "the cart post answers with a redirect to the cart's page");
    assert!(page.text().contains("waiting for approval"), "{}", page.text());
    let cart = rehearsal.simulator.carts().remove(0);
    let line = &cart.lines[0];
    assert_eq!((cart.state.clone(), cart.form_field), (CartState::Waiting, "cXML-urlencoded"));
    assert_eq!(line.kind, LineKind::Quantity);
    assert_eq!(line.url.as_deref(), Some("http://shop.example/look?a=1&b=2"));
    let sent = rehearsal.simulator.approve(cart.id).await.unwrap();
    assert!(sent.is_sent());
    let order = rehearsal.received().pop().unwrap();
    assert!(order.contains("<SupplierPartAuxiliaryID>req-1/1</SupplierPartAuxiliaryID>"), "{order}");
    assert!(order.contains("Logwell &amp; friends"), "{order}");
    assert!(order.contains(r#"<Total><Money currency="USD">24000.00</Money></Total>"#), "{order}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_setup_request_has_the_layout_of_coupa() {
    let rehearsal = Rehearsal::start().await;
    let started = rehearsal.simulator.punch_out("coupa").await.unwrap();
    let request = rehearsal.received().pop().unwrap();
    assert!(request.contains("/1.2.014/cXML.dtd") && !request.contains("deploymentMode"), "{request}");
    for name in ["FirstName", "LastName", "UniqueName", "UserEmail", "User", "BusinessUnit"] {
        assert!(request.contains(&format!("<Extrinsic name=\"{name}\">")), "{name}: {request}");
    }
    let form_post = market::between(&request, "<BrowserFormPost><URL>", "</URL>");
    assert_eq!(form_post, format!("{}punchout/checkout?id={}", rehearsal.simulator.base_url(), started.session_id));
    assert!(request.contains("<SharedSecret>hush &amp; &quot;quiet&quot;</SharedSecret>"));
    assert!(!started.request_xml.contains("hush"), "the document handed out masks the secret");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_setup_draft_changes_operation_selected_item_and_secret() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let draft = SetupDraft {
        operation: Operation::Edit,
        selected_item: Some(SelectedItem { supplier_part_id: "LOG<WELL".to_owned(), supplier_part_auxiliary_id: None }),
        items: cart.lines,
        shared_secret: Some("wrong".into()),
        ..SetupDraft::default()
    };
    rehearsal.simulator.punch_out_with("coupa", &draft).await.unwrap();
    let request = rehearsal.received().pop().unwrap();
    assert!(request.contains("operation=\"edit\"") && request.contains("<SharedSecret>wrong<"), "{request}");
    assert!(request.contains("<SelectedItem><ItemID><SupplierPartID>LOG&lt;WELL<"), "{request}");
    assert!(request.contains("<SupplierPartAuxiliaryID>req-1/1</SupplierPartAuxiliaryID>"), "{request}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_refused_setup_is_explained_and_keeps_both_documents() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.answer_next(vec![(200, "<html>welcome</html>".to_owned()), (200, market::status(401, "Unauthorized"))]);
    let Err(SimulatorError::Setup(failure)) = rehearsal.simulator.punch_out("coupa").await else {
        panic!("it started")
    };
    assert!(failure.explanation.starts_with("No status element in setup response"), "{}", failure.explanation);
    assert!(failure.response_body.contains("welcome") && !failure.request_xml.contains("hush"));
    let Err(SimulatorError::Setup(failure)) = rehearsal.simulator.punch_out("coupa").await else {
        panic!("it started")
    };
    assert_eq!(failure.status.unwrap().code, 401);
    rehearsal.end().await;
}

#[tokio::test]
async fn one_bad_item_loses_the_whole_cart_and_the_reason_is_shown() {
    let rehearsal = Rehearsal::start().await;
    let bad = ITEM.replace(">EA<", ">FURLONG<");
    rehearsal.market.lock().unwrap().items = Some(format!("{ITEM}{bad}"));
    let page = rehearsal.shop().await;
    assert!(page.text().contains("Punchout failed to return a cart: item 2"), "{}", page.text());
    let cart = rehearsal.simulator.carts().remove(0);
    assert!(cart.lines.is_empty());
    let error = rehearsal.simulator.approve(cart.id).await.unwrap_err();
    assert!(matches!(error, SimulatorError::CartNotWaiting { .. }), "{error}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_cart_with_a_foreign_cookie_is_refused() {
    let rehearsal = Rehearsal::start().await;
    let first = rehearsal.simulator.punch_out("coupa").await.unwrap();
    let shop = rehearsal.browser.open(&first.start_page_url).await.unwrap();
    let cart = rehearsal.browser.press(&shop, "Request approval").await.unwrap();
    rehearsal.simulator.punch_out("other").await.unwrap();
    let mut form = cart.form_with_button("Return cart").unwrap();
    form.action.set_query(Some("id=2"));
    let page = rehearsal.browser.submit(&cart, &form, Some("Return cart")).await.unwrap();
    assert!(page.text().contains("BuyerCookie belongs to another session"), "{}", page.text());
    form.action.set_query(Some("id=77"));
    assert_eq!(rehearsal.browser.submit(&cart, &form, None).await.unwrap().status, 404);
    rehearsal.end().await;
}

#[tokio::test]
async fn an_empty_cart_adds_nothing() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.market.lock().unwrap().items = Some(String::new());
    rehearsal.shop().await;
    assert_eq!(rehearsal.simulator.carts()[0].state, CartState::Empty);
    rehearsal.end().await;
}

#[tokio::test]
async fn a_busy_port_is_an_error_that_names_the_address() {
    let rehearsal = Rehearsal::start().await;
    let mut config = market::config(Url::parse("http://127.0.0.1:9/cxml").unwrap());
    config.listen = rehearsal.simulator.addr();
    let Err(error) = Simulator::start(config).await else { panic!("two listen on one port") };
    assert!(error.to_string().contains(&rehearsal.simulator.addr().to_string()), "{error}");
    rehearsal.end().await;
}

#[tokio::test]
async fn only_the_newest_documents_are_remembered() {
    let rehearsal = Rehearsal::start().await;
    for _ in 0..25 {
        rehearsal.simulator.punch_out("coupa").await.unwrap();
    }
    let newest = rehearsal.waiting_cart().await;
    let forgotten = rehearsal.simulator.base_url().join("/punchout/checkout?id=1").unwrap();
    let answer = reqwest::Client::new().post(forgotten).body("cXML-urlencoded=x").send().await.unwrap();
    assert_eq!(answer.status(), 404, "the first session is forgotten");
    assert_eq!(newest.state, CartState::Waiting);
    rehearsal.end().await;
}
