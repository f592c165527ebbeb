//! What goes wrong: always a problem with a stable type, a status and, where it helps, the place.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use serde_json::Value;

use crate::demo::seed::OPERATOR_TOKEN;
use crate::web::api::site::{Answered, Running, Site};

fn check(answer: &Answered, status: u16, code: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
    assert_eq!(problem["status"], status);
    assert!(problem["instance"].as_str().unwrap().starts_with("urn:uuid:"), "{problem}");
    assert_ne!(problem["instance"], "urn:uuid:00000000-0000-0000-0000-000000000000");
    problem
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect()
}

fn ask(path: &str) -> TestRequest {
    TestRequest::with_uri(&format!("/api/v1{path}"))
}

#[actix_web::test]
async fn without_a_token_nothing_is_answered_and_a_cookie_is_none() {
    let site = Site::seeded().await;
    for request in [
        ask("/organizations"),
        ask("/organizations").insert_header(("authorization", "Bearer guess")),
        ask("/organizations").insert_header(("authorization", format!("Basic {OPERATOR_TOKEN}"))),
        ask("/organizations").insert_header(("cookie", format!("marketgate={OPERATOR_TOKEN}"))),
        ask("/organizations?limit=broken"),
        ask("/clock").method(Method::POST).set_payload("broken"),
    ] {
        let answer = site.raw(request).await;
        check(&answer, 401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"marketgate\"");
    }
}

#[actix_web::test]
async fn guessing_tokens_is_slowed_down_even_for_a_right_one() {
    let site = Site::seeded().await;
    for _ in 0..site.context.config.cxml.failed_logins_per_minute {
        assert_eq!(site.get("/clock").await.status, StatusCode::OK);
        site.raw(ask("/clock").insert_header(("authorization", "Bearer guess"))).await;
    }
    check(&site.get("/clock").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn what_does_not_exist_is_a_problem_too_with_or_without_a_token() {
    let site = Site::seeded().await;
    for path in ["/coffee", "/organizations/acme", "/offers/off-00000000000000000000000000000000", "/charges/a/b"] {
        check(&site.get(path).await, 404, "not-found");
    }
    check(&site.raw(ask("/coffee")).await, 404, "not-found");
    check(&site.raw(TestRequest::with_uri("/api/v2/organizations")).await, 404, "not-found");
}

#[actix_web::test]
async fn a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes() {
    let site = Site::seeded().await;
    let answer = site.send(Method::DELETE, "/offers/off-1", None).await;
    check(&answer, 405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, PATCH");
    let answer = site.send(Method::PUT, "/tokens", Some("{}")).await;
    check(&answer, 405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, POST");
}

#[actix_web::test]
async fn a_bad_query_is_answered_with_everything_that_is_wrong() {
    let site = Site::seeded().await;
    let answer = site.get("/requests?limit=1000&organization=acme&status=LOST&colour=red&after=%FF").await;
    let problem = check(&answer, 400, "invalid-request");
    assert_eq!(pointers(&problem), ["?organization", "?status", "?limit", "?after", "?colour"]);
}

#[actix_web::test]
async fn a_bad_body_is_answered_with_everything_that_is_wrong() {
    let site = Site::furnished().await;
    let connection = format!("/connections/{}", site.world.connection.id);
    let offer = format!("/offers/{}", site.world.private_offer.id);
    for (method, path, body, expected) in [
        (
            Method::PATCH,
            connection.as_str(),
            r#"{"invoice_url":"ftp://x/","secret":"s"}"#,
            vec!["#/invoice_url", "#/secret"],
        ),
        (Method::PATCH, &connection, r#"{"invoice_url":7}"#, vec!["#/invoice_url"]),
        (Method::PATCH, &offer, r#"{"availability_end_date":null}"#, vec!["#/availability_end_date"]),
        (Method::PATCH, &offer, r#"{"availability_end_date":"2027-02-30"}"#, vec!["#/availability_end_date"]),
        (Method::POST, "/clock", "{}", vec!["#/advance"]),
        (Method::POST, "/clock", r#"{"advance":"-P1D"}"#, vec!["#/advance"]),
        (Method::POST, "/clock", "advance=P1D", vec!["#"]),
        (Method::POST, "/tokens", r#"{"name":"a/b"}"#, vec!["#/name"]),
    ] {
        let problem = check(&site.send(method, path, Some(body)).await, 400, "invalid-request");
        assert_eq!(pointers(&problem), expected, "{path} {body}");
    }
}

#[actix_web::test]
async fn a_body_that_is_too_long_is_not_read() {
    let site = Site::seeded().await;
    let body = format!("{{\"advance\":\"{}\"}}", "x".repeat(100_000));
    check(&site.send(Method::POST, "/clock", Some(&body)).await, 413, "body-too-large");
}

#[actix_web::test]
async fn what_can_be_read_can_be_asked_for_without_its_body() {
    let running = Running::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 503),
        ("/api/v1/offers", 200),
        ("/api/v1/offers/x", 404),
        ("/api/v1/catalog/imports", 405),
    ] {
        let asked = client.head(format!("{}{path}", running.url)).bearer_auth(OPERATOR_TOKEN).send().await.unwrap();
        assert_eq!(asked.status().as_u16(), status, "{path}");
        assert!(asked.headers().contains_key("content-type"), "{path}");
        assert_eq!(asked.bytes().await.unwrap().len(), 0, "{path}");
    }
    running.stop().await;
}
