//! The sample catalogue is complete, can be released on any day, and covers every kind of product and price.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use marketgate_domain::classification::{UnitOfMeasure, Unspsc};
use marketgate_domain::connection::{LineSettings, LineStyle};
use marketgate_domain::invoice;
use marketgate_domain::quote::{self, QuoteRules, Selection};
use marketgate_domain::refusal::Refusal;
use marketgate_domain::terms::PricingModel;

use super::*;

const ACCOUNTS: DemoAccounts = DemoAccounts {
    acme: AccountId::from_value(1),
    globex: AccountId::from_value(2),
    initech: AccountId::from_value(3),
};

const MODELS: [PricingModel; 7] = [
    PricingModel::Contract,
    PricingModel::Fps,
    PricingModel::Usage,
    PricingModel::Free,
    PricingModel::Byol,
    PricingModel::FreeTrial,
    PricingModel::ContractWithUsage,
];

const SMALL: &str = r#"
[[sellers]]
key = "one"
name = "One"
legal_name = "One Ltd"
address = { street = ["1 Sample Street"], city = "Sample", country = "US" }
invoice_prefix = "ONE"
contact = "one@one.example"
payment_terms_days = 30
tax_rules = []
licence = { title = "Licence", version = "1", text = "Be fair." }

[[products]]
code = "ONE-1"
seller = "one"
name = "First"
product_type = "SaaS"
category = "Samples"
summary = "A sample."
description = ["A sample.", "Nothing else."]
setup = "None."

[[products.offers]]
name = "Standard"
currency = "USD"
fixed = { months = 12, price = "100.00", grants = [] }
"#;

/// Lines of the small catalogue that tests replace.
const CURRENCY: &str = "currency = \"USD\"";
const PRICE: &str = "fixed = { months = 12, price = \"100.00\", grants = [] }";

fn now() -> Timestamp {
    "2026-12-01T10:00:00Z".parse().unwrap()
}

fn sample() -> Catalog {
    catalog(now(), &ACCOUNTS).unwrap()
}

/// The small catalogue with one text replaced.
fn changed(from: &str, to: &str) -> Result<Catalog, CatalogError> {
    assert!(SMALL.contains(from), "{from:?} is in the small catalogue");
    build(&toml::from_str(&SMALL.replace(from, to))?, now(), &ACCOUNTS)
}

fn product_of<'a>(catalog: &'a Catalog, offer: &Offer) -> &'a Product {
    catalog.products.iter().find(|product| product.id == offer.product).unwrap()
}

fn all_distinct<T: std::hash::Hash + Eq>(values: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

#[test]
fn there_is_something_of_every_type_and_every_pricing_model() {
    let catalog = sample();
    assert_eq!(catalog.sellers.len(), 3);
    assert!(catalog.products.len() >= 27, "{} products", catalog.products.len());
    for (product_type, least) in [
        (ProductType::SaaS, 12),
        (ProductType::Ami, 4),
        (ProductType::Container, 4),
        (ProductType::ProfessionalServices, 3),
    ] {
        let count = catalog.products.iter().filter(|product| product.product_type == product_type).count();
        assert!(count >= least, "{count} of {product_type:?}");
    }
    for model in MODELS {
        let has = |product_type| {
            let of_model = |offer: &&Offer| offer.pricing_model() == model;
            catalog.offers.iter().filter(of_model).any(|offer| product_of(&catalog, offer).product_type == product_type)
        };
        assert!(has(ProductType::SaaS), "SaaS has {model:?}");
        if matches!(model, PricingModel::Usage | PricingModel::Free | PricingModel::Byol | PricingModel::Contract) {
            assert!(has(ProductType::Ami) && has(ProductType::Container), "images have {model:?}");
        }
    }
}

#[test]
fn contracts_are_fixed_configurable_or_monthly() {
    let catalog = sample();
    let any = |has: fn(&Terms) -> bool| catalog.offers.iter().any(|offer| has(&offer.terms));
    assert!(any(|terms| terms.fixed_upfront().is_some_and(|(_, price)| !price.is_zero())));
    assert!(any(|terms| terms.recurring().is_some()));
    assert!(any(|terms| terms.choices().is_some_and(|choices| choices.len() > 1)));
    assert!(any(|terms| terms.choices().into_iter().flatten().any(|choice| choice.dimensions.len() > 1)));
}

#[test]
fn every_product_has_an_offer_and_a_seller() {
    let catalog = sample();
    for product in &catalog.products {
        assert!(catalog.sellers.iter().any(|seller| seller.id == product.seller), "{}", product.code);
        assert!(
            catalog.offers.iter().any(|offer| offer.product == product.id && !offer.is_private()),
            "{}",
            product.code
        );
    }
    for seller in &catalog.sellers {
        assert!(catalog.products.iter().any(|product| product.seller == seller.id), "{}", seller.name);
    }
}

#[test]
fn codes_are_unique_and_clean() {
    let catalog = sample();
    assert!(all_distinct(catalog.products.iter().map(|product| &product.code)));
    for Product { code, .. } in &catalog.products {
        let clean = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        assert!(clean && (1..=40).contains(&code.len()), "{code}");
    }
}

#[test]
fn identifiers_are_unique_and_the_same_at_every_seed() {
    let (today, later) = (sample(), catalog("2027-05-05T00:00:00Z".parse().unwrap(), &ACCOUNTS).unwrap());
    assert!(all_distinct(today.offers.iter().map(|offer| offer.id)));
    let offers =
        |catalog: &Catalog| catalog.offers.iter().map(|o| (o.id, o.product, o.name.clone())).collect::<Vec<_>>();
    assert_eq!(offers(&today), offers(&later));
    assert_eq!((&today.products, &today.sellers), (&later.products, &later.sellers));
    assert_eq!(today.products[0].id, ProductId::from_value(1));
}

#[test]
fn private_offers_have_a_target_and_a_last_day_and_public_ones_have_neither() {
    let catalog = sample();
    for offer in &catalog.offers {
        match &offer.visibility {
            Visibility::Public => assert_eq!(offer.availability_end_date, None, "{}", offer.name),
            Visibility::Private { accounts } => {
                assert!(!accounts.is_empty(), "{}", offer.name);
                assert!(offer.availability_end_date.is_some(), "{}", offer.name);
            }
        }
    }
    let private = |account| catalog.offers.iter().filter(|o| o.is_private() && o.is_visible_to(account)).count();
    assert_eq!((private(ACCOUNTS.acme), private(ACCOUNTS.globex), private(ACCOUNTS.initech)), (2, 1, 0));
}

#[test]
fn exactly_one_offer_lapses_within_three_days_and_it_is_acmes() {
    let catalog = sample();
    let soon: Vec<&Offer> = catalog
        .offers
        .iter()
        .filter(|o| o.availability_end_date.is_some_and(|last| last <= date(2026, 12, 4)))
        .collect();
    assert_eq!(soon.len(), 1);
    assert_eq!(soon[0].availability_end_date, Some(date(2026, 12, 3)));
    assert!(soon[0].is_visible_to(ACCOUNTS.acme));
}

#[test]
fn acmes_payment_schedule_is_four_quarters_of_a_hundred_and_twenty_thousand() {
    let catalog = sample();
    let offer = catalog.offers.iter().find(|offer| offer.pricing_model() == PricingModel::Fps).unwrap();
    assert!(offer.is_private() && offer.is_visible_to(ACCOUNTS.acme));
    let schedule = offer.terms.schedule().unwrap();
    let days: Vec<Date> = schedule.iter().map(|installment| installment.charge_date).collect();
    assert_eq!(days, [date(2026, 12, 1), date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)]);
    let total = Money::sum(Currency::USD, schedule.iter().map(|installment| installment.amount)).unwrap();
    assert_eq!(total.to_string(), "120,000.00 USD");
    assert_eq!(offer.terms.fixed_upfront().map(|(months, _)| months), Some(12));
}

#[test]
fn dollars_euros_and_yen_are_asked() {
    let catalog = sample();
    for currency in [Currency::USD, Currency::EUR, Currency::JPY] {
        assert!(catalog.offers.iter().any(|offer| offer.terms.currency() == currency), "{currency}");
    }
}

#[test]
fn one_seller_charges_german_buyers_nineteen_per_cent() {
    let catalog = sample();
    let german = |rule: &&TaxRule| rule.buyer_country.as_ref().is_some_and(|country| country.as_str() == "DE");
    let rates: Vec<String> = catalog
        .sellers
        .iter()
        .flat_map(|s| &s.tax_rules)
        .filter(german)
        .map(|rule| rule.rate_percent.to_string())
        .collect();
    assert_eq!(rates, ["19"]);
}

#[test]
fn invoice_prefixes_differ_and_leave_room_for_the_count() {
    let catalog = sample();
    assert!(all_distinct(catalog.sellers.iter().map(|seller| &seller.invoice_prefix)));
    for seller in &catalog.sellers {
        assert!(invoice::number(&seller.invoice_prefix, u64::MAX).len() <= invoice::LONGEST_NUMBER, "{}", seller.name);
    }
}

#[test]
fn every_text_is_there() {
    let catalog = sample();
    for Product { code, summary, description, setup, category, .. } in &catalog.products {
        assert!(summary.ends_with('.') && summary.matches(". ").count() == 0, "{code}: one sentence");
        assert_eq!(description.split("\n\n").count(), 2, "{code}: two paragraphs");
        assert!(!setup.is_empty() && !category.is_empty(), "{code}");
    }
    for offer in &catalog.offers {
        let [document] = offer.terms.legal_documents() else { panic!("{}: one licence", offer.name) };
        assert!(!document.version.is_empty() && document.text.lines().count() >= 3, "{}", offer.name);
    }
}

#[test]
fn what_procurement_supports_can_be_quoted_and_nothing_else() {
    let catalog = sample();
    let settings = LineSettings {
        style: LineStyle::Classified,
        unit: UnitOfMeasure::each(),
        service_unspsc: Unspsc::service(),
        material_unspsc: Unspsc::material(),
    };
    let blanket = |amount: i64, currency| Money::new(amount.into(), currency).unwrap();
    let blanket_values =
        vec![blanket(10_000, Currency::USD), blanket(10_000, Currency::EUR), blanket(1_000_000, Currency::JPY)];
    let rules = QuoteRules { blanket_values, validity_days: 90 };
    for offer in &catalog.offers {
        let product = product_of(&catalog, offer);
        let choice = offer.terms.choices().and_then(|choices| choices.last());
        let quantities = choice.iter().flat_map(|c| &c.dimensions).map(|d| (d.dimension.clone(), 3)).collect();
        let selection = Selection { months: choice.map(|c| c.months), quantities, estimate: None };
        let image = matches!(product.product_type, ProductType::Ami | ProductType::Container);
        let unsupported =
            product.product_type == ProductType::ProfessionalServices || (image && offer.pricing_model().is_contract());
        match quote::quote(offer, product, selection, &settings, &rules, now()) {
            Ok(_) => assert!(!unsupported, "{}: {}", product.code, offer.name),
            Err(Refusal::UnsupportedProduct { .. }) => assert!(unsupported, "{}: {}", product.code, offer.name),
            Err(other) => panic!("{}: {}: {other}", product.code, offer.name),
        }
    }
}

#[test]
fn the_catalogue_can_be_seeded_on_any_day_of_a_normal_and_of_a_leap_year() {
    let entries: Entries = toml::from_str(SOURCE).unwrap();
    let mut days = 0;
    for day in date(2027, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() <= 2028) {
        let late = day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        for now in [day::start(day), late] {
            build(&entries, now, &ACCOUNTS).unwrap_or_else(|error| panic!("{now}: {error}"));
        }
        days += 1;
    }
    assert_eq!(days, 365 + 366);
}

#[test]
fn a_small_catalogue_is_read() {
    let catalog = changed("Standard", "Plain").unwrap();
    assert_eq!((catalog.sellers.len(), catalog.products.len(), catalog.offers.len()), (1, 1, 1));
    assert_eq!(catalog.offers[0].name, "Plain");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = changed(CURRENCY, "currency = \"USD\"\nprize = \"1\"").unwrap_err();
    assert!(matches!(error, CatalogError::Unreadable(_)));
    assert!(error.to_string().contains("prize") && error.to_string().contains("line "), "{error}");
}

#[test]
fn an_unknown_seller_is_named() {
    let error = changed("seller = \"one\"", "seller = \"two\"").unwrap_err();
    assert_eq!(error.to_string(), "the product ONE-1 names the seller \"two\", which the demo catalogue does not have");
}

#[test]
fn an_offer_that_could_not_be_released_is_refused_by_name() {
    for (from, to) in [
        (CURRENCY, "currency = \"USD\"\nends_in_days = 5"),
        (CURRENCY, "currency = \"USD\"\nmonthly = { months = 12, price = \"1.00\" }"),
        (PRICE, ""),
        (PRICE, "schedule = { months = 1, grants = [], installments = [{ charge_in_months = 1, amount = \"1.00\" }] }"),
    ] {
        let error = changed(from, to).unwrap_err();
        assert!(matches!(error, CatalogError::InvalidOffer { ref offer, .. } if offer == "Standard"), "{to}: {error}");
    }
}

#[test]
fn an_amount_finer_than_the_currency_is_refused() {
    let error = changed(PRICE, "fixed = { months = 12, price = \"100.005\", grants = [] }").unwrap_err();
    assert!(matches!(error, CatalogError::WrongAmount { .. }), "{error}");
}
