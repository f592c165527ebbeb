//! Lists: every item is met once, filters, single items, and no secret in any answer.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use serde_json::Value;

use crate::demo::seed::{CONNECTIONS, OPERATOR_PASSWORD, OPERATOR_TOKEN};
use crate::web::api::site::{COPIES, Site};

/// Every list, and how many items it has at least.
const LISTS: [(&str, usize); 15] = [
    ("organizations", 4),
    ("connections", 4),
    ("sellers", 2),
    ("products", 2),
    ("offers", 2),
    ("requests", COPIES as usize),
    ("orders", COPIES as usize + 2),
    ("agreements", COPIES as usize),
    ("charges", COPIES as usize * 2),
    ("invoices", COPIES as usize),
    ("outbox", COPIES as usize),
    ("messages", COPIES as usize),
    ("audit", 1),
    ("jobs", 3),
    ("tokens", 1),
];

fn name(item: &Value) -> String {
    let id = item.get("id").or_else(|| item.get("name"));
    id.and_then(Value::as_str).unwrap_or_else(|| panic!("{item} has no name")).to_owned()
}

/// Follows a list to its end; the names of all items come back in their order.
async fn walk(site: &Site, list: &str, limit: usize) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), String::new());
    let separator = if list.contains('?') { '&' } else { '?' };
    loop {
        let answer = site.get(&format!("/{list}{separator}limit={limit}{after}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{list}: {}", answer.text);
        let page = answer.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{list}");
        names.extend(items.iter().map(name));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return names,
        }
    }
}

#[actix_web::test]
async fn every_list_meets_every_item_once_whatever_the_size_of_its_pages() {
    let site = Site::furnished().await;
    for (list, least) in LISTS {
        let whole = walk(&site, list, 200).await;
        assert!(whole.len() >= least, "{list} has {}", whole.len());
        let different: BTreeSet<&String> = whole.iter().collect();
        assert_eq!(different.len(), whole.len(), "{list}");
        for limit in [1, 2] {
            assert_eq!(walk(&site, list, limit).await, whole, "{list} in pages of {limit}");
        }
    }
}

#[actix_web::test]
async fn every_item_of_every_list_can_be_read_by_its_name_and_is_the_same() {
    let site = Site::furnished().await;
    for (list, _) in LISTS.iter().filter(|(list, _)| *list != "tokens") {
        let page = site.get(&format!("/{list}?limit=3")).await.json();
        for item in page["items"].as_array().unwrap() {
            let answer = site.get(&format!("/{list}/{}", name(item))).await;
            assert_eq!(answer.status, StatusCode::OK, "{list}: {}", answer.text);
            assert_eq!(&answer.json(), item, "{list}");
        }
    }
}

#[actix_web::test]
async fn filters_leave_out_what_does_not_fit() {
    let site = Site::furnished().await;
    let (mine, other) = (site.world.organization.id, CONNECTIONS[0].organization_id());
    let agreement = walk(&site, "agreements", 1).await.remove(0);
    let charges = site.world.charges.len();
    let copies = usize::try_from(COPIES).unwrap();
    for (list, expected) in [
        (format!("requests?organization={mine}"), copies),
        (format!("requests?organization={other}"), 0),
        (format!("orders?organization={mine}&status=accepted"), copies + 1),
        ("orders?status=refused".to_owned(), 1),
        ("orders?number=PO-1".to_owned(), 1),
        (format!("agreements?connection={}", site.world.connection.id), copies),
        (format!("charges?agreement={agreement}"), charges),
        (format!("invoices?number={}1", site.world.invoice.number), 1),
        ("outbox?state=parked".to_owned(), copies),
        ("outbox?state=delivered".to_owned(), 0),
        (format!("connections?organization={other}"), 1),
        ("messages?direction=in".to_owned(), 2),
        ("messages?order=po-1".to_owned(), 1),
        (format!("messages?organization={other}"), 0),
        ("audit?action=demo.seeded".to_owned(), 1),
        ("audit?action=brew.coffee".to_owned(), 0),
        (format!("offers?product={}", site.world.product.id), 1),
        (format!("products?seller={}", site.world.seller.id), 1),
    ] {
        assert_eq!(walk(&site, &list, 1).await.len(), expected, "{list}");
    }
}

#[actix_web::test]
async fn money_is_text_with_its_currency_and_moments_and_days_are_written_as_such() {
    let site = Site::furnished().await;
    let page = site.get("/invoices?limit=1").await.json();
    let invoice = &page["items"][0];
    let total = site.world.invoice.total;
    assert_eq!(invoice["total"]["amount"], total.amount().to_string());
    assert_eq!(invoice["total"]["currency"], total.currency().code());
    assert_eq!(invoice["due_date"], site.world.invoice.due_date.to_string());
    assert_eq!(invoice["issued_at"], site.world.invoice.issued_at.to_string());
    assert_eq!(invoice["delivery"]["state"], "parked");
}

#[actix_web::test]
async fn a_document_is_downloaded_as_it_is_kept() {
    let site = Site::furnished().await;
    let oldest = walk(&site, "messages", 200).await.pop().unwrap();
    let answer = site.get(&format!("/messages/{oldest}/document")).await;
    assert_eq!(answer.header("content-type"), "text/xml");
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{oldest}.xml\""));
    assert!(answer.text.starts_with("<cXML"), "{}", answer.text);
    let gone = walk(&site, "messages", 200).await.remove(0);
    assert_eq!(site.get(&format!("/messages/{gone}/document")).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn no_answer_holds_a_secret_sealed_or_not() {
    let site = Site::furnished().await;
    let connection = CONNECTIONS[0].connection_id();
    let stored = site.context.store.read(|snapshot| marketgate_store::connections::by_id(snapshot, connection));
    let sealed = stored.unwrap().unwrap().secret.0;
    assert!(sealed.starts_with("mg1."), "sealed texts are recognised by their beginning");
    let mut secrets = vec!["mg1.".to_owned(), "$argon2".to_owned(), sealed, site.world.connection.secret.0.clone()];
    secrets.extend([OPERATOR_PASSWORD, OPERATOR_TOKEN].map(str::to_owned));
    secrets.extend(CONNECTIONS.iter().map(|fixed| fixed.secret.to_owned()));
    for (list, _) in LISTS {
        let mut texts = vec![site.get(&format!("/{list}?limit=200")).await.text];
        for name in walk(&site, list, 200).await {
            texts.push(site.get(&format!("/{list}/{name}")).await.text);
        }
        for secret in &secrets {
            assert!(texts.iter().all(|text| !text.contains(secret)), "{secret} in {list}");
        }
    }
}
