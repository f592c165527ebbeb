//! Sellers, products and offers are entered and changed: what is wrong stands beside its field, and what was typed is kept.

use actix_web::http::StatusCode;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_store::catalog;

use super::house::{Answer, House};

const SELLER: [(&str, &str); 9] = [
    ("invoice_prefix", "TID-"),
    ("name", "Tideline"),
    ("legal_name", "Tideline GmbH"),
    ("street", "Kai 7\r\nHaus 2"),
    ("city", "Kiel"),
    ("country", "DE"),
    ("contact", "orders@tideline.example"),
    ("payment_terms_days", "14"),
    ("tax_rules", "DE; vat; 19; VAT 19 %\r\n*; vat; 0; reverse charge"),
];

const PRODUCT: [(&str, &str); 6] = [
    ("code", "tide-gate"),
    ("name", "Tide Gate"),
    ("summary", "Keeps the water out"),
    ("category", "Logistics"),
    ("product_type", "saas"),
    ("description", "One.\r\n\r\nTwo."),
];

/// A form that is filled in.
type Typed<'a> = Vec<(&'a str, &'a str)>;

/// The form with one field as somebody else typed it.
fn but<'a>(fields: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Typed<'a> {
    fields.iter().copied().filter(|(other, _)| *other != name).chain([(name, value)]).collect()
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location.clone().unwrap()
}

fn offer_at(house: &House, path: &str) -> Offer {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    house.context.store.read(|snapshot| catalog::offer(snapshot, id)).unwrap().unwrap()
}

#[actix_web::test]
async fn a_seller_a_product_and_an_offer_are_entered_shown_and_changed() {
    let house = House::empty();
    let seller = place(&house.fill("/console/sellers/new", &SELLER).await);
    let shown = house.page(&seller).await.text;
    assert!(
        shown.contains("Tideline GmbH") && shown.contains("reverse charge") && shown.contains("net 14 days"),
        "{shown}"
    );
    let edited = house.page(&format!("{seller}/edit")).await.text;
    assert!(edited.contains("DE; vat; 19; VAT 19 %") && edited.contains("Haus 2"), "{edited}");
    assert_eq!(place(&house.fill(&format!("{seller}/edit"), &but(&SELLER, "name", "Tideline Plus")).await), seller);
    assert!(house.page(&seller).await.text.contains("Tideline Plus"));

    assert!(house.page("/console/products/new").await.text.contains("Tideline Plus"), "a seller to choose");
    let product = place(&house.fill("/console/products/new", &but(&PRODUCT, "seller", "TID-")).await);
    let described = but(&PRODUCT, "summary", "Keeps all water out");
    assert_eq!(place(&house.fill(&format!("{product}/edit"), &described).await), product);
    let shown = house.page(&product).await.text;
    assert!(shown.contains("Keeps all water out") && shown.contains("<p>Two.</p>"), "{shown}");

    let terms = [("name", "Yearly"), ("pricing", "fixed"), ("price", "1200.00"), ("currency", "USD"), ("months", "12")];
    let offer = place(&house.fill(&format!("{product}/offers/new"), &terms).await);
    assert_eq!(offer_at(&house, &offer).state, OfferState::Draft);
    assert!(house.page(&offer).await.text.contains("Draft"));
    let changed =
        [("name", "Free"), ("terms", r#"{"fixed_upfront":{"months":1,"price":{"amount":"0","currency":"USD"}}}"#)];
    assert_eq!(place(&house.fill(&format!("{offer}/edit"), &changed).await), offer);
    assert_eq!(place(&house.fill(&format!("{offer}/release"), &[]).await), offer);
    let released = offer_at(&house, &offer);
    assert_eq!((released.state, released.revision, released.name.as_str()), (OfferState::Released, 1, "Free"));
    assert_eq!(place(&house.fill(&format!("{offer}/withdraw"), &[]).await), offer);
    assert_eq!(offer_at(&house, &offer).state, OfferState::Withdrawn);
    assert!(!house.page(&offer).await.text.contains("/withdraw"), "withdrawn is for good");
}

#[actix_web::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept() {
    let house = House::furnished();
    let product = format!("/console/products/{}", house.world.product.id);
    let prefix = house.world.seller.invoice_prefix.clone();
    let product_form = but(&PRODUCT, "seller", &prefix);
    let offer = [("name", "Typed name"), ("pricing", "fixed"), ("currency", "USD"), ("months", "12")];
    let cases: Vec<(String, Typed<'_>, &str)> = vec![
        ("/console/sellers/new".into(), but(&SELLER, "contact", "nobody"), "contact"),
        ("/console/sellers/new".into(), but(&SELLER, "city", ""), "city"),
        ("/console/sellers/new".into(), but(&SELLER, "payment_terms_days", "soon"), "payment_terms_days"),
        ("/console/sellers/new".into(), but(&SELLER, "tax_rules", "DE; vat"), "tax_rules"),
        ("/console/products/new".into(), but(&product_form, "code", "two words"), "code"),
        ("/console/products/new".into(), but(&product_form, "seller", "NONE-"), "seller"),
        (format!("{product}/edit"), but(&PRODUCT, "name", " "), "name"),
        (format!("{product}/offers/new"), offer.to_vec(), "price"),
        (format!("{product}/offers/new"), but(&offer, "pricing", "json"), "terms"),
        (format!("{product}/offers/new"), but(&offer, "availability_end_date", "tomorrow"), "availability_end_date"),
    ];
    for (path, form, field) in cases {
        let answer = house.fill(&path, &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {field}");
        assert!(answer.text.contains(&format!("id=\"{field}-problem\"")), "{path} {field}: {}", answer.text);
        let name = form.iter().find(|(name, _)| *name == "name").unwrap().1;
        assert!(answer.text.contains(&format!("value=\"{name}\"")), "{path} {field}: what was typed is gone");
    }
    let terms = r#"{"recurring": {"amount": "9.00", "currency": "EURO"}, "validity_months": 12}"#;
    let in_json = [("name", "Typed name"), ("pricing", "json"), ("terms", terms)];
    let answer = house.fill(&format!("{product}/offers/new"), &in_json).await.text;
    assert!(answer.contains("recurring/currency: "), "the place within the terms is said: {answer}");
    let terms = r#"{"recurring": {"amount": "9.00", "currency": "USD", "amount": "90.00"}, "validity_months": 12}"#;
    let twice = [("name", "Typed name"), ("pricing", "json"), ("terms", terms)];
    let typed = "{\n  \"recuring\": 1,\n  \"schedule\": [\n    {\"charge_date\": \"soon\"}]}";
    let answer = house.fill(&format!("{product}/offers/new"), &but(&twice, "terms", typed)).await.text;
    assert!(answer.contains("line 2, recuring: is unknown here"), "{answer}");
    assert!(answer.contains("line 4, schedule/0/charge_date: a day is expected"), "{answer}");
    let answer = house.fill(&format!("{product}/offers/new"), &twice).await.text;
    assert!(answer.contains("recurring/amount: stands twice"), "no price is lost without a word: {answer}");
    let free = [("name", "Typed name"), ("pricing", "free"), ("price", "9.00"), ("currency", "USD"), ("months", "12")];
    let answer = house.fill(&format!("{product}/offers/new"), &free).await.text;
    assert!(answer.contains("id=\"price-problem\""), "{answer}");
    let no_way = [("name", "Typed name"), ("pricing", "barter")];
    let answer = house.fill(&format!("{product}/offers/new"), &no_way).await.text;
    assert!(answer.contains("id=\"pricing-problem\""), "{answer}");
    let taken = but(&product_form, "code", &house.world.product.code);
    let answer = house.fill("/console/products/new", &taken).await.text;
    assert!(answer.contains("has the code"), "{answer}");
}

#[actix_web::test]
async fn an_emptied_last_day_is_taken_from_a_draft_and_stays_at_a_released_offer() {
    let house = House::furnished();
    let new = format!("/console/products/{}/offers/new", house.world.product.id);
    let public = [("name", "Own licence"), ("pricing", "byol"), ("availability_end_date", "2099-12-31")];
    let draft = place(&house.fill(&new, &public).await);
    let edit = format!("{draft}/edit");
    assert!(house.page(&edit).await.text.contains("availability_end_date"), "a public offer must get rid of it");
    let emptied = [("name", "Own licence"), ("availability_end_date", ""), ("terms", r#"{"byol": true}"#)];
    assert_eq!(place(&house.fill(&edit, &emptied).await), draft);
    assert_eq!(offer_at(&house, &draft).availability_end_date, None);
    assert_eq!(place(&house.fill(&format!("{draft}/release"), &[]).await), draft);
    let released = format!("/console/offers/{}", house.world.private_offer.id);
    let answer = house.fill(&format!("{released}/edit"), &emptied).await.text;
    assert!(answer.contains("id=\"availability_end_date-problem\""), "{answer}");
    assert_eq!(offer_at(&house, &released), house.world.private_offer);
}

#[actix_web::test]
async fn everything_that_is_wrong_is_said_by_one_answer() {
    let house = House::furnished();
    let seller = [
        ("invoice_prefix", "TOO LONG A PREFIX"),
        ("name", ""),
        ("street", ""),
        ("city", "Kiel"),
        ("country", "Germany"),
        ("contact", "nobody"),
        ("payment_terms_days", "soon"),
        ("tax_rules", "DE; vat; 19; VAT 19 %\r\nFR; vat"),
    ];
    let said = house.fill("/console/sellers/new", &seller).await.text;
    let wrong = ["invoice_prefix", "name", "legal_name", "street", "country", "contact", "payment_terms_days"];
    for field in wrong.into_iter().chain(["tax_rules"]) {
        assert!(said.contains(&format!("id=\"{field}-problem\"")), "{field}: {said}");
    }
    assert!(said.contains("line 2, rate percent: is missing"), "{said}");
    assert!(said.contains(r#"type="text" inputmode="numeric" value="soon""#), "browsers keep it: {said}");
    assert!(!said.contains("city-problem"), "{said}");

    let product = [("code", "two words"), ("name", ""), ("seller", "NONE-"), ("product_type", "saas")];
    let said = house.fill("/console/products/new", &product).await.text;
    for field in ["code", "name", "summary", "category", "seller"] {
        assert!(said.contains(&format!("id=\"{field}-problem\"")), "{field}: {said}");
    }
    let changed = [("name", ""), ("legal_name", "X"), ("country", "Germany"), ("payment_terms_days", "400")];
    let path = format!("/console/sellers/{}/edit", house.world.seller.id);
    let said = house.fill(&path, &changed).await.text;
    for field in ["name", "country", "payment_terms_days"] {
        assert!(said.contains(&format!("id=\"{field}-problem\"")), "{field}: {said}");
    }
}

#[actix_web::test]
async fn the_number_of_carts_that_wait_is_told_before_a_change() {
    let house = House::furnished();
    let path = format!("/console/offers/{}", house.world.private_offer.id);
    house.write(|world, tx| {
        let waits = marketgate_domain::procurement_request::RequestStatus::InCart;
        marketgate_store::requests::put(tx, &world.request.clone().with_status(waits, world.request.changed_at))
    });
    let edit = house.page(&format!("{path}/edit")).await.text;
    assert!(edit.contains("A change supersedes 1 request"), "{edit}");
    assert!(house.page(&path).await.text.contains("1 request"));
    let nothing = [("name", house.world.private_offer.name.as_str())];
    let broken = house.fill(&format!("{path}/edit"), &nothing).await.text;
    assert!(broken.contains("id=\"terms-problem\"") && broken.contains("A change supersedes 1 request"), "{broken}");
}

#[actix_web::test]
async fn forms_without_their_token_enter_nothing() {
    let house = House::furnished();
    let offer = format!("/console/offers/{}", house.world.private_offer.id);
    let product = format!("/console/products/{}", house.world.product.id);
    let seller = format!("/console/sellers/{}", house.world.seller.id);
    for path in [
        "/console/sellers/new".to_owned(),
        "/console/products/new".to_owned(),
        format!("{seller}/edit"),
        format!("{product}/edit"),
        format!("{product}/offers/new"),
        format!("{offer}/edit"),
        format!("{offer}/release"),
        format!("{offer}/withdraw"),
    ] {
        assert_eq!(house.form(&path, "another-token").await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(offer_at(&house, &offer), house.world.private_offer);
}
