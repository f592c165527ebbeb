//! What the API changes, and what the audit trail says about it.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use marketgate_domain::event::Actor;
use marketgate_store::tokens;

use crate::demo::seed::OPERATOR_TOKEN;
use crate::flow::manage_tokens::acts_as;
use crate::web::api::site::Site;

/// The user that the demo's token acts as.
fn demo_token(site: &Site) -> Actor {
    let token = site.context.store.read(|snapshot| tokens::find(snapshot, OPERATOR_TOKEN)).unwrap().unwrap();
    Actor::Operator { user: acts_as(&token) }
}

#[actix_web::test]
async fn the_address_of_invoices_is_changed_kept_and_taken_away() {
    let site = Site::furnished().await;
    let path = format!("/connections/{}", site.world.connection.id);
    let patch = |body| site.send(Method::PATCH, &path, Some(body));
    let changed = patch(r#"{"invoice_url":"https://buyer.example/invoices"}"#).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.json()["invoice_url"], "https://buyer.example/invoices");
    let record = site.last_record();
    assert_eq!((record.action.as_str(), &record.actor), ("connection.changed", &demo_token(&site)));
    assert_eq!(record.organization, Some(site.world.organization.id));
    assert!(record.detail.contains("https://buyer.example/invoices"), "{}", record.detail);
    assert_eq!(patch("{}").await.json()["invoice_url"], "https://buyer.example/invoices");
    assert_eq!(site.last_record(), record, "nothing changed, nothing is recorded");
    assert!(patch(r#"{"invoice_url":null}"#).await.json()["invoice_url"].is_null());
}

#[actix_web::test]
async fn what_is_asked_of_received_documents_is_changed_and_recorded() {
    let site = Site::furnished().await;
    let path = format!("/connections/{}", site.world.connection.id);
    let changed = site.send(Method::PATCH, &path, Some(r#"{"validate":"strict","signatures":"require"}"#)).await.json();
    assert_eq!((&changed["validate"], &changed["signatures"]), (&"strict".into(), &"require".into()));
    assert_eq!(site.last_record().detail, "validation: strict instead of off; signatures: require instead of ignore");
    let refused = site.send(Method::PATCH, &path, Some(r#"{"validate":"maybe"}"#)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("off, warn, strict"), "{}", refused.text);
}

#[actix_web::test]
async fn the_last_day_of_a_private_offer_moves_with_a_new_revision() {
    let site = Site::furnished().await;
    let offer = &site.world.private_offer;
    let path = format!("/offers/{}", offer.id);
    let changed = site.send(Method::PATCH, &path, Some(r#"{"availability_end_date":"2020-01-31"}"#)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let changed = changed.json();
    assert_eq!(changed["offer"]["availability_end_date"], "2020-01-31");
    assert_eq!(changed["offer"]["revision"], offer.revision + 1);
    assert_eq!(changed["offer"]["state"], "expired");
    assert_eq!(site.last_record().action, "offer.changed");
    let taken = site.send(Method::PATCH, &path, Some(r#"{"availability_end_date":null}"#)).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST, "{}", taken.text);
    assert_eq!(taken.json()["errors"][0]["pointer"], "#/availability_end_date");
    let unknown = site.send(Method::PATCH, "/offers/off-00000000000000000000000000000000", Some("{}")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_job_runs_by_hand_and_its_run_is_on_record() {
    let site = Site::seeded().await;
    let run = site.send(Method::POST, "/jobs/expire_offers/run", None).await;
    assert_eq!(run.status, StatusCode::OK, "{}", run.text);
    let run = run.json();
    assert_eq!((run["outcome"].as_str(), run["trigger"].as_str()), (Some("done"), Some("manual")));
    assert_eq!(site.get("/jobs/expire_offers").await.json()["runs"][0], run);
    assert_eq!(site.send(Method::POST, "/jobs/brew_coffee/run", None).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_demos_clock_moves_forward_and_what_falls_due_happens() {
    let site = Site::seeded().await;
    let before = site.get("/clock").await.json();
    assert_eq!(before["movable"], true);
    let moved = site.send(Method::POST, "/clock", Some(r#"{"advance":"P400D"}"#)).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    let now: jiff::Timestamp = moved.json()["business_time"].as_str().unwrap().parse().unwrap();
    let then: jiff::Timestamp = before["business_time"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(then).as_hours() >= 400 * 24);
    let expired = site.get("/offers?state=expired").await.json();
    assert!(!expired["items"].as_array().unwrap().is_empty(), "a private offer of the demo ends on the way");
}

#[actix_web::test]
async fn a_parked_message_is_decided_once() {
    for (decision, state) in [("requeue", "waiting"), ("discard", "discarded"), ("found-delivered", "delivered")] {
        let site = Site::furnished().await;
        let parked = site.get("/outbox?state=parked&limit=1").await.json();
        let path = format!("/outbox/{}/{decision}", parked["items"][0]["id"].as_str().unwrap());
        let decided = site.send(Method::POST, &path, None).await;
        assert_eq!(decided.status, StatusCode::OK, "{}", decided.text);
        assert_eq!(decided.json()["state"], state);
        assert_eq!(site.last_record().actor, demo_token(&site));
        if decision != "requeue" {
            assert_eq!(site.send(Method::POST, &path, None).await.status, StatusCode::CONFLICT, "{decision}");
        }
    }
    let site = Site::seeded().await;
    let path = "/outbox/out-00000000000000000000000000000000/requeue";
    assert_eq!(site.send(Method::POST, path, None).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_connection_is_released() {
    let site = Site::furnished().await;
    let path = format!("/connections/{}/release", site.world.connection.id);
    assert_eq!(site.send(Method::POST, &path, None).await.status, StatusCode::OK);
    assert_eq!(site.last_record().action, "connection.released");
    let unknown = "/connections/con-00000000000000000000000000000000/release";
    assert_eq!(site.send(Method::POST, unknown, None).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_token_is_shown_once_works_and_ends() {
    let site = Site::seeded().await;
    let made = site.send(Method::POST, "/tokens", Some(r#"{"name":"erp"}"#)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let with_it = || {
        let authorization = ("authorization", format!("Bearer {token}"));
        site.raw(TestRequest::with_uri("/api/v1/tokens").insert_header(authorization))
    };
    let listed = with_it().await;
    assert_eq!(listed.status, StatusCode::OK);
    assert!(listed.text.contains("\"erp\"") && listed.text.contains("\"token demo\""), "{}", listed.text);
    assert!(!listed.text.contains(&token));
    let again = site.send(Method::POST, "/tokens", Some(r#"{"name":"erp"}"#)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(site.send(Method::DELETE, "/tokens/erp", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.last_record().action, "token.revoked");
    assert_eq!(with_it().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.send(Method::DELETE, "/tokens/erp", None).await.status, StatusCode::NOT_FOUND);
}

const SELLER: &str = r#"{"name":"Larkmoor","legal_name":"Larkmoor GmbH","contact":"sales@larkmoor.example",
    "address":{"street":["Hafenstr. 1"],"city":"Bremen","postal_code":"28195","country":"DE"},"invoice_prefix":"LARK-",
    "tax_rules":[{"buyer_country":"DE","category":"vat","rate_percent":"19","description":"VAT 19 %"}]}"#;

#[actix_web::test]
async fn a_seller_and_a_product_are_entered_read_and_described_anew() {
    let site = Site::furnished().await;
    let seller = site.send(Method::POST, "/sellers", Some(SELLER)).await;
    assert_eq!(seller.status, StatusCode::CREATED, "{}", seller.text);
    assert_eq!(site.last_record().action, "seller.registered");
    let seller = seller.json();
    assert_eq!((&seller["payment_terms_days"], &seller["tax_rules"][0]["rate_percent"]), (&30.into(), &"19".into()));
    let path = format!("/sellers/{}", seller["id"].as_str().unwrap());
    let changed =
        site.send(Method::PATCH, &path, Some(r#"{"remit_to":{"bank_reference":"DE00 1"},"tax_id":"DE1"}"#)).await;
    assert_eq!(changed.json()["remit_to"]["bank_reference"], "DE00 1");
    assert_eq!(site.get(&path).await.json(), changed.json());
    let body = format!(
        r#"{{"code":"lark-1","name":"Larkmoor Desk","summary":"Tickets.","category":"Service desk","product_type":"saas","seller":{}}}"#,
        seller["id"]
    );
    let product = site.send(Method::POST, "/products", Some(&body)).await;
    assert_eq!(product.status, StatusCode::CREATED, "{}", product.text);
    assert_eq!(site.last_record().action, "product.listed");
    let path = format!("/products/{}", product.json()["id"].as_str().unwrap());
    let changed = site.send(Method::PATCH, &path, Some(r#"{"summary":"Tickets and more."}"#)).await.json();
    assert_eq!((&changed["summary"], &changed["name"]), (&"Tickets and more.".into(), &"Larkmoor Desk".into()));
    let record = site.last_record();
    assert_eq!(record.action, "product.changed");
    site.send(Method::PATCH, &path, Some("{}")).await;
    assert_eq!(site.last_record(), record, "nothing changed, nothing is recorded");
}

#[actix_web::test]
async fn what_others_refer_to_is_unique_and_stays() {
    let site = Site::furnished().await;
    let known = &site.world.product;
    let body = |code: &str, seller: &str| {
        format!(
            r#"{{"code":"{code}","name":"A","summary":"B","category":"C","product_type":"saas","seller":"{seller}"}}"#
        )
    };
    let taken =
        site.send(Method::POST, "/products", Some(&body(&known.code.to_uppercase(), &known.seller.to_string()))).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.text);
    let nobody = marketgate_domain::id::SellerId::from_value(99).to_string();
    let unknown = site.send(Method::POST, "/products", Some(&body("new-1", &nobody))).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.text);
    assert_eq!(site.send(Method::POST, "/sellers", Some(SELLER)).await.status, StatusCode::CREATED);
    assert_eq!(site.send(Method::POST, "/sellers", Some(SELLER)).await.status, StatusCode::CONFLICT);
    let path = format!("/products/{}", known.id);
    let fixed = site.send(Method::PATCH, &path, Some(r#"{"code":"other"}"#)).await;
    assert_eq!(fixed.json()["errors"][0]["pointer"], "#/code", "{}", fixed.text);
}

#[actix_web::test]
async fn every_wrong_field_of_a_new_product_is_named() {
    let site = Site::furnished().await;
    let seller = site.world.product.seller;
    let body =
        format!(r#"{{"code":"a b","name":"","summary":"B","category":"C","product_type":"saas","seller":"{seller}"}}"#);
    let refused = site.send(Method::POST, "/products", Some(&body)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let pointers: Vec<String> = refused.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers, ["#/code", "#/name"]);
    let missing = site.send(Method::POST, "/products", Some("{}")).await.json();
    assert_eq!(missing["errors"].as_array().unwrap().len(), 6, "{missing}");
}

#[actix_web::test]
async fn an_offer_is_renamed_and_taken_back_for_good() {
    let site = Site::furnished().await;
    let path = format!("/offers/{}", site.world.private_offer.id);
    let renamed = site.send(Method::PATCH, &path, Some(r#"{"name":"Renamed"}"#)).await;
    assert_eq!(renamed.json()["offer"]["name"], "Renamed", "{}", renamed.text);
    let withdraw = format!("{path}/withdraw");
    let taken_back = site.send(Method::POST, &withdraw, None).await;
    assert_eq!(taken_back.json()["offer"]["state"], "withdrawn", "{}", taken_back.text);
    assert!(site.last_record().detail.contains("withdrawn"));
    assert_eq!(site.send(Method::POST, &withdraw, None).await.status, StatusCode::CONFLICT);
}

#[actix_web::test]
async fn an_offer_is_prepared_changed_freely_and_released() {
    let site = Site::furnished().await;
    let body = serde_json::json!({
        "product": site.world.private_offer.product.to_string(), "name": "Launch",
        "accounts": [site.world.organization.accounts[0].id.to_string()],
        "availability_end_date": "2099-12-31",
        "terms": { "fixed_upfront": { "months": 12, "price": { "amount": "100.00", "currency": "USD" }, "grants": ["10 users"] } },
    });
    let made = site.send(Method::POST, "/offers", Some(&body.to_string())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    assert_eq!((&made["state"], &made["revision"]), (&"draft".into(), &0.into()));
    assert_eq!(made["terms"]["fixed_upfront"]["grants"][0], "10 users");
    let path = format!("/offers/{}", made["id"].as_str().unwrap());
    let terms = r#"{"terms":{"recurring":{"amount":"9.00","currency":"USD"},"validity_months":12}}"#;
    let changed = site.send(Method::PATCH, &path, Some(terms)).await.json();
    assert_eq!(changed["offer"]["terms"]["pricing_model"], "contract");
    assert_eq!((&changed["offer"]["state"], &changed["offer"]["revision"]), (&"draft".into(), &0.into()));
    let release = format!("{path}/release");
    let released = site.send(Method::POST, &release, None).await.json();
    assert_eq!((&released["offer"]["state"], &released["offer"]["revision"]), (&"released".into(), &1.into()));
    assert!(site.last_record().detail.contains("released"), "{}", site.last_record().detail);
    assert_eq!(site.send(Method::POST, &release, None).await.status, StatusCode::CONFLICT);
    let waits = site.get(&format!("{path}/waiting")).await.json();
    assert_eq!(waits["waiting_requests"], 0);
    // What was read can be sent back: nothing changes.
    let again = serde_json::json!({ "terms": released["offer"]["terms"] }).to_string();
    assert_eq!(site.send(Method::PATCH, &path, Some(&again)).await.json()["offer"]["revision"], 1);
}

#[actix_web::test]
async fn an_offer_that_is_released_after_its_last_day_has_ended_whether_it_was_a_draft_or_not() {
    let site = Site::furnished().await;
    let made = async |release: bool| {
        let body = serde_json::json!({
            "product": site.world.private_offer.product.to_string(), "name": "Late", "release": release,
            "accounts": [site.world.organization.accounts[0].id.to_string()],
            "availability_end_date": "2020-01-01", "terms": { "byol": true },
        });
        site.send(Method::POST, "/offers", Some(&body.to_string())).await.json()
    };
    let at_once = made(true).await;
    assert_eq!((&at_once["state"], &at_once["revision"]), (&"expired".into(), &1.into()));
    let path = format!("/offers/{}/release", made(false).await["id"].as_str().unwrap());
    let later = site.send(Method::POST, &path, None).await.json();
    assert_eq!((&later["offer"]["state"], &later["offer"]["revision"]), (&"expired".into(), &1.into()));
}

#[actix_web::test]
async fn what_is_wrong_with_an_offer_is_said_at_its_place() {
    let site = Site::furnished().await;
    let product = site.world.private_offer.product.to_string();
    let part =
        |day: &str| serde_json::json!({ "charge_date": day, "amount": { "amount": "10.00", "currency": "USD" } });
    let zero = serde_json::json!({ "months": 12, "price": { "amount": "0", "currency": "USD" } });
    let account = site.world.organization.accounts[0].id.to_string();
    let cases = [
        (
            serde_json::json!({ "product": "x", "name": 7, "terms": { "byol": 1 } }),
            vec!["#/product", "#/name", "#/terms/byol"],
        ),
        (
            serde_json::json!({ "product": product, "name": " ", "accounts": ["acc-00000000000000000000000000000009"],
            "terms": { "byol": true } }),
            vec!["#/name", "#/accounts"],
        ),
        (
            serde_json::json!({ "product": product, "name": "a", "accounts": [account], "release": true,
            "terms": { "fixed_upfront": zero, "schedule": [part("2020-01-01"), part("2020-02-01"), part("2999-01-01")] } }),
            vec!["#/terms/schedule/2/charge_date", "#/terms/schedule/0/charge_date", "#/terms/schedule/1/charge_date"],
        ),
        (
            serde_json::json!({ "product": product, "name": "a", "release": true, "availability_end_date": "2099-12-31",
            "terms": { "byol": true } }),
            vec!["#/availability_end_date"],
        ),
        (
            serde_json::json!({ "product": product, "name": "a", "terms": { "fixed_upfront": zero,
            "schedule": [part("2099-01-01"), part("2099-01-01"), part("2098-01-01")] } }),
            vec!["#/terms/schedule/1/charge_date", "#/terms/schedule/2/charge_date"],
        ),
        (
            serde_json::json!({ "product": product, "name": "a\u{7}", "terms": { "recurring": { "amount": "1.00", "currency": "USD" },
            "validity_months": 4_000_000_000_u32 } }),
            vec!["#/name", "#/terms/validity_months"],
        ),
    ];
    for (body, expected) in cases {
        let refused = site.send(Method::POST, "/offers", Some(&body.to_string())).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {}", refused.text);
        let refused = refused.json();
        let found: Vec<&str> =
            refused["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{body}: {refused}");
    }
}

#[actix_web::test]
async fn a_draft_that_cannot_be_released_says_everything_that_hinders_it() {
    let site = Site::furnished().await;
    let part =
        |day: &str| serde_json::json!({ "charge_date": day, "amount": { "amount": "10.00", "currency": "USD" } });
    let body = serde_json::json!({
        "product": site.world.private_offer.product.to_string(), "name": "Late", "availability_end_date": "2020-06-30",
        "terms": { "fixed_upfront": { "months": 12, "price": { "amount": "0", "currency": "USD" } },
            "schedule": [part("2020-01-01"), part("2020-02-01")] },
    });
    let made = site.send(Method::POST, "/offers", Some(&body.to_string())).await;
    assert_eq!(made.status, StatusCode::CREATED, "a draft need not be fit for release: {}", made.text);
    let path = format!("/offers/{}", made.json()["id"].as_str().unwrap());
    let refused = site.send(Method::POST, &format!("{path}/release"), None).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let refused = refused.json();
    let found: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    let day = "#/availability_end_date";
    assert_eq!(found, [day, day, "#/terms/schedule/0/charge_date", "#/terms/schedule/1/charge_date"], "{refused}");
    // The remedy that the answer names can be had.
    let open = site.send(Method::PATCH, &path, Some(r#"{"availability_end_date":null,"terms":{"byol":true}}"#)).await;
    assert_eq!(open.json()["offer"]["availability_end_date"], serde_json::Value::Null, "{}", open.text);
    assert_eq!(site.send(Method::POST, &format!("{path}/release"), None).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn the_senders_that_a_connection_expects_are_changed_and_recorded() {
    let site = Site::furnished().await;
    let path = format!("/connections/{}", site.world.connection.id);
    let patch = |body| site.send(Method::PATCH, &path, Some(body));
    let changed = patch(r#"{"expected_senders":[{"domain":"DUNS","identity":"77"}]}"#).await.json();
    assert_eq!(changed["expected_senders"][0]["identity"], "77");
    assert_eq!(site.last_record().detail, "expected senders: DUNS 77 instead of any");
    for wrong in [r#"{"expected_senders":["x"]}"#, r#"{"expected_senders":[{"domain":"","identity":"x"}]}"#] {
        assert_eq!(patch(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(patch(r#"{"expected_senders":[]}"#).await.json()["expected_senders"], serde_json::json!([]));
}
