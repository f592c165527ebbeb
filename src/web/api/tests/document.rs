//! The OpenAPI document: what it says is what the server does.

use std::path::Path;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::ParameterIn;

use crate::web::api::document::{DOCUMENT, TEXT, methods};
use crate::web::api::site::Site;

/// A path with something in its places.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn the_document_is_as_it_was() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/api/openapi.json");
    if std::env::var_os("MARKETGATE_REWRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, TEXT.as_str()).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap();
    assert!(known == *TEXT, "the API changed: look at it, then run the tests with MARKETGATE_REWRITE_GOLDEN=1");
}

#[actix_web::test]
async fn the_document_and_its_page_are_there_for_everybody() {
    let site = Site::seeded().await;
    let document = site.raw(TestRequest::with_uri("/api/v1/openapi.json")).await;
    assert_eq!((document.status, document.text.as_str()), (StatusCode::OK, TEXT.as_str()));
    let page = site.raw(TestRequest::with_uri("/api/docs")).await;
    assert_eq!(page.status, StatusCode::OK);
    for (path, item) in &DOCUMENT.paths.paths {
        assert!(page.text.contains(&format!("/api/v1{path}<")), "{path}");
        for (_, operation) in methods(item) {
            assert!(page.text.contains(operation.operation_id.as_deref().unwrap()), "{path}");
            assert!(page.text.contains(operation.summary.as_deref().unwrap()), "{path}");
        }
    }
}

#[actix_web::test]
async fn every_documented_operation_is_a_route_behind_a_token() {
    let site = Site::seeded().await;
    for (path, item) in &DOCUMENT.paths.paths {
        for (method, _) in methods(item) {
            let method: Method = method.parse().unwrap();
            let uri = format!("/api/v1{}", filled(path));
            let anonymous = site.raw(TestRequest::with_uri(&uri).method(method.clone())).await;
            assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let known = site.send(method.clone(), &filled(path), None).await;
            assert_ne!(known.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn every_list_takes_exactly_the_documented_parameters() {
    let site = Site::seeded().await;
    for (path, item) in &DOCUMENT.paths.paths {
        let parameters = item.get.as_ref().and_then(|operation| operation.parameters.as_ref());
        let documented = parameters.into_iter().flatten().filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.as_str()),
            _ => None,
        });
        let mut documented: Vec<&str> = documented.collect();
        if documented.is_empty() {
            continue;
        }
        let problem = site.get(&format!("{path}?colour=red")).await.json();
        let detail = problem["errors"][0]["detail"].as_str().unwrap().to_owned();
        let mut known: Vec<&str> = detail.split("known are ").nth(1).unwrap().split(", ").collect();
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, documented, "{path}");
    }
}

#[test]
fn every_operation_is_described_tagged_and_named_once() {
    let mut names = Vec::new();
    for (path, item) in &DOCUMENT.paths.paths {
        for (method, operation) in methods(item) {
            assert!(operation.summary.as_ref().is_some_and(|text| text.ends_with('.')), "{method} {path}");
            assert!(operation.tags.as_ref().is_some_and(|tags| tags.len() == 1), "{method} {path}");
            assert!(operation.responses.responses.contains_key("default"), "{method} {path}");
            names.push(operation.operation_id.clone().unwrap());
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), count), (count, 57));
}
