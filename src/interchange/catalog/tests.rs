//! What is written is read back as it was, and what is wrong is said with its line.

use jiff::Timestamp;
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::offer::Offer;
use marketgate_domain::terms::PricingModel::{self, Byol, Contract, ContractWithUsage, Fps, Free, FreeTrial, Usage};
use marketgate_domain::terms::Terms;
use serde_json::{Value, json};

use super::csv::read_csv;
use super::file::{CatalogRecord, FileFault, Place, Record, Sink, line_of, read_json};
use super::offer::OfferRecord;
use super::product::ProductRecord;
use super::records;
use super::schema::schema;
use super::terms::{TermsRecord, read_terms};
use crate::demo::catalog::{Catalog, DemoAccounts, catalog};
use crate::interchange::members::Members;

#[derive(Default)]
struct Found {
    records: Vec<(Place, Record)>,
    faults: Vec<FileFault>,
}

impl Sink for Found {
    fn record(&mut self, place: Place, record: Record) {
        self.records.push((place, record));
    }

    fn fault(&mut self, fault: FileFault) {
        self.faults.push(fault);
    }
}

fn json(text: &str) -> Found {
    let mut found = Found::default();
    read_json(text, &mut found);
    found
}

fn csv(text: &str) -> Found {
    let mut found = Found::default();
    read_csv(text, &mut found);
    found
}

fn said(faults: &[FileFault]) -> Vec<(u64, &str)> {
    faults.iter().map(|fault| (fault.line, fault.field.as_str())).collect()
}

/// The catalogue of the demo: every kind of product, of term and of audience.
fn sample() -> Catalog {
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let accounts = DemoAccounts {
        acme: AccountId::from_value(1),
        globex: AccountId::from_value(2),
        initech: AccountId::from_value(3),
    };
    catalog(now, &accounts).unwrap()
}

fn exported(sample: &Catalog) -> String {
    let prefix = |id: SellerId| sample.sellers.iter().find(|seller| seller.id == id).unwrap().invoice_prefix.clone();
    let code = |id: ProductId| sample.products.iter().find(|product| product.id == id).unwrap().code.clone();
    let file = CatalogRecord {
        sellers: records(&sample.sellers),
        products: sample.products.iter().map(|p| ProductRecord::new(p, &prefix(p.seller))).collect(),
        offers: sample.offers.iter().map(|offer| OfferRecord::new(offer, &code(offer.product))).collect(),
    };
    serde_json::to_string_pretty(&file).unwrap()
}

fn read_back(terms: &Value) -> Result<Terms, Vec<String>> {
    let Value::Object(given) = terms.clone() else { panic!("no object") };
    let mut members = Members::new(given);
    let read = read_terms(&mut members);
    match members.finish() {
        Ok(()) => Ok(read.unwrap()),
        Err(faults) => Err(faults.into_iter().map(|fault| fault.pointer).collect()),
    }
}

#[test]
fn what_is_exported_is_read_back_as_it_was() {
    let sample = sample();
    let found = json(&exported(&sample));
    assert_eq!(found.faults, []);
    let (mut sellers, mut products, mut offers) = (Vec::new(), Vec::new(), Vec::new());
    for (_, record) in found.records {
        match record {
            Record::Seller(seller) => sellers.push(*seller),
            Record::Product(product) => products.push(*product),
            Record::Offer(offer) => offers.push(*offer),
        }
    }
    for (read, seller) in sellers.iter_mut().zip(&sample.sellers) {
        read.id = seller.id;
    }
    assert_eq!(sellers, sample.sellers);
    let products: Vec<_> =
        products.into_iter().zip(&sample.products).map(|(read, was)| read.identified(was.id, was.seller)).collect();
    assert_eq!(products, sample.products);
    let offers: Vec<Offer> = offers
        .into_iter()
        .zip(&sample.offers)
        .map(|(read, was)| Offer {
            id: read.id,
            name: read.name,
            visibility: read.visibility,
            availability_end_date: read.availability_end_date,
            state: read.state,
            terms: read.terms,
            ..was.clone()
        })
        .collect();
    assert_eq!(offers, sample.offers);
}

#[test]
fn every_pricing_model_survives_its_json_form() {
    let mut models: Vec<PricingModel> = Vec::new();
    for offer in sample().offers {
        let written = serde_json::to_value(TermsRecord::from(&offer.terms)).unwrap();
        assert_eq!(read_back(&written), Ok(offer.terms.clone()), "{written}");
        models.push(offer.pricing_model());
    }
    for model in [Byol, Contract, ContractWithUsage, Fps, Free, FreeTrial, Usage] {
        assert!(models.contains(&model), "{model:?}");
    }
}

#[test]
fn terms_that_do_not_fit_are_refused_at_their_place() {
    let price = json!({ "amount": "10.00", "currency": "USD" });
    let cases = [
        (json!({}), vec![""]),
        (json!({ "fixed_upfront": { "months": 12 } }), vec!["/fixed_upfront/price"]),
        (
            json!({ "recurring": { "amount": "1.001", "currency": "USD" }, "validity_months": 1 }),
            vec!["/recurring/amount"],
        ),
        (json!({ "recurring": price, "validity_months": "a" }), vec!["/validity_months"]),
        (json!({ "usage_rates": [{ "dimension": "a", "unit": "b", "price": "1" }] }), vec!["/currency"]),
        (json!({ "fixed_upfront": { "months": 1, "price": price }, "pricing_model": "free" }), vec!["/pricing_model"]),
        (json!({ "fixed_upfront": { "months": 1, "price": price }, "currency": "EUR" }), vec!["/currency"]),
        (
            json!({ "fixed_upfront": { "months": 1, "price": { "amount": 10, "currency": "USD" } } }),
            vec!["/fixed_upfront/price/amount"],
        ),
        (json!({ "byol": true, "colour": "red" }), vec!["/colour"]),
    ];
    for (terms, pointers) in cases {
        let refused = read_back(&terms).unwrap_err();
        assert!(pointers.iter().all(|pointer| refused.iter().any(|found| found == pointer)), "{terms}: {refused:?}");
    }
}

#[test]
fn what_is_no_currency_has_the_name_that_the_rules_give_it() {
    let part =
        |currency: &str| json!({ "charge_date": "2027-03-01", "amount": { "amount": "1.00", "currency": currency } });
    let fixed = json!({ "months": 12, "price": { "amount": "0", "currency": "USD" } });
    for wrong in [vec![part("DOLLARS")], vec![part("USD"), part("EUR")]] {
        let offer =
            json!({ "key": "k", "product": "p", "name": "n", "terms": { "fixed_upfront": fixed, "schedule": wrong } });
        let found = json(&json!({ "offers": [offer] }).to_string());
        assert!(found.faults[0].detail.starts_with("INVALID_CURRENCY_CODE: "), "{:?}", found.faults);
    }
}

#[test]
fn every_error_of_a_file_has_its_line() {
    let text = "{\n \"products\": [\n  {\"code\": \"a\", \"name\": \"A\",\n   \"summary\": 7,\n   \"category\": \"c\", \"product_type\": \"tape\", \
                \"seller\": \"S-\"},\n  [],\n  {}\n ],\n \"offers\": [{\"key\": \"k\", \"product\": \"a\", \"name\": \"n\",\n  \"terms\": \
                {\"fixed_upfront\": {\"months\": 1,\n   \"price\": {\"amount\": \"x\",\n    \"currency\": \"USD\"}}}}]\n}";
    let found = json(text);
    assert_eq!(found.records.len(), 0);
    let said = said(&found.faults);
    for expected in [
        (4, "/products/0/summary"),
        (5, "/products/0/product_type"),
        (6, "/products/1"),
        (7, "/products/2/code"),
        (11, "/offers/0/terms/fixed_upfront/price/amount"),
    ] {
        assert!(said.contains(&expected), "{expected:?} is not in {said:?}");
    }
}

#[test]
fn a_member_that_stands_twice_is_told_on_the_line_of_the_second() {
    let text = "{\"offers\": [{\"key\": \"k\", \"product\": \"a\", \"name\": \"n\",\n \"terms\": {\"trial_days\": 7,\n  \
                \"trial_days\": 70}}]}";
    let found = json(text);
    assert_eq!((found.records.len(), said(&found.faults)), (0, vec![(3, "/offers/0/terms/trial_days")]));
}

#[test]
fn what_is_no_catalogue_is_refused_with_its_place() {
    for (text, line, part) in [
        ("", 1, "EOF"),
        ("[]", 1, "an object with sellers"),
        ("{\n\"prducts\": []}", 2, "unknown here"),
        ("{\"products\": [],\n \"products\": []}", 2, "stands twice"),
        ("{\"products\": [{}\n", 2, "EOF"),
        ("{} {}", 1, "trailing"),
    ] {
        let faults = json(text).faults;
        let last = faults.last().unwrap();
        assert!(last.line == line && last.detail.contains(part), "{text}: {last}");
    }
}

#[test]
fn the_same_key_is_the_same_offer_and_an_identifier_is_itself() {
    let id = |key: &str, product: &str| {
        let text = json!({ "offers": [{ "key": key, "product": product, "name": "n", "terms": { "byol": true } }] });
        match &json(&text.to_string()).records[0].1 {
            Record::Offer(offer) => offer.id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(id("standard", "gate"), id(" standard", "GATE"));
    assert_ne!(id("standard", "gate"), id("standard", "gates"));
    assert_ne!(id("standard", "gate"), id("standards", "gate"));
    let known = OfferId::from_value(7);
    assert_eq!(id(&known.to_string(), "gate"), known);
}

#[test]
fn a_record_that_nobody_can_read_says_why() {
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let text = format!("{{\"offers\": [\n{deep},\n{{\"key\": 1e999}},\n[]]}}");
    let found = json(&text);
    let parts = ["recursion limit", "out of range", "an object is expected"];
    assert_eq!(said(&found.faults), [(2, "/offers/0"), (3, "/offers/1"), (4, "/offers/2")]);
    for (fault, part) in found.faults.iter().zip(parts) {
        assert!(fault.detail.contains(part), "{fault}");
    }
}

#[test]
fn a_pointer_leads_to_its_line() {
    let text = "{\n\"a\": [1,\n 2,\n {\"b~/c\":\n 3}]}";
    for (pointer, line) in [("", 1), ("/a", 2), ("/a/1", 3), ("/a/2/b~0~1c", 5), ("/a/2/missing", 4)] {
        assert_eq!(line_of(text, pointer), Some(line), "{pointer}");
    }
}

const HEAD: &str =
    "code,name,summary,category,product_type,seller,offer,pricing,price,currency,months,unit,trial_days\n";

#[test]
fn simple_products_come_from_a_spreadsheet() {
    let rows = "gate-1,Gate,\"Keeps, what is out\",Security,saas,S-,Standard,fixed,1200.00,USD,12,,\n\
                gate-2,Gate,Keeps out,Security,saas,S-,Monthly,monthly,100,USD,12,,\n\
                gate-3,Gate,Keeps out,Security,ami,S-,By use,usage,0.005,USD,,scan,\n\
                gate-4,Gate,Keeps out,Security,saas,S-,Free,free,,,12,,\n\
                gate-5,Gate,Keeps out,Security,ami,S-,Own licence,byol,,,,,\n\
                gate-6,Gate,Keeps out,Security,saas,S-,Try,trial,,,,,30\n";
    let found = csv(&format!("{HEAD}{rows}"));
    assert_eq!(found.faults, []);
    assert_eq!(found.records.len(), 12);
    let models: Vec<PricingModel> = found
        .records
        .iter()
        .filter_map(|(_, record)| match record {
            Record::Offer(offer) => Some(offer.terms.pricing_model()),
            _ => None,
        })
        .collect();
    assert_eq!(models, [Contract, Contract, Usage, Free, Byol, FreeTrial]);
}

#[test]
fn a_spreadsheet_may_have_the_words_that_pages_show() {
    let head = "Code,Name,Summary,Category,Product type,SELLER,Offer,Pricing,Price,Currency,Months,Unit,Trial days\n";
    let rows = "gate-1,Gate,Keeps out,Security,SaaS,S-,Standard,Contract,1200.00,USD,12,,\n\
                gate-2,Gate,Keeps out,Security,AMI,S-,By use,Pay as you go,0.005,USD,,scan,\n\
                gate-3,Gate,Keeps out,Security,Professional services,S-,Own,Bring your own licence,,,,,\n\
                gate-4,Gate,Keeps out,Security,Container,S-,Try,Free trial,,,,,30\n";
    let found = csv(&format!("{head}{rows}"));
    assert_eq!(found.faults, []);
    assert_eq!(found.records.len(), 8);
    let wrong = format!("{}{}", head.replace("Summary", "Sumary"), "");
    let faults = csv(&wrong).faults;
    assert!(faults.iter().any(|fault| fault.detail.contains("did you mean \"summary\"?")), "{faults:?}");
    let row = "gate-1,Gate,Keeps out,Security,Sas,S-,Standard,fixd,12.x,USD,a year,,\n";
    let faults = csv(&format!("{HEAD}{row}")).faults;
    let details: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    assert!(
        details.contains(&"\"Sas\" is not one of saas, ami, container, professional_services; did you mean \"saas\"?")
    );
    assert!(details.iter().any(|detail| detail.ends_with("did you mean \"fixed\"?")), "{details:?}");
    let schedule = csv(&format!("{HEAD}{}", row.replace("fixd", "Flexible payment schedule"))).faults;
    assert!(schedule.iter().any(|fault| fault.detail.contains("import the offer as JSON")), "{schedule:?}");
}

#[test]
fn a_file_may_have_the_words_that_pages_show_and_a_wrong_name_is_said_with_the_nearest() {
    let file = json!({ "products": [
        { "code": "g", "name": "G", "summary": "s", "category": "c", "product_type": "SaaS", "seller": "S-" },
        { "code": "h", "name": "H", "summary": "s", "categroy": "c", "product_type": 7, "seller": "S-" },
    ] });
    let found = json(&file.to_string());
    assert_eq!(found.records.len(), 1);
    let details: Vec<&str> = found.faults.iter().map(|fault| fault.detail.as_str()).collect();
    assert!(details.contains(&"a text is expected, not 7"), "{details:?}");
    assert!(details.iter().any(|detail| detail.ends_with("did you mean \"category\"?")), "{details:?}");
    let lists = json(r#"{"ofers": []}"#).faults;
    assert!(lists[0].detail.contains("did you mean \"offers\"?"), "{lists:?}");
}

#[test]
fn what_is_wrong_in_a_spreadsheet_is_said_with_line_and_column() {
    let rows = "gate 1,,s,c,saas,S-,o,fixed,x,USD,twelve,,\n\
                gate-2,n,s,c,saas,S-,,barter,,,,,\n\
                gate-3,n,s\n\
                gate-4,n,s,c,saas,S-,o,usage,1,,,,\n\
                gate-5,n,s,c,saas,S-,o,free,10.00,USD,12,,\n\
                gate-6,n,s,c,saas,S-,o,byol,0.00,USD,12,scan,30\n";
    let found = csv(&format!("{HEAD}{rows}"));
    assert_eq!(found.records.len(), 0);
    let said = said(&found.faults);
    for expected in [(2, "name"), (2, "price"), (2, "months"), (3, "pricing"), (4, ""), (5, "unit"), (5, "currency")] {
        assert!(said.contains(&expected), "{expected:?} is not in {said:?}");
    }
    let lost: Vec<_> = said.iter().filter(|(line, _)| *line > 5).collect();
    assert_eq!(lost, [&(6, "price"), &(7, "unit"), &(7, "trial_days")], "a price of nothing is none");
    let empty = csv(&format!("{HEAD},,,,,,,,,,,,\n\n , ,,,,,,,,,,,\n"));
    assert_eq!((empty.records.len(), empty.faults.len()), (0, 0), "{:?}", empty.faults);
    let semicolons = csv(&HEAD.replace(',', ";"));
    assert!(semicolons.faults.len() == 1 && semicolons.faults[0].detail.contains("commas"), "{:?}", semicolons.faults);
    let wrong_head = csv("code,colour,code\n");
    assert!(wrong_head.faults.iter().any(|fault| fault.field == "colour"));
    assert!(wrong_head.faults.iter().any(|fault| fault.detail.contains("twice")));
}

#[test]
fn what_the_rules_say_about_an_offer_stands_at_its_column() {
    let text = format!("{HEAD}gate-1,Gate,Keeps out,Security,saas,S-,Standard,fixed,1200.00,USD,500,,\n");
    let found = csv(&text);
    let (place, record) = found.records.iter().find(|(_, record)| matches!(record, Record::Offer(_))).unwrap();
    let Record::Offer(offer) = record else { panic!("{record:?}") };
    let fault = offer.terms.faults().remove(0);
    let said = place.fault(&text, record, &fault.field, fault.detail);
    assert_eq!((said.line, said.field.as_str()), (2, "months"), "{said}");
    for (field, column) in [
        ("terms", "pricing"),
        ("terms/recurring/amount", "price"),
        ("name", "offer"),
        ("product", "code"),
        ("key", "code"),
    ] {
        assert_eq!(place.fault(&text, record, field, String::new()).field, column);
    }
}

/// Every kind of object in a file, each in a file that says nothing else wrong.
fn objects(of: &Value) -> Vec<(&'static str, Value)> {
    let seller = |member: &str| json!({ "sellers": [{ member: of }] });
    let offer = |terms: Value| json!({ "offers": [{ "terms": terms }] });
    vec![
        ("CatalogSeller", json!({ "sellers": [of] })),
        ("Address", seller("address")),
        ("RemitTo", seller("remit_to")),
        ("TaxRule", json!({ "sellers": [{ "tax_rules": [of] }] })),
        ("CatalogProduct", json!({ "products": [of] })),
        ("CatalogOffer", json!({ "offers": [of] })),
        ("Terms", offer(of.clone())),
        ("FixedUpfront", offer(json!({ "fixed_upfront": of }))),
        ("DurationChoice", offer(json!({ "choices": [of] }))),
        ("DimensionPrice", offer(json!({ "choices": [{ "dimensions": [of] }] }))),
        ("Installment", offer(json!({ "schedule": [of] }))),
        ("Money", offer(json!({ "schedule": [{ "amount": of }] }))),
        ("UsageRate", offer(json!({ "usage_rates": [of] }))),
        ("LegalDocument", offer(json!({ "legal_documents": [of] }))),
    ]
}

#[test]
fn the_schema_names_what_the_reader_knows() {
    let schema = schema();
    let objects = objects(&json!({ "no such member": 1 }));
    let mut described: Vec<&str> = objects.iter().map(|(name, _)| *name).collect();
    described.sort_unstable();
    let definitions: Vec<&str> = schema["$defs"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(described, definitions, "every definition is compared with its reader");
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names
    };
    for (definition, file) in objects {
        let faults = json(&file.to_string()).faults;
        let unknown = faults.iter().find(|fault| fault.field.ends_with("/no such member")).unwrap();
        let place = unknown.field.strip_suffix("no such member").unwrap();
        let here = |fault: &&FileFault| fault.field.strip_prefix(place).is_some_and(|rest| !rest.contains('/'));
        let missing = faults.iter().filter(here).filter(|fault| fault.detail == "is missing");
        let missing = missing.map(|fault| fault.field.replace(place, "")).collect();
        let described = &schema["$defs"][definition];
        let texts = |list: &Value| {
            list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(sorted(missing), sorted(texts(&described["required"])), "{definition}");
        let known = unknown.detail.split("known are ").nth(1).unwrap();
        let properties = described["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(sorted(known.split(", ").map(str::to_owned).collect()), sorted(properties), "{definition}");
        assert_eq!(described["additionalProperties"], false, "{definition}");
    }
}

#[test]
fn the_schema_lists_the_words_that_the_reader_takes() {
    let schema = schema();
    let words = |definition: &str, member: &str| -> Vec<String> {
        let listed = schema["$defs"][definition]["properties"][member]["enum"].as_array().unwrap();
        listed.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let wrong = json!({
        "products": [{ "product_type": "tape" }],
        "offers": [{ "state": "sold", "terms": { "pricing_model": "barter" } }],
    });
    let faults = json(&wrong.to_string()).faults;
    for (definition, member) in
        [("CatalogProduct", "product_type"), ("CatalogOffer", "state"), ("Terms", "pricing_model")]
    {
        let fault = faults.iter().find(|fault| fault.field.ends_with(member)).unwrap();
        let listed = format!("is not one of {}", words(definition, member).join(", "));
        assert!(fault.detail.contains(&listed), "{definition}: {fault}");
    }
}

fn testdata(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/catalog").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_examples_are_read_and_the_schema_beside_them_is_the_one_that_is_printed() {
    let full = json(&testdata("full.json"));
    assert_eq!((full.faults, full.records.len()), (vec![], 5));
    let simple = csv(&testdata("simple.csv"));
    assert_eq!((simple.faults, simple.records.len()), (vec![], 12));
    let kept: Value = serde_json::from_str(&testdata("catalog.schema.json")).unwrap();
    assert_eq!(kept, schema(), "write it anew: marketgate export --schema > testdata/catalog/catalog.schema.json");
}
