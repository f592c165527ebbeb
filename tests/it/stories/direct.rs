//! Direct subscription: agreements without a round trip through a procurement system, and where that road is closed (C3b, C3c, P7).

use jiff::civil::date;
use marketgate::demo::seed::ACME_COUPA;
use marketgate_domain::offer::Visibility;
use marketgate_store::{agreements, invoices};
use reqwest::Method;
use serde_json::{Value, json};

use super::{OFFER, PLAIN_OFFER};
use crate::harness::market::{ACME, INITECH};
use crate::harness::{Market, Visit};

const USAGE_PRODUCT: &str = "Heron Hardened Base";
const USAGE_OFFER: &str = "Pay by the hour";
const FREE_PRODUCT: &str = "Statusperch";
const FREE_OFFER: &str = "One page, free";

impl Market {
    /// Subscribes Acme's account over the API, with further members of the body.
    async fn subscribe(&self, offer: &str, further: Value) -> (u16, Value) {
        let offer = self.offer(offer);
        let account = ACME_COUPA.account_id().to_string();
        let mut body = json!({
            "account": account, "offer": offer.id.to_string(), "revision": offer.revision, "accept_documents": true,
        });
        body.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        let answer = self.call(Method::POST, "/agreements", Some(&body)).await;
        self.settle().await;
        answer
    }

    fn agreements(&self) -> usize {
        self.read(|snapshot| Ok(agreements::newest_of_all(snapshot, None, 100)?.len()))
    }
}

impl Visit<'_> {
    /// Sends an honest form to where another offer is subscribed to.
    async fn forge_subscription(&self, market: &Market, offer: &str) -> marketgate_simulator::browser::Page {
        let honest = self.offer(USAGE_PRODUCT, USAGE_OFFER).await;
        let mut form = honest.form_with_button("Request approval").unwrap();
        let offer = market.offer(offer);
        form.action.set_path(&format!("{}/offers/{}/subscribe", self.base(), offer.id));
        form.set("revision", &offer.revision.to_string());
        form.set("accept", "yes");
        self.browser.submit(&honest, &form, None).await.unwrap()
    }
}

#[actix_web::test]
async fn usage_is_subscribed_to_at_once_beside_the_request_for_approval() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let fields = [("accept", "yes"), ("estimate", "2500")];
    let agreement = visit.choose(USAGE_PRODUCT, USAGE_OFFER, &fields, "Subscribe directly").await;
    assert!(agreement.url.path().contains("/agreements/"), "{}", agreement.text());
    let text = agreement.text();
    for part in ["Set up", "What you may use", "as used", "Active", "2,500.00 USD", "Directly, without an order"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    market.settle().await;
    let ledger = market.ledger();
    assert!(ledger.contains("agreement.subscribed") && ledger.contains("directly, no purchase order"), "{ledger}");
    assert!(ledger.contains("Subscribed: Heron Hardened Base"), "{ledger}");
    assert!(!ledger.contains("request.created") && !ledger.contains("  order"), "{ledger}");
    market.finish().await;
}

#[actix_web::test]
async fn what_the_organization_approves_in_general_needs_no_request_and_other_organizations_decide_for_themselves() {
    let market = Market::start().await;
    let initech = market.visit(INITECH).await;
    let offer = initech.offer(FREE_PRODUCT, FREE_OFFER).await;
    assert!(offer.form_with_button("Request approval").is_err(), "{}", offer.text());
    let agreement = initech.choose(FREE_PRODUCT, FREE_OFFER, &[("accept", "yes")], "Subscribe").await;
    assert!(agreement.text().contains("500 subscribers"), "{}", agreement.text());

    let acme = market.visit(ACME).await;
    assert!(acme.offer(FREE_PRODUCT, FREE_OFFER).await.form_with_button("Request approval").is_ok());
    let refused = acme.forge_subscription(&market, FREE_OFFER).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("request approval"), "{}", refused.text());
    assert_eq!(market.agreements(), 1);

    let path = format!("/organizations/{}", ACME_COUPA.organization_id());
    let change = json!({ "automatic_approval": { "free": true } });
    let (status, changed) = market.call(Method::PATCH, &path, Some(&change)).await;
    assert_eq!((status, &changed["automatic_approval"]), (200, &json!({ "free": true, "byol": false })));
    assert!(acme.offer(FREE_PRODUCT, FREE_OFFER).await.form_with_button("Subscribe").is_ok());
    assert!(market.ledger().contains("organization.changed"), "{}", market.ledger());
    market.finish().await;
}

#[actix_web::test]
async fn a_contract_cannot_be_subscribed_to_past_the_procurement_system() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    for offer in [OFFER, PLAIN_OFFER, "Pair, 12 months", "One review"] {
        let refused = visit.forge_subscription(&market, offer).await;
        assert_eq!(refused.status, 422, "{offer}: {}", refused.text());
        let (status, problem) = market.subscribe(offer, json!({})).await;
        assert_eq!(status, 409, "{offer}: {problem}");
    }
    let foreign = market.visit(INITECH).await.forge_subscription(&market, OFFER).await;
    assert_eq!(foreign.status, 404, "somebody else's private offer is not there");
    assert_eq!(market.agreements(), 0);
    market.finish().await;
}

#[actix_web::test]
async fn the_same_offer_is_subscribed_to_once() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(USAGE_PRODUCT, USAGE_OFFER).await;
    let mut form = page.form_with_button("Subscribe directly").unwrap();
    form.set("accept", "yes");
    let first = visit.browser.submit(&page, &form, Some("Subscribe directly")).await.unwrap();
    let id = first.url.path().rsplit('/').next().unwrap().to_owned();
    let second = visit.browser.submit(&page, &form, Some("Subscribe directly")).await.unwrap();
    assert_eq!(second.status, 422);
    assert!(second.text().contains(&id), "{}", second.text());
    assert_eq!(market.agreements(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn nothing_is_subscribed_to_in_a_test() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.test_mode = true);
    let visit = market.visit(ACME).await;
    let page = visit.offer(USAGE_PRODUCT, USAGE_OFFER).await;
    assert!(page.form_with_button("Subscribe directly").is_err());
    let refused = visit.forge_subscription(&market, USAGE_OFFER).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("This visit is a test"), "{}", refused.text());
    assert_eq!(market.agreements(), 0);
    market.finish().await;
}

#[actix_web::test]
async fn without_an_integration_contracts_are_bought_directly_and_invoiced_under_the_number_that_was_given() {
    let market = Market::start().await;
    let number = json!({ "purchase_order": "PO-DIRECT-7", "requester_email": "buyer@acme.example" });
    let (status, problem) = market.subscribe(PLAIN_OFFER, number.clone()).await;
    assert_eq!(status, 409, "{problem}");

    market.change_connection(&ACME_COUPA, |connection| connection.enabled = false);
    let (status, agreement) = market.subscribe(PLAIN_OFFER, number).await;
    assert_eq!(status, 201, "{agreement}");
    assert_eq!(
        (&agreement["origin"], &agreement["order"], &agreement["purchase_order"]),
        (&json!("direct"), &Value::Null, &json!("PO-DIRECT-7"))
    );
    let id = agreement["id"].as_str().unwrap();
    let (_, entitlements) = market.call(Method::GET, &format!("/agreements/{id}/entitlements"), None).await;
    assert_eq!(entitlements["entitlements"][0]["status"], "ACTIVE", "{entitlements}");

    let issued = market.read(|snapshot| Ok(invoices::newest(snapshot, ACME_COUPA.organization_id(), None, 10)?));
    let [invoice] = issued.as_slice() else { panic!("{issued:?}") };
    assert_eq!((invoice.order.as_ref(), invoice.purchase_order.as_deref()), (None, Some("PO-DIRECT-7")));
    assert_eq!(agreement["value"]["amount"], invoice.subtotal.amount().to_string());
    let (_, listed) = market.call(Method::GET, &format!("/invoices/{}", invoice.id), None).await;
    assert_eq!((&listed["order"], &listed["delivery"]), (&Value::Null, &Value::Null), "no document leaves");
    market.finish().await;
}

#[actix_web::test]
async fn a_call_that_leaves_something_out_is_told_everything_at_once() {
    let market = Market::start().await;
    let body = json!({ "account": "acc-00000000000000000000000000000099", "months": "a year", "colour": "red" });
    let (status, problem) = market.call(Method::POST, "/agreements", Some(&body)).await;
    assert_eq!(status, 400, "{problem}");
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["#/offer", "#/revision", "#/months", "#/colour"]);
    let offer = market.offer(USAGE_OFFER);
    let unknown = json!({
        "account": "acc-00000000000000000000000000000099", "offer": offer.id.to_string(), "revision": offer.revision,
    });
    let (status, problem) = market.call(Method::POST, "/agreements", Some(&unknown)).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (400, &json!("#/account")), "{problem}");
    market.finish().await;
}

#[actix_web::test]
async fn what_changed_or_ended_meanwhile_is_not_subscribed_to() {
    let market = Market::start().await;
    let visit = market.visit(ACME).await;
    let page = visit.offer(USAGE_PRODUCT, USAGE_OFFER).await;
    let mut form = page.form_with_button("Subscribe directly").unwrap();
    form.set("accept", "yes");
    market.change_offer(USAGE_OFFER, |offer| offer.revision += 1);
    let changed = visit.browser.submit(&page, &form, Some("Subscribe directly")).await.unwrap();
    assert_eq!(changed.status, 422);
    assert!(changed.text().contains("changed the offer while the page was open"), "{}", changed.text());

    let accounts = vec![ACME_COUPA.account_id()];
    market.change_offer(USAGE_OFFER, |offer| {
        offer.visibility = Visibility::Private { accounts: accounts.clone() };
        offer.availability_end_date = Some(date(2026, 3, 31));
    });
    market.clock.set("2026-04-01T00:00:00Z");
    let (status, problem) = market.subscribe(USAGE_OFFER, json!({})).await;
    assert_eq!(status, 409, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("2026-03-31"), "{problem}");
    market.clock.set("2026-03-31T23:59:59Z");
    assert_eq!(market.subscribe(USAGE_OFFER, json!({})).await.0, 201);
    assert_eq!(market.agreements(), 1);
    market.finish().await;
}
