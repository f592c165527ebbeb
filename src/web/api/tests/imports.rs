//! Imports of the catalogue over the API.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use marketgate_store::{StoreError, catalog};
use serde_json::{Value, json};

use crate::demo::seed::OPERATOR_TOKEN;
use crate::web::api::site::{Answered, Site};

async fn post(site: &Site, query: &str, kind: &str, body: &str) -> Answered {
    let request = TestRequest::with_uri(&format!("/api/v1/catalog/imports{query}"))
        .method(Method::POST)
        .insert_header(("authorization", format!("Bearer {OPERATOR_TOKEN}")))
        .insert_header(("content-type", kind.to_owned()))
        .set_payload(body.to_owned());
    site.raw(request).await
}

/// Its resource once it has ended.
async fn end(site: &Site, begun: &Answered) -> Value {
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
    let place = begun.header("location").strip_prefix("/api/v1").unwrap();
    for _ in 0..500 {
        let import = site.get(place).await.json();
        if import["state"] != "running" && import["phase"].is_null() {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the import does not end");
}

fn prefix(site: &Site) -> String {
    let sellers = site.context.store.read(|snapshot| catalog::sellers(snapshot, 1));
    sellers.map_err(|error: StoreError| error).unwrap().remove(0).invoice_prefix
}

fn file(site: &Site, code: &str) -> Value {
    json!({
        "products": [{ "code": code, "name": "Gate", "summary": "Keeps", "category": "c", "product_type": "saas", "seller": prefix(site) }],
        "offers": [{ "key": "byol", "product": code, "name": "Own licence", "terms": { "byol": true } }]
    })
}

#[actix_web::test]
async fn a_file_is_taken_in_and_its_resource_tells_what_came_of_it() {
    let site = Site::seeded().await;
    let text = file(&site, "imported-1").to_string();
    let checked = end(&site, &post(&site, "?dry_run=true", "application/json", &text).await).await;
    assert_eq!((&checked["state"], &checked["dry_run"]), (&json!("checked"), &json!(true)));
    let applied = end(&site, &post(&site, "", "application/json; charset=utf-8", &text).await).await;
    assert_eq!((&applied["state"], &applied["counts"]["products"]["new"]), (&json!("applied"), &json!(1)), "{applied}");
    let found = site.context.store.read(|snapshot| catalog::product_by_code(snapshot, "imported-1")).unwrap();
    assert!(found.is_some());
    let waiting = std::fs::read_dir(crate::flow::import_catalog::waiting_files(&site.context)).unwrap();
    assert_eq!(waiting.count(), 0, "the file that was sent is gone");
}

#[actix_web::test]
async fn what_is_wrong_with_a_file_stands_in_the_resource_with_line_and_field() {
    let site = Site::seeded().await;
    let head = "code,name,summary,category,product_type,seller,offer,pricing";
    let text = format!("{head}\nnew 1,n,s,c,saas,{},o,byol\n", prefix(&site));
    let failed = end(&site, &post(&site, "", "text/csv", &text).await).await;
    assert_eq!((&failed["state"], &failed["error_count"]), (&json!("failed"), &json!(1)), "{failed}");
    let fault = &failed["errors"][0];
    assert_eq!((&fault["line"], &fault["field"]), (&json!(2), &json!("code")));
    assert!(fault["detail"].as_str().unwrap().contains("letters"), "{fault}");
}

#[actix_web::test]
async fn the_next_import_can_begin_as_soon_as_the_state_of_the_one_before_says_that_it_has_ended() {
    let site = Site::seeded().await;
    let prefix = prefix(&site);
    for round in 0..60 {
        // What ends in each way: a file that changes something, one that is only checked, one that is wrong.
        let (query, kind) = [("", "byol"), ("?dry_run=true", "byol"), ("", "pigeon")][round % 3];
        let head = "code,name,summary,category,product_type,seller,offer,pricing";
        let text = format!("{head}\nround-{round},n,s,c,saas,{prefix},o,{kind}\n");
        let begun = post(&site, query, "text/csv", &text).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "round {round}: {}", begun.text);
        let place = begun.json()["id"].as_str().unwrap().to_owned();
        while site.get(&format!("/catalog/imports/{place}")).await.json()["state"] == "running" {
            tokio::task::yield_now().await;
        }
    }
}

#[actix_web::test]
async fn what_cannot_be_taken_in_is_refused_at_once() {
    let site = Site::seeded().await;
    assert_eq!(post(&site, "", "text/html", "{}").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(post(&site, "?dry_run=perhaps", "text/csv", "").await.status, StatusCode::BAD_REQUEST);
    let other = site.context.imports.enter().unwrap();
    let refused = post(&site, "", "application/json", "{}").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.json()["detail"].as_str().unwrap().contains("earlier import"), "{}", refused.text);
    drop(other);
    let unknown = site.get("/catalog/imports/imp-00000000000000000000000000000001").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
