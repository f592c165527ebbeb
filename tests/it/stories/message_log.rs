//! The message log holds every document of a purchase once, each with its answer, and leads from one to the other (N5).

use reqwest::Method;
use serde_json::Value;

use super::{OFFER, PRODUCT};
use crate::harness::Market;

/// The rows of the log that fit a query, newest first.
async fn rows(market: &Market, query: &str) -> Vec<Value> {
    let (status, page) = market.call(Method::GET, &format!("/messages?{query}"), None).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap_or_else(|| panic!("{page}")).clone()
}

fn kinds(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{} {}", row["direction"].as_str().unwrap(), row["document_type"].as_str().unwrap()))
        .collect()
}

/// The log is written behind the answers.
async fn rows_once_there(market: &Market, query: &str, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let found = rows(market, query).await;
        let answered = |row: &Value| row["document_type"] == "PunchOutOrderMessage" || !row["answer"].is_null();
        if found.len() >= count && found.iter().all(answered) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:#?}", rows(market, query).await);
}

#[actix_web::test]
async fn a_purchase_is_one_row_for_each_document_and_its_answer_with_the_cart_among_them() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let order = market.order(&cart).await;
    let all = rows_once_there(&market, "", 4).await;
    let expected =
        ["out InvoiceDetailRequest", "in OrderRequest", "out PunchOutOrderMessage", "in PunchOutSetupRequest"];
    assert_eq!(kinds(&all), expected);
    for row in all.iter().filter(|row| row["document_type"] != "PunchOutOrderMessage") {
        let id = row["answer"].as_str().unwrap();
        let (_, answer) = market.call(Method::GET, &format!("/messages/{id}"), None).await;
        assert_eq!(answer["answers"], row["id"], "{answer}");
        let kind = format!("Response to {}", row["document_type"].as_str().unwrap());
        assert_eq!(answer["document_type"], kind.as_str());
    }
    let about_order = rows(&market, &format!("order={}", order.po_number)).await;
    assert_eq!(kinds(&about_order), ["out InvoiceDetailRequest", "in OrderRequest"]);
    market.finish().await;
}

#[actix_web::test]
async fn the_cart_in_the_log_leads_to_its_requests_and_its_session() {
    let market = Market::start().await;
    let cart = market.cart(PRODUCT, OFFER).await;
    let logged = rows_once_there(&market, "direction=out", 1).await.remove(0);
    assert_eq!(logged["document_type"], "PunchOutOrderMessage");
    assert_eq!(logged["diagnosis"], "Cart handed to the buyer's browser: 1 line, 120,000.00 USD.");
    assert!(cart.cxml.contains(logged["payload_id"].as_str().unwrap()), "the payloadID of the cart that arrived");
    let request = logged["requests"][0].as_str().unwrap();
    assert_eq!(rows(&market, &format!("request={request}")).await, std::slice::from_ref(&logged));
    let session = logged["session"].as_str().unwrap();
    let session = rows_once_there(&market, &format!("session={session}"), 2).await;
    assert_eq!(kinds(&session), ["out PunchOutOrderMessage", "in PunchOutSetupRequest"]);
    let (status, _) = market.call(Method::GET, "/messages?order=1&user=a", None).await;
    assert_eq!(status, 400, "one word at a time");
    market.finish().await;
}
