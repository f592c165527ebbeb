//! Catalogue files: which form, whose, and when there is none.

use actix_web::http::StatusCode;
use marketgate_store::{StoreError, connections};

use crate::demo::seed::ACME_COUPA;
use crate::web::api::site::Site;

fn path(rest: &str) -> String {
    format!("/connections/{}/catalog{rest}", ACME_COUPA.connection_id())
}

#[actix_web::test]
async fn a_catalogue_is_an_index_unless_asked_otherwise_and_never_something_else() {
    let site = Site::seeded().await;
    for (query, begin) in [("", "<?xml "), ("?format=index", "<?xml "), ("?format=cif", "CIF_I_V3.0\n")] {
        let answer = site.get(&path(query)).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(answer.text.starts_with(begin), "{query}");
    }
    let other = site.get(&path("?format=csv")).await;
    assert_eq!(
        (other.status, other.json()["errors"][0]["pointer"].as_str()),
        (StatusCode::BAD_REQUEST, Some("?format"))
    );
    assert_eq!(site.get("/connections/con-1/catalog").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn there_is_no_catalogue_of_a_supplier_without_a_name() {
    let site = Site::seeded().await;
    let changed = site.context.store.transact(|tx| -> Result<(), StoreError> {
        let mut connection = connections::require(tx, ACME_COUPA.organization_id(), ACME_COUPA.connection_id())?;
        connection.supplier_identities.clear();
        connections::put(tx, &connection)
    });
    changed.unwrap();
    let answer = site.get(&path("")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("names no supplier identity"), "{}", answer.text);
}
