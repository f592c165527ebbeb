//! Imports into the demo's marketplace.

use std::sync::Arc;

use marketgate_domain::event::{Actor, OutboxState};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_store::imports::{self, CatalogImport, ImportOutcome};
use marketgate_store::{StoreError, audit as audit_store, catalog, outbox, requests};
use serde_json::{Value, json};

use super::{Format, Phase, Source, import_catalog, recover, summary};
use crate::demo::seed::ACME_COUPA;
use crate::flow::Error;
use crate::web::api::site::Site;

fn source(text: &str, format: Format) -> Source {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    let temporary = file.into_temp_path();
    Source { path: temporary.to_path_buf(), format, temporary: Some(temporary) }
}

fn operator() -> Actor {
    Actor::System { part: "test".to_owned() }
}

async fn import(site: &Site, file: &Value, dry_run: bool) -> CatalogImport {
    let begun = import_catalog(&site.context, operator(), source(&file.to_string(), Format::Json), dry_run).await;
    begun.unwrap().end.await.unwrap()
}

fn product(number: u32) -> Value {
    json!({ "code": format!("new-{number}"), "name": format!("New {number}"), "summary": "s", "category": "c",
            "product_type": "saas", "seller": "TST-" })
}

fn offer(number: u32, amount: &str) -> Value {
    json!({ "key": "standard", "product": format!("new-{number}"), "name": "Standard",
            "accounts": [ACME_COUPA.account_id().to_string()],
            "terms": { "fixed_upfront": { "months": 12, "price": { "amount": amount, "currency": "USD" } } } })
}

fn file(amount: &str) -> Value {
    let seller = json!({ "invoice_prefix": "TST-", "name": "Test", "legal_name": "Test Inc.", "contact": "a@test.example",
        "address": { "street": ["1 Street"], "city": "Town", "state": null, "postal_code": null, "country": "US" } });
    // Offers before what they refer to: the order in the file means nothing.
    let offers: Vec<Value> = (0..40).map(|number| offer(number, amount)).collect();
    let products: Vec<Value> = (0..40).map(product).collect();
    json!({ "offers": offers, "products": products, "sellers": [seller] })
}

fn offers(site: &Site) -> Vec<Offer> {
    let read = site.context.store.read(|snapshot| -> Result<_, StoreError> {
        let Some(product) = catalog::product_by_code(snapshot, "NEW-7")? else { return Ok(Vec::new()) };
        catalog::offers_of(snapshot, product.id, 10)
    });
    read.unwrap()
}

#[actix_web::test]
async fn a_file_is_applied_and_the_same_file_again_writes_nothing() {
    let site = Site::seeded().await;
    let checked = import(&site, &file("100.00"), true).await;
    assert_eq!((checked.outcome, checked.counts.offers.new), (ImportOutcome::Checked, 40));
    assert_eq!(offers(&site), []);
    let first = import(&site, &file("100.00"), false).await;
    assert_eq!(first.outcome, ImportOutcome::Applied, "{first:?}");
    let counts = "sellers: 1 new, 0 changed, 0 unchanged; products: 40 new, 0 changed, 0 unchanged; offers: 40 new, 0 changed, 0 \
                  unchanged";
    assert_eq!(summary(&first.counts), counts);
    assert_eq!((site.last_record().action.as_str(), site.last_record().detail.as_str()), ("catalog.imported", counts));
    let stored = offers(&site);
    assert_eq!((stored.len(), stored[0].revision, stored[0].state), (1, 1, OfferState::Released));
    assert_eq!(site.context.store.read(catalog::state), Ok(None), "everything is in its place");

    let before = site.context.store.read(|snapshot| audit_store::newest(snapshot, None, 500)).unwrap().len();
    let again = import(&site, &file("100.00"), false).await;
    assert_eq!(again.outcome, ImportOutcome::Applied);
    assert_eq!(
        (again.counts.offers.unchanged, again.counts.products.unchanged, again.counts.sellers.unchanged),
        (40, 40, 1)
    );
    assert_eq!(offers(&site), stored);
    assert_eq!(site.context.store.read(|snapshot| audit_store::newest(snapshot, None, 500)).unwrap().len(), before);
}

#[actix_web::test]
async fn a_byte_order_mark_is_no_part_of_a_file() {
    let site = Site::seeded().await;
    let checked = async |text: String, format| {
        let begun = import_catalog(&site.context, operator(), source(&text, format), true).await;
        begun.unwrap().end.await.unwrap()
    };
    let json = checked(format!("\u{feff}{}", file("100.00")), Format::Json).await;
    assert_eq!(json.outcome, ImportOutcome::Checked, "{json:?}");
    let wrong = checked(format!("\u{feff}{}", file("-1.00")), Format::Json).await;
    assert_eq!(wrong.faults[0].field, "/offers/0/terms/fixed_upfront/price/amount");
    let head = "\u{feff}code,name,summary,category,product_type,seller,offer,pricing\n";
    let csv = checked(format!("{head}a,n,s,c,saas,NWL,o,byol\n"), Format::Csv).await;
    assert_eq!(csv.outcome, ImportOutcome::Checked, "{csv:?}");
    let twice = checked(format!("{head}a,n,s,c,saas,NWL,o,byol\nA,n,s,c,saas,NWL,o,byol\n"), Format::Csv).await;
    let places: Vec<_> = twice.faults.iter().map(|fault| (fault.line, fault.field.as_str())).collect();
    assert_eq!((places, twice.fault_count), (vec![(3, "code")], 1), "one line that stands twice is one error");
}

#[actix_web::test]
async fn with_one_error_nothing_is_applied_and_every_error_has_its_line() {
    let site = Site::seeded().await;
    let mut wrong = file("100.00");
    wrong["products"][3]["seller"] = json!("NOBODY-");
    wrong["products"][4]["code"] = json!("NEW-5");
    wrong["offers"][1]["product"] = json!("nothing");
    wrong["offers"][2]["accounts"] = json!(["acc-00000000000000000000000000000009"]);
    wrong["offers"][6]["terms"]["fixed_upfront"]["price"]["amount"] = json!("x");
    let text = serde_json::to_string_pretty(&wrong).unwrap();
    let begun = import_catalog(&site.context, operator(), source(&text, Format::Json), false).await.unwrap();
    let failed = begun.end.await.unwrap();
    assert!(matches!(&failed.outcome, ImportOutcome::Failed { error } if error.contains("errors")), "{failed:?}");
    let said: Vec<(&str, &str)> = failed
        .faults
        .iter()
        .map(|fault| {
            let line = text.lines().nth(usize::try_from(fault.line).unwrap() - 1).unwrap();
            (fault.field.as_str(), line.trim())
        })
        .collect();
    for expected in [
        ("/products/3/seller", "\"seller\": \"NOBODY-\","),
        ("/products/5/code", "\"code\": \"new-5\","),
        ("/offers/1/product", "\"product\": \"nothing\","),
        ("/offers/2/accounts", "\"accounts\": ["),
        ("/offers/6/terms/fixed_upfront/price/amount", "\"amount\": \"x\","),
    ] {
        assert!(said.contains(&expected), "{expected:?} is not in {said:?}");
    }
    assert_eq!(offers(&site), []);
    assert_eq!(site.context.store.read(catalog::state), Ok(None));
    let (id, stored) = (failed.id, failed.clone());
    assert_eq!(site.context.store.read(|snapshot| imports::find(snapshot, id)), Ok(Some(stored)));
}

#[actix_web::test]
async fn simple_products_come_from_a_spreadsheet_and_errors_name_the_column() {
    let site = Site::seeded().await;
    import(&site, &file("100.00"), false).await;
    let head = "code,name,summary,category,product_type,seller,offer,pricing,price,currency,months";
    let good = format!("{head}\nsheet-1,Gate,Keeps,Security,saas,TST-,Standard,fixed,1200.00,USD,12\n");
    let end = |text: String| async move {
        import_catalog(&site.context, operator(), source(&text, Format::Csv), false).await.unwrap().end.await.unwrap()
    };
    let applied = end.clone()(good.clone()).await;
    assert_eq!(applied.outcome, ImportOutcome::Applied, "{applied:?}");
    let failed = end(good.replace("saas", "ami") + "sheet-2,Gate,Keeps,Security,saas,NOBODY-,Standard,byol,,,\n").await;
    let said: Vec<_> = failed.faults.iter().map(|fault| (fault.line, fault.field.as_str())).collect();
    assert_eq!(said, [(2, "product_type"), (3, "seller")], "{failed:?}");
}

#[actix_web::test]
async fn a_new_price_supersedes_the_requests_that_wait() {
    let site = Site::seeded().await;
    import(&site, &file("100.00"), false).await;
    let offer = offers(&site).remove(0);
    let mut request = site.world.request.clone();
    (request.offer, request.revision, request.status) = (offer.id, 1, RequestStatus::InCart);
    let (organization, id) = (ACME_COUPA.organization_id(), request.id);
    request.organization = organization;
    let stored = request.clone();
    site.context.store.transact(move |tx| requests::put(tx, &stored)).unwrap();
    let changed = import(&site, &file("90.00"), false).await;
    assert_eq!((changed.outcome, changed.counts.offers.changed), (ImportOutcome::Applied, 40));
    assert_eq!(offers(&site)[0].revision, 2);
    let found = site.context.store.read(|snapshot| requests::find(snapshot, organization, id)).unwrap().unwrap();
    assert_eq!(found.status, RequestStatus::Superseded { revision: 2 });
    let mails = site.context.store.read(|snapshot| outbox::newest(snapshot, None, 10)).unwrap();
    assert!(mails.iter().any(|mail| mail.state == OutboxState::Waiting), "{mails:?}");
}

#[actix_web::test]
async fn imports_come_one_at_a_time_and_what_was_cut_off_is_led_to_its_end() {
    let site = Site::seeded().await;
    let alone = site.context.imports.enter().unwrap();
    let refused = import_catalog(&site.context, operator(), source("{}", Format::Json), false).await;
    assert!(matches!(refused, Err(Error::Conflict(text)) if text.contains("earlier import")));
    drop(alone);
    // As a process leaves it that dies while it stages.
    let ended = import(&site, &file("100.00"), true).await;
    let cut = CatalogImport { outcome: ImportOutcome::Running, ended_at: None, ..ended.clone() };
    site.context.store.transact(move |tx| imports::put(tx, &cut).and_then(|()| catalog::begin(tx))).unwrap();
    recover(site.context.clone(), site.context.imports.enter().unwrap()).await;
    assert_eq!(site.context.store.read(catalog::state), Ok(None));
    let found = site.context.store.read(|snapshot| imports::find(snapshot, ended.id)).unwrap().unwrap();
    assert!(matches!(found.outcome, ImportOutcome::Failed { error } if error.contains("import the file again")));
}

#[actix_web::test]
async fn an_import_that_is_disturbed_while_it_stages_begins_again() {
    let site = Site::seeded().await;
    import(&site, &file("100.00"), false).await;
    let mut other = site.context.store.read(|snapshot| catalog::product_by_code(snapshot, "new-1")).unwrap().unwrap();
    other.name = "Told anew".to_owned();
    let mut large = file("90.00");
    let products = (0..1000).map(product);
    large["products"] = products.collect();
    let begun =
        import_catalog(&site.context, operator(), source(&large.to_string(), Format::Json), false).await.unwrap();
    while matches!(begun.progress.now().phase, Phase::Reading | Phase::Checking) {
        tokio::time::sleep(std::time::Duration::from_micros(200)).await;
    }
    site.context.store.transact_async(move |tx| catalog::put_product(tx, &other)).await.unwrap();
    let ended = begun.end.await.unwrap();
    assert_eq!(ended.outcome, ImportOutcome::Applied);
    // The file has the last word, because it was decided on what the other has changed.
    assert_eq!((ended.counts.products.new, ended.counts.products.changed), (960, 1));
    let product = site.context.store.read(|snapshot| catalog::product_by_code(snapshot, "new-1")).unwrap().unwrap();
    assert_eq!(product.name, "New 1");
}

#[actix_web::test]
async fn what_somebody_else_changes_meanwhile_is_kept() {
    let site = Arc::new(Site::seeded().await);
    import(&site, &file("100.00"), false).await;
    let mine = site.context.store.read(|snapshot| catalog::product_by_code(snapshot, "new-1")).unwrap().unwrap();
    let begun =
        import_catalog(&site.context, operator(), source(&file("90.00").to_string(), Format::Json), false).await;
    // While it goes on, again and again: each of them is there in the end, or the import says that it gave up.
    let mut sent = 0;
    let mut end = begun.unwrap().end;
    let ended = loop {
        sent += 1;
        let mut other = mine.clone();
        (other.code, other.name) = (format!("other-{sent}"), format!("Other {sent}"));
        other.id = marketgate_domain::id::ProductId::new(site.context.random.uuid());
        site.context.store.transact_async(move |tx| catalog::put_product(tx, &other)).await.unwrap();
        if let Ok(ended) = tokio::time::timeout(std::time::Duration::from_millis(1), &mut end).await {
            break ended.unwrap();
        }
    };
    for number in 1..=sent {
        let code = format!("other-{number}");
        assert!(site.context.store.read(|snapshot| catalog::product_by_code(snapshot, &code)).unwrap().is_some());
    }
    let revision = offers(&site)[0].revision;
    match ended.outcome {
        ImportOutcome::Applied => assert_eq!(revision, 2),
        ImportOutcome::Failed { error } => assert!(revision == 1 && error.contains("again and again"), "{error}"),
        other => panic!("{other:?}"),
    }
}
