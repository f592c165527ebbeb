//! An offer from its draft to its first order, prepared over the API: nobody who buys knows of a draft, whatever he guesses (C1, C4, C5).

use marketgate::demo::seed::ACME_COUPA;
use marketgate_store::{agreements, catalog};
use reqwest::Method;
use serde_json::{Value, json};

use super::{PLAIN_PRODUCT, PRODUCT};
use crate::harness::Market;
use crate::harness::market::ACME;

const NAME: &str = "Launch price";

impl Market {
    fn id_of(&self, product: &str) -> String {
        let products = self.read(|snapshot| Ok(catalog::products(snapshot, 1000)?));
        products.into_iter().find(|found| found.name == product).unwrap().id.to_string()
    }

    /// Prepares a public offer at a price; its path.
    async fn draft(&self, name: &str, price: &str) -> String {
        let body = json!({
            "product": self.id_of(PLAIN_PRODUCT), "name": name,
            "terms": { "fixed_upfront": { "months": 6, "price": { "amount": price, "currency": "USD" }, "grants": ["Two gauges"] } },
        });
        let (status, made) = self.call(Method::POST, "/offers", Some(&body)).await;
        assert_eq!((status, &made["state"]), (201, &json!("draft")), "{made}");
        format!("/offers/{}", made["id"].as_str().unwrap())
    }

    /// Nothing that a buyer can open, list or forge shows the offer.
    async fn is_unknown_to_buyers(&self, path: &str, name: &str) {
        let visit = self.visit(ACME).await;
        assert!(!visit.product(PLAIN_PRODUCT).await.text().contains(name));
        assert_eq!(visit.page(path).await.status, 404);
        assert_eq!(visit.forge(self, name, &[]).await.status, 404);
        for format in ["index", "cif"] {
            let file = self.catalog(&ACME_COUPA, format).await;
            assert!(!file.contains(path.trim_start_matches("/offers/")) && !file.contains(name), "{file}");
        }
    }
}

#[actix_web::test]
async fn a_draft_is_unknown_to_buyers_and_is_bought_once_it_is_released() {
    let market = Market::start().await;
    let path = market.draft(NAME, "1300.00").await;
    market.is_unknown_to_buyers(&path, NAME).await;
    let cheaper =
        json!({ "terms": { "fixed_upfront": { "months": 6, "price": { "amount": "1250.00", "currency": "USD" } } } });
    let (status, changed) = market.call(Method::PATCH, &path, Some(&cheaper)).await;
    assert_eq!((status, &changed["offer"]["revision"], &changed["superseded_requests"]), (200, &json!(0), &json!(0)));
    market.is_unknown_to_buyers(&path, NAME).await;
    let (status, released) = market.call(Method::POST, &format!("{path}/release"), None).await;
    assert_eq!((status, &released["offer"]["revision"]), (200, &json!(1)), "{released}");
    let cart = market.cart(PLAIN_PRODUCT, NAME).await;
    market.order(&cart).await;
    let organization = ACME_COUPA.organization_id();
    let agreement = market.read(|snapshot| Ok(agreements::newest(snapshot, organization, None, 1)?)).remove(0);
    assert_eq!((agreement.value.to_string().as_str(), agreement.revision), ("1,250.00 USD", 1));
    market.finish().await;
}

#[actix_web::test]
async fn a_draft_that_is_withdrawn_was_never_there() {
    let market = Market::start().await;
    let path = market.draft(NAME, "1300.00").await;
    let (status, withdrawn) = market.call(Method::POST, &format!("{path}/withdraw"), None).await;
    assert_eq!((status, &withdrawn["offer"]["state"]), (200, &json!("withdrawn")));
    market.is_unknown_to_buyers(&path, NAME).await;
    let (status, _) = market.call(Method::POST, &format!("{path}/release"), None).await;
    assert_eq!(status, 409);
    market.finish().await;
}

#[actix_web::test]
async fn what_is_wrong_with_an_offer_is_said_at_once_and_nothing_is_kept() {
    let market = Market::start().await;
    let count = || market.read(|snapshot| Ok(catalog::offers(snapshot, 1000)?.len()));
    let before = count();
    let part =
        |day: &str, amount: &str| json!({ "charge_date": day, "amount": { "amount": amount, "currency": "USD" } });
    let mut offer = json!({
        "product": market.id_of(PRODUCT), "name": "Four payments", "release": true, "colour": "red",
        "terms": {
            "fixed_upfront": { "months": 12, "price": { "amount": "0.00", "currency": "USD" } },
            "schedule": [part("2026-04-01", "10.00"), part("soon", "10.00"), part("2026-05-01", "0.001")],
        },
    });
    let pointers = |problem: &Value| -> Vec<String> {
        let errors = problem["errors"].as_array().unwrap();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    let (status, problem) = market.call(Method::POST, "/offers", Some(&offer)).await;
    assert_eq!((status, &problem["type"]), (400, &json!("/problems/invalid-request")), "{problem}");
    assert_eq!(
        pointers(&problem),
        ["#/terms/schedule/1/charge_date", "#/terms/schedule/2/amount/amount", "#/colour"],
        "{problem}"
    );
    // Well formed now, and against the rules of release.
    offer["terms"]["schedule"] =
        json!([part("2020-01-01", "10.00"), part("2026-04-01", "10.00"), part("2099-01-01", "1.00")]);
    offer.as_object_mut().unwrap().remove("colour");
    let (status, problem) = market.call(Method::POST, "/offers", Some(&offer)).await;
    assert_eq!(status, 400, "{problem}");
    assert_eq!(pointers(&problem), ["#/terms/schedule/2/charge_date", "#/terms/schedule/0/charge_date"], "{problem}");
    let long = json!({ "name": "x".repeat(1024 * 1024) });
    let (status, problem) = market.call(Method::POST, "/offers", Some(&long)).await;
    assert_eq!((status, problem["detail"].as_str().unwrap()), (413, "A body has at most 1048576 bytes."));
    assert_eq!(count(), before);
    market.finish().await;
}
