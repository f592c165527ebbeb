//! A catalogue file while business goes on: all of it or nothing, and nobody who orders waits for it (C1).

use std::time::Duration;

use marketgate::flow::Error;
use marketgate::flow::import_catalog::{Begun, Format, Source, import_catalog, recover};
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_store::catalog::{self, Staged};
use marketgate_store::imports::{self, CatalogImport, ImportOutcome};
use serde_json::{Value, json};

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT, assert_refused};
use crate::harness::Market;
use crate::harness::market::MarketOptions;

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };

const NEW_PRODUCT: &str = "Millrace";
const NEW_OFFER: &str = "Millrace for a year";

async fn begin(market: &Market, file: &Value) -> Begun {
    let mut written = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut written, file.to_string().as_bytes()).unwrap();
    let temporary = written.into_temp_path();
    let source = Source { path: temporary.to_path_buf(), format: Format::Json, temporary: Some(temporary) };
    // After a start what an earlier process has left comes first.
    while market.context().imports.enter().is_err() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    import_catalog(market.context(), OPERATOR, source, false).await.unwrap()
}

async fn import(market: &Market, file: &Value) -> CatalogImport {
    begin(market, file).await.end.await.unwrap()
}

fn product(market: &Market, code: &str, name: &str) -> Value {
    let seller = market.read(|snapshot| Ok(catalog::sellers(snapshot, 1)?)).remove(0).invoice_prefix;
    json!({ "code": code, "name": name, "summary": "Turns what flows by", "category": "Rivers", "product_type": "saas",
            "seller": seller })
}

/// A contract of a year; for Acme alone where it is private.
fn offer(code: &str, name: &str, amount: &str, is_private: bool) -> Value {
    let accounts: Vec<String> =
        is_private.then(|| marketgate::demo::seed::ACME_COUPA.account_id().to_string()).into_iter().collect();
    json!({ "key": "year", "product": code, "name": name, "accounts": accounts,
            "terms": { "fixed_upfront": { "months": 12, "price": { "amount": amount, "currency": "USD" } } } })
}

fn file(market: &Market, amount: &str) -> Value {
    json!({ "products": [product(market, "millrace", NEW_PRODUCT)], "offers": [offer("millrace", NEW_OFFER, amount, true)] })
}

/// So many products that nobody asks for.
fn large(market: &Market, count: usize) -> Value {
    let products: Vec<Value> =
        (0..count).map(|number| product(market, &format!("pebble-{number}"), &format!("Pebble {number}"))).collect();
    let offers: Vec<Value> =
        (0..count).map(|number| offer(&format!("pebble-{number}"), "A year", "100.00", false)).collect();
    json!({ "products": products, "offers": offers })
}

fn pebbles(market: &Market) -> usize {
    let products = market.read(|snapshot| Ok(catalog::products(snapshot, 100_000)?));
    products.iter().filter(|product| product.code.starts_with("pebble-")).count()
}

#[actix_web::test]
async fn a_file_with_an_error_applies_nothing_and_a_good_one_can_be_bought_from() {
    let market = Market::start().await;
    let before = market.ledger();
    let mut wrong = file(&market, "1200.00");
    wrong["offers"][0]["terms"]["fixed_upfront"]["price"]["amount"] = json!("-1");
    let failed = import(&market, &wrong).await;
    assert_eq!((failed.fault_count, failed.faults.len()), (1, 1), "{failed:?}");
    assert_eq!(market.ledger(), before);
    assert_eq!(import(&market, &file(&market, "1200.00")).await.outcome, ImportOutcome::Applied);
    let cart = market.cart(NEW_PRODUCT, NEW_OFFER).await;
    market.order(&cart).await;
    let bought = market.ledger();
    let again = import(&market, &file(&market, "1200.00")).await;
    assert_eq!((again.counts.products.unchanged, again.counts.offers.unchanged), (1, 1));
    assert_eq!(market.ledger(), bought, "the same file changes nothing");
    market.finish().await;
}

#[actix_web::test]
async fn a_new_price_in_a_file_supersedes_the_request_that_waits() {
    let market = Market::start().await;
    import(&market, &file(&market, "1200.00")).await;
    let waits = market.cart(NEW_PRODUCT, NEW_OFFER).await;
    let mails = market.simulator.mailbox().len();
    import(&market, &file(&market, "1100.00")).await;
    market.settle().await;
    let refused = market.simulator.approve(waits.id).await.unwrap();
    assert_refused(&refused, 400, "SUPERSEDED_AGREEMENT_PROPOSAL");
    assert!(market.simulator.mailbox().len() > mails, "the people who wait are told");
    let again = market.cart(NEW_PRODUCT, NEW_OFFER).await;
    market.order(&again).await;
    market.finish().await;
}

#[actix_web::test]
async fn orders_are_answered_while_a_large_file_is_imported() {
    let market = Market::start().await;
    let mut carts = Vec::new();
    for _ in 0..6 {
        carts.push(market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await);
    }
    let mut begun = begin(&market, &large(&market, 2000)).await;
    let mut beside = 0;
    for cart in carts {
        let sent = market.simulator.approve(cart.id).await.unwrap();
        assert!(sent.is_sent(), "{}", sent.status_text());
        beside += usize::from(!begun.end.is_finished());
    }
    let ended = (&mut begun.end).await.unwrap();
    assert_eq!(ended.outcome, ImportOutcome::Applied);
    assert!(beside > 0, "the import was over before the first order: it is too small");
    assert_eq!(pebbles(&market), 2000);
    market.finish().await;
}

#[actix_web::test]
async fn a_restart_in_the_middle_of_an_import_leaves_all_of_it_or_nothing() {
    let mut market = Market::start().await;
    for wait in [0, 30, 200, 600] {
        let before = pebbles(&market);
        let begun = begin(&market, &large(&market, before + 300)).await;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        market.restart().await;
        let id = begun.import.id;
        let import = market.read(|snapshot| Ok(imports::find(snapshot, id)?)).unwrap();
        let expected = if import.outcome == ImportOutcome::Applied { before + 300 } else { before };
        assert_eq!(pebbles(&market), expected, "{import:?}");
        // What the restart has left is led to its end.
        let mut patience = 500;
        while market.read(|snapshot| Ok(catalog::state(snapshot)?)).is_some() {
            patience -= 1;
            assert!(patience > 0, "what was imported does not come to its place");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(pebbles(&market), expected);
        let import = market.read(|snapshot| Ok(imports::find(snapshot, id)?)).unwrap();
        assert!(!matches!(import.outcome, ImportOutcome::Running), "{import:?}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn an_order_that_comes_between_the_flip_and_the_mails_is_decided_as_after_them() {
    for (keeps, is_taken) in [("true", true), ("false", false)] {
        let settings = vec![("quotes.extension_keeps_requests", keeps.to_owned())];
        let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
        let cart = market.cart(PRODUCT, OFFER).await;
        let mut offer = market.offer(OFFER);
        (offer.revision, offer.availability_end_date) = (offer.revision + 1, Some("2026-04-30".parse().unwrap()));
        let staged = [Staged::Offer { offer, supersedes: true }];
        let live = market.context().store.transact(move |tx| -> Result<bool, Error> {
            let generation = catalog::begin(tx)?;
            catalog::stage(tx, generation, &staged, 0)?;
            Ok(catalog::flip(tx, generation)?)
        });
        assert!(live.unwrap());
        let sent = market.simulator.approve(cart.id).await.unwrap();
        assert_eq!(sent.is_sent() && sent.status_code() == Some(200), is_taken, "{}", sent.status_text());
        recover(market.context().clone(), market.context().imports.enter().unwrap()).await;
        assert_eq!(market.read(|snapshot| Ok(catalog::state(snapshot)?)), None);
        market.finish().await;
    }
}
