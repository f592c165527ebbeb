//! A call with an idempotency key is carried out once, however often it is sent.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use marketgate_domain::event::Actor;
use marketgate_store::calls::{self, Call, CallOutcome};
use marketgate_store::tokens;

use crate::demo::seed::OPERATOR_TOKEN;
use crate::flow::call_once::{KeyedCall, Verdict, begin, noting, purge, release};
use crate::flow::manage_tokens::acts_as;
use crate::flow::register_seller::change_seller;
use crate::web::api::site::{Answered, Site};

async fn call(site: &Site, method: Method, path: &str, key: &str, body: &str) -> Answered {
    let request = TestRequest::with_uri(&format!("/api/v1{path}"))
        .method(method)
        .insert_header(("authorization", format!("Bearer {OPERATOR_TOKEN}")))
        .insert_header(("idempotency-key", key))
        .set_payload(body.to_owned());
    site.raw(request).await
}

fn product(site: &Site, code: &str) -> String {
    serde_json::json!({ "code": code, "name": "Gate", "summary": "Keeps out", "category": "Security", "product_type": "saas",
        "seller": site.world.private_offer.seller.to_string() })
    .to_string()
}

async fn list_gate(site: &Site, key: &str, code: &str) -> Answered {
    call(site, Method::POST, "/products", key, &product(site, code)).await
}

fn caller(site: &Site) -> String {
    let token = site.context.store.read(|snapshot| tokens::find(snapshot, OPERATOR_TOKEN)).unwrap().unwrap();
    acts_as(&token).to_string()
}

/// What is kept under a key.
fn kept(site: &Site, key: &str) -> Option<Call> {
    let caller = caller(site);
    site.context.store.read(|snapshot| calls::find(snapshot, &caller, key)).unwrap()
}

/// Puts something in place of what is kept under a key.
fn keep_instead(site: &Site, key: &'static str, call: &Call) {
    let (caller, call) = (caller(site), call.clone());
    site.context.store.transact(move |tx| calls::put(tx, &caller, key, &call)).unwrap();
}

#[actix_web::test]
async fn the_same_call_gets_the_same_answer_and_happens_once() {
    let site = Site::furnished().await;
    let first = list_gate(&site, "k-1", "gate-1").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let record = site.last_record();
    // Bare or quoted, it is the same key.
    for key in ["k-1", "\"k-1\""] {
        let again = list_gate(&site, key, "gate-1").await;
        assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.header("content-type"), first.header("content-type"));
    }
    assert_eq!(site.last_record(), record, "nothing happened again");
    let without = site.send(Method::POST, "/products", Some(&product(&site, "gate-1"))).await;
    assert_eq!(without.status, StatusCode::CONFLICT, "without a key it is a second product");
}

#[actix_web::test]
async fn a_key_is_for_one_request_only() {
    let site = Site::furnished().await;
    assert_eq!(list_gate(&site, "k-1", "gate-1").await.status, StatusCode::CREATED);
    let other = list_gate(&site, "k-1", "gate-2").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    let elsewhere = call(&site, Method::POST, "/sellers", "k-1", &product(&site, "gate-1")).await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", elsewhere.text);
}

#[actix_web::test]
async fn a_refused_call_frees_its_key() {
    let site = Site::furnished().await;
    assert_eq!(list_gate(&site, "k-1", "not a code").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(kept(&site, "k-1"), None);
    assert_eq!(list_gate(&site, "k-1", "gate-1").await.status, StatusCode::CREATED);
}

#[actix_web::test]
async fn a_key_that_is_none_is_refused_and_reading_needs_none() {
    let site = Site::furnished().await;
    for key in ["", "\"\"", "two words", &"x".repeat(256)] {
        let refused = list_gate(&site, key, "gate-1").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{key:?}: {}", refused.text);
    }
    assert_eq!(call(&site, Method::GET, "/products", "two words", "").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_secret_that_is_shown_once_is_not_kept() {
    let site = Site::furnished().await;
    let make = || call(&site, Method::POST, "/tokens", "k-1", r#"{"name":"erp"}"#);
    let token = make().await.json()["token"].as_str().unwrap().to_owned();
    let again = make().await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("shown only once") && !again.text.contains(&token), "{}", again.text);
    let dump = site.context.store.dump(&marketgate_store::dump::DumpOptions::default()).unwrap();
    assert!(!dump.contains(&token));
}

#[actix_web::test]
async fn two_calls_at_once_are_carried_out_once() {
    let site = Site::furnished().await;
    let (first, second) = tokio::join!(list_gate(&site, "k-1", "gate-1"), list_gate(&site, "k-1", "gate-1"));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT]);
    let (first, second) = tokio::join!(list_gate(&site, "k-2", "gate-2"), list_gate(&site, "k-2", "gate-3"));
    // Either may be the first; the other learns that it is another request, or that somebody else is at it.
    let (won, lost) = if first.status.is_success() { (first, second) } else { (second, first) };
    assert_eq!(won.status, StatusCode::CREATED, "{}", won.text);
    assert!([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&lost.status), "{}", lost.text);
}

#[actix_web::test]
async fn a_call_that_is_told_to_wait_leaves_the_first_one_its_place() {
    let site = Site::furnished().await;
    let call = KeyedCall { caller: caller(&site), key: "k-1".to_owned(), fingerprint: "f".to_owned() };
    let first = begin(&site.context, &call).await.unwrap();
    assert!(matches!(first, Verdict::First(_)), "{first:?}");
    for _ in 0..2 {
        let later = begin(&site.context, &call).await.unwrap();
        assert!(matches!(later, Verdict::UnderWay), "{later:?}");
    }
    drop(first);
    let again = begin(&site.context, &call).await.unwrap();
    assert!(matches!(again, Verdict::First(_)), "it ended without an effect: {again:?}");
}

#[actix_web::test]
async fn the_effect_and_the_note_of_it_are_one_commit() {
    let site = Site::furnished().await;
    let call = KeyedCall { caller: caller(&site), key: "k-1".to_owned(), fingerprint: "f".to_owned() };
    let begun = begin(&site.context, &call).await.unwrap();
    assert!(matches!(begun, Verdict::First(_)), "{begun:?}");
    let took_effect = || kept(&site, "k-1").unwrap().outcome == CallOutcome::Running { took_effect: true };
    let carried = noting(&site.context, &call);
    let seller = site.world.seller.id;
    assert!(change_seller(&carried, Actor::Anonymous, seller, |seller| seller.name.clear()).await.is_err());
    assert!(!took_effect(), "what is refused is no effect");
    change_seller(&carried, Actor::Anonymous, seller, |seller| seller.name.push('!')).await.unwrap();
    assert!(took_effect());
    release(&site.context, &call).await.unwrap();
    assert!(took_effect(), "a call that failed half way is not done again");
}

#[actix_web::test]
async fn a_call_that_was_cut_off_is_carried_out_again_only_if_it_had_no_effect() {
    let site = Site::furnished().await;
    list_gate(&site, "k-1", "gate-1").await;
    let known = kept(&site, "k-1").unwrap();
    keep_instead(&site, "k-1", &Call { outcome: CallOutcome::Running { took_effect: true }, ..known.clone() });
    let refused = list_gate(&site, "k-1", "gate-1").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("took effect"), "{}", refused.text);
    // The product of a call that had none is still to be listed.
    list_gate(&site, "k-2", "not a code").await;
    keep_instead(&site, "k-2", &Call { outcome: CallOutcome::Running { took_effect: false }, ..known });
    let other = list_gate(&site, "k-2", "gate-2").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "the key stands for one request: {}", other.text);
    let again = Call { outcome: CallOutcome::Running { took_effect: false }, ..kept(&site, "k-1").unwrap() };
    keep_instead(&site, "k-1", &again);
    assert_eq!(list_gate(&site, "k-1", "gate-1").await.status, StatusCode::CONFLICT, "its code is taken");
    assert_eq!(kept(&site, "k-1"), None, "so it was carried out, and refused");
}

#[actix_web::test]
async fn keys_end_with_their_time() {
    let site = Site::furnished().await;
    list_gate(&site, "k-1", "gate-1").await;
    assert_eq!(purge(&site.context).await.unwrap(), 0);
    let old = Call { at: "2020-01-01T00:00:00Z".parse().unwrap(), ..kept(&site, "k-1").unwrap() };
    keep_instead(&site, "k-1", &old);
    let later = list_gate(&site, "k-1", "gate-2").await;
    assert_eq!(later.status, StatusCode::CREATED, "an old key is free, whether or not the job has run: {}", later.text);
    assert_eq!(purge(&site.context).await.unwrap(), 0);
}
