//! From the domain to a file and back: nothing is lost, whatever the records hold.

use jiff::civil::{Date, date};
use marketgate_domain::address::{CountryCode, PostalAddress};
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use marketgate_domain::terms::{DimensionPrice, DurationChoice, Installment, LegalDocument, Term, Terms, UsageRate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::file::{CatalogRecord, FileFault, Place, Record, Sink, read_json};
use super::offer::OfferRecord;
use super::product::ProductRecord;
use super::seller::SellerRecord;

const CURRENCIES: [Currency; 3] = [Currency::USD, Currency::EUR, Currency::JPY];

/// Also quotes, line ends, tabs and what is no ASCII.
fn words() -> impl Strategy<Value = String> {
    "[ -~\n\t\u{e4}\u{4e2d}\u{1f4a1}]{1,24}"
}

fn money(currency: Currency) -> impl Strategy<Value = Money> {
    (0..10_000_000_000_i64)
        .prop_map(move |units| Money::new(Decimal::new(units, currency.decimals()), currency).unwrap())
}

fn day() -> impl Strategy<Value = Date> {
    (0..3_000_u32).prop_map(|days| marketgate_domain::day::plus_days(date(2027, 1, 1), days))
}

fn country() -> impl Strategy<Value = CountryCode> {
    "[A-Z]{2}".prop_map(|code| code.try_into().unwrap())
}

fn rates() -> impl Strategy<Value = Vec<UsageRate>> {
    let rate = (words(), words(), 0..1_000_000_i64, 0..10_u32);
    let rate = rate.prop_map(|(dimension, unit, units, scale)| UsageRate {
        dimension,
        unit,
        price: Decimal::new(units, scale),
    });
    vec(rate, 1..3)
}

fn choices(currency: Currency) -> impl Strategy<Value = Vec<DurationChoice>> {
    let price = (words(), words(), money(currency));
    let price = price.prop_map(|(dimension, unit, price)| DimensionPrice { dimension, unit, price });
    let choice = (1..120_u32, vec(price, 1..4));
    vec(choice.prop_map(|(months, dimensions)| DurationChoice { months, dimensions }), 1..3)
}

/// What is paid, by itself or with usage where they go together.
fn pricing(currency: Currency) -> impl Strategy<Value = Vec<Term>> {
    let fixed = move |price| {
        (0..120_u32, price, vec(words(), 0..3)).prop_map(|(months, price, grants)| Term::FixedUpfrontPricing {
            months,
            price,
            grants,
        })
    };
    let usage = move || rates().prop_map(move |rates| Term::UsageBasedPricing { currency, rates });
    let upfront = prop_oneof![
        fixed(money(currency).boxed()).prop_map(|term| vec![term]),
        choices(currency).prop_map(|choices| vec![Term::ConfigurableUpfrontPricing { choices }]),
        (money(currency), 1..120_u32)
            .prop_map(|(price, months)| vec![Term::RecurringPayment { price }, Term::Validity { months }]),
        Just(vec![Term::Byol]),
        (1..365_u32).prop_map(|days| vec![Term::FreeTrial { days }]),
    ];
    let scheduled =
        (fixed(Just(Money::zero(currency)).boxed()), proptest::collection::btree_map(day(), money(currency), 1..5));
    let scheduled = scheduled.prop_map(|(fixed, parts)| {
        let installments = parts.into_iter().map(|(charge_date, amount)| Installment { charge_date, amount });
        vec![fixed, Term::PaymentSchedule { installments: installments.collect() }]
    });
    prop_oneof![
        (upfront, option::of(usage())).prop_map(|(upfront, usage)| upfront.into_iter().chain(usage).collect()),
        usage().prop_map(|usage| vec![usage]),
        scheduled,
    ]
}

/// The terms around the price.
fn conditions() -> impl Strategy<Value = Vec<Term>> {
    let document = (words(), words(), words());
    let document = document.prop_map(|(title, version, text)| LegalDocument { title, version, text });
    (option::of(any::<bool>()), option::of(words()), vec(document, 0..3), option::of(0..365_u32)).prop_map(
        |(renewal, refund, documents, net)| {
            let renewal = renewal.map(|auto_renew| Term::Renewal { auto_renew });
            let refund = refund.map(|refund_policy| Term::Support { refund_policy });
            let net = net.map(|days| Term::NetPayment { days });
            [renewal, refund, Some(Term::Legal { documents }), net].into_iter().flatten().collect()
        },
    )
}

fn terms() -> impl Strategy<Value = Terms> {
    let pricing = (0..CURRENCIES.len()).prop_flat_map(|n| pricing(CURRENCIES[n]));
    (pricing, conditions())
        .prop_map(|(pricing, conditions)| Terms::new(pricing.into_iter().chain(conditions).collect()).unwrap())
}

fn seller() -> impl Strategy<Value = Seller> {
    let address = (vec(words(), 1..3), words(), option::of(words()), option::of(words()), country());
    let address = address.prop_map(|(street, city, state, postal_code, country)| PostalAddress {
        street,
        city,
        state,
        postal_code,
        country,
    });
    let rule = (option::of(country()), words(), 0..100_000_i64, words());
    let rule = rule.prop_map(|(buyer_country, category, rate, description)| TaxRule {
        buyer_country,
        category,
        rate_percent: Decimal::new(rate, 3),
        description,
    });
    let names = (words(), words(), words(), "[a-z]{1,9}@[a-z]{1,9}\\.example");
    let account = (option::of(words()), option::of(words()), option::of(words()));
    (names, address, account, 0..365_u32, vec(rule, 0..3)).prop_map(
        |((name, legal_name, invoice_prefix, contact), address, (tax_id, code, bank_reference), days, tax_rules)| {
            Seller {
                id: SellerId::from_value(1),
                name,
                legal_name,
                address,
                tax_id,
                remit_to: RemitTo { code, bank_reference },
                invoice_prefix,
                contact: contact.parse().unwrap(),
                payment_terms_days: days,
                tax_rules,
            }
        },
    )
}

fn product() -> impl Strategy<Value = Product> {
    let texts = (words(), words(), words(), words(), words());
    ("[A-Za-z0-9-]{1,40}", 0..ProductType::ALL.len(), texts).prop_map(
        |(code, product_type, (name, summary, description, category, setup))| Product {
            id: ProductId::from_value(2),
            code,
            name,
            summary,
            description,
            category,
            product_type: ProductType::ALL[product_type],
            seller: SellerId::from_value(1),
            setup,
        },
    )
}

fn offer() -> impl Strategy<Value = Offer> {
    let states = [OfferState::Draft, OfferState::Released, OfferState::Expired, OfferState::Withdrawn];
    let accounts = vec(any::<u128>().prop_map(AccountId::from_value), 0..3);
    (any::<u128>(), words(), accounts, option::of(day()), 0..states.len(), terms()).prop_map(
        move |(id, name, accounts, availability_end_date, state, terms)| Offer {
            id: OfferId::from_value(id),
            product: ProductId::from_value(2),
            seller: SellerId::from_value(1),
            name,
            visibility: if accounts.is_empty() { Visibility::Public } else { Visibility::Private { accounts } },
            revision: 1,
            availability_end_date,
            terms,
            state: states[state],
            released_at: jiff::Timestamp::UNIX_EPOCH,
        },
    )
}

#[derive(Default)]
struct Read(Vec<Record>);

impl Sink for Read {
    fn record(&mut self, _place: Place, record: Record) {
        self.0.push(record);
    }

    fn fault(&mut self, fault: FileFault) {
        panic!("{fault}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_as_it_was(seller in seller(), product in product(), offer in offer(), pretty in any::<bool>()) {
        let file = CatalogRecord {
            sellers: vec![SellerRecord::from(&seller)],
            products: vec![ProductRecord::new(&product, &seller.invoice_prefix)],
            offers: vec![OfferRecord::new(&offer, &product.code)],
        };
        let text = if pretty { serde_json::to_string_pretty(&file) } else { serde_json::to_string(&file) }.unwrap();
        let mut read = Read::default();
        read_json(&text, &mut read);
        let [Record::Seller(found_seller), Record::Product(found_product), Record::Offer(found_offer)] = read.0.as_slice() else {
            panic!("{:?}", read.0);
        };
        prop_assert_eq!(Seller { id: seller.id, ..(**found_seller).clone() }, seller.clone());
        prop_assert_eq!(&found_product.seller, &seller.invoice_prefix);
        prop_assert_eq!((**found_product).clone().identified(product.id, product.seller), product.clone());
        prop_assert_eq!(&found_offer.product, &product.code);
        let found = Offer {
            id: found_offer.id,
            name: found_offer.name.clone(),
            visibility: found_offer.visibility.clone(),
            availability_end_date: found_offer.availability_end_date,
            terms: found_offer.terms.clone(),
            state: found_offer.state,
            ..offer.clone()
        };
        prop_assert_eq!(found, offer);
    }
}
