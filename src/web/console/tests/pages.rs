//! Who may see pages, and what is on them.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use marketgate_cxml::mask::mask_secrets;
use marketgate_domain::connection::{Connection, SealedSecret};
use marketgate_domain::id::MessageId;
use marketgate_store::messages::{self, Direction, MessageSummary};
use marketgate_store::{Month, connections};

use super::house::{House, now};

const NOUNS: [(&str, &str); 10] = [
    ("requests", "req"),
    ("orders", "ord"),
    ("agreements", "agr"),
    ("invoices", "inv"),
    ("outbox", "out"),
    ("messages", "msg"),
    ("products", "prd"),
    ("offers", "off"),
    ("sellers", "sel"),
    ("connections", "con"),
];

fn every_list() -> Vec<String> {
    let lists = NOUNS.iter().map(|(noun, _)| format!("/console/{noun}"));
    lists.chain(["/console".to_owned(), "/console/audit".to_owned()]).collect()
}

#[actix_web::test]
async fn nobody_sees_a_page_without_signing_in_and_is_led_back_to_it_afterwards() {
    let house = House::furnished();
    let details = NOUNS.iter().map(|(noun, prefix)| format!("/console/{noun}/{prefix}-1"));
    for path in every_list().into_iter().chain(details) {
        let answer = house.send(TestRequest::get().uri(&path)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.location, Some(format!("/sign-in?next={}", path.replace('/', "%2F"))));
        assert!(answer.text.is_empty(), "{path}");
    }
}

#[actix_web::test]
async fn every_list_is_a_page_in_a_new_installation_too() {
    let house = House::empty();
    for path in every_list() {
        assert_eq!(house.page(&path).await.status, StatusCode::OK, "{path}");
    }
}

#[actix_web::test]
async fn every_list_names_what_there_is_and_leads_to_its_page() {
    let house = House::furnished();
    let world = &house.world;
    let expected = [
        ("requests", world.request.id.to_string(), "Acme"),
        ("orders", world.order.id.to_string(), "PO-4500017"),
        ("orders", world.refused_order.id.to_string(), "PO-4500018"),
        ("agreements", world.agreement.id.to_string(), "PO-4500017"),
        ("invoices", world.invoice.id.to_string(), "NL-000042"),
        ("outbox", world.parked.intent.id.to_string(), "NL-000042"),
        ("products", world.product.id.to_string(), &world.product.code),
        ("offers", world.private_offer.id.to_string(), &world.private_offer.name),
        ("sellers", world.seller.id.to_string(), "Northlight"),
        ("connections", world.connection.id.to_string(), "COUPA-ACME"),
    ];
    for (noun, id, name) in expected {
        let path = format!("/console/{noun}/{id}");
        let list = house.page(&format!("/console/{noun}")).await.text;
        assert!(list.contains(&format!("href=\"{path}\"")) && list.contains(name), "{noun}");
        let detail = house.page(&path).await;
        assert_eq!(detail.status, StatusCode::OK, "{path}");
        assert!(detail.text.contains(name), "{path} without {name}");
    }
}

#[actix_web::test]
async fn what_does_not_exist_has_no_page() {
    let house = House::furnished();
    for (noun, prefix) in NOUNS {
        let unknown = format!("/console/{noun}/{prefix}-{:032x}", 1);
        let no_id = format!("/console/{noun}/{prefix}-1");
        let another_kind = format!("/console/{noun}/acc-{:032x}", 1);
        let no_place = format!("/console/{noun}?before=yesterday");
        for path in [unknown, no_id, another_kind, no_place] {
            assert_eq!(house.page(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert_eq!(house.page("/console/audit?before=1").await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_overview_counts_and_lists_what_needs_a_person() {
    let house = House::furnished();
    let text = house.page("/console").await.text;
    let world = &house.world;
    for needed in [
        format!("/console/outbox/{}", world.parked.intent.id),
        format!("/console/orders/{}", world.refused_order.id),
        format!("/console/connections/{}", world.connection.id),
        "Purchase order PO-4500018".to_owned(),
        "invoice.issued".to_owned(),
        "<span class=\"tile-number\">2</span><span>Purchase orders</span>".to_owned(),
    ] {
        assert!(text.contains(&needed), "{needed}");
    }
    assert!(!text.contains("Purchase order PO-4500017"), "an accepted order needs nobody");
}

#[actix_web::test]
async fn the_page_of_an_agreement_leads_to_its_invoice_and_its_request() {
    let house = House::furnished();
    let text = house.page(&format!("/console/agreements/{}", house.world.agreement.id)).await.text;
    for needed in [format!("invoices/{}", house.world.invoice.id), format!("requests/{}", house.world.request.id)] {
        assert!(text.contains(&needed), "{needed}");
    }
}

fn summary(id: MessageId) -> MessageSummary {
    MessageSummary {
        id,
        at: now(),
        direction: Direction::In,
        connection: None,
        organization: None,
        document_type: "OrderRequest".to_owned(),
        payload_id: "p-1@acme.example".to_owned(),
        order_id: None,
        user_email: None,
        http_status: None,
        cxml_status: Some(401),
        duration_ms: 3,
        diagnosis: "The secret is wrong.".to_owned(),
        sha256: [0; 32],
        size_bytes: 0,
        month: Month::of(id),
        reply_to: None,
        session: None,
        requests: Vec::new(),
    }
}

#[actix_web::test]
async fn a_document_is_shown_indented_and_without_its_secret() {
    let house = House::empty();
    let document = "<cXML><Header><Sender><SharedSecret>open sesame</SharedSecret></Sender></Header></cXML>";
    let masked = mask_secrets(document.as_bytes());
    let id = MessageId::new(house.context.random.uuid());
    house.context.store.messages().append(id, &masked.bytes).unwrap();
    house.write(move |_, tx| messages::put(tx, &summary(id)));
    let text = house.page(&format!("/console/messages/{id}")).await.text;
    assert!(text.contains("\n      &lt;SharedSecret&gt;***********&lt;/SharedSecret&gt;\n"), "{text}");
    assert!(!text.contains("open sesame"));
    let stored = house.context.store.messages().read(id).unwrap();
    assert_eq!(stored, Some(masked.bytes), "showing it changes nothing");
}

#[actix_web::test]
async fn a_document_whose_month_is_gone_still_has_a_page() {
    let house = House::empty();
    let id = MessageId::new(house.context.random.uuid());
    house.write(move |_, tx| messages::put(tx, &summary(id)));
    let answer = house.page(&format!("/console/messages/{id}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("not kept any more") && answer.text.contains("The secret is wrong."));
}

#[actix_web::test]
async fn a_connection_shows_what_to_enter_and_no_secret_in_any_form() {
    let house = House::furnished();
    let secrets = ["mg1.sealed-one", "mg1.sealed-two", "mg1.sealed-three"].map(|text| SealedSecret(text.to_owned()));
    house.write(move |world, tx| {
        let [secret, next_secret, for_invoices] = secrets.clone();
        let mut connection = Connection { secret, next_secret: Some(next_secret), ..world.connection.clone() };
        connection.invoicing.secret = Some(for_invoices);
        connections::put(tx, &connection)
    });
    let text = house.page(&format!("/console/connections/{}", house.world.connection.id)).await.text;
    assert!(text.contains("http://market.example/cxml") && text.contains("COUPA-ACME"));
    assert!(!text.contains("mg1."));
}

#[actix_web::test]
async fn the_page_of_a_connection_leads_to_its_catalogue_in_both_forms() {
    let house = House::furnished();
    let page = format!("/console/connections/{}", house.world.connection.id);
    let shown = house.page(&page).await.text;
    for (suffix, begin) in [("xml", "<?xml "), ("cif", "CIF_I_V3.0\n")] {
        let path = format!("{page}/catalog.{suffix}");
        assert!(shown.contains(&format!("href=\"{path}\"")), "{path}");
        let file = house.page(&path).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text.starts_with(begin) && file.text.contains(&house.world.product.code), "{}", file.text);
        assert_eq!(house.send(TestRequest::get().uri(&path)).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(house.page("/console/connections/con-1/catalog.xml").await.status, StatusCode::NOT_FOUND);
}
