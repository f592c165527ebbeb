//! The demo's sample marketplace, read from `config/demo-catalog.toml`.
//!
//! The file counts days from the day of the seed, so the same catalogue is fresh on any day: the private offer that lapses
//! soon always does so in two days, the first installment always falls due today. Identifiers follow from the position in
//! the file alone. Everything is checked as a seller's own entry would be: an offer that could not be released never comes
//! out of here.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use marketgate_domain::address::PostalAddress;
use marketgate_domain::day;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::money::{Currency, Money, MoneyError};
use marketgate_domain::offer::{Offer, OfferState, ReleaseError, Visibility};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use marketgate_domain::terms::{DimensionPrice, DurationChoice, Installment, LegalDocument, Term, Terms, UsageRate};

const SOURCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-catalog.toml"));

/// The sample marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// Sellers of record.
    pub sellers: Vec<Seller>,
    /// Products of every type.
    pub products: Vec<Product>,
    /// Public and private offers of every pricing model, all released.
    pub offers: Vec<Offer>,
}

/// The accounts that private offers are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoAccounts {
    /// The account of Acme Corporation, in the United States.
    pub acme: AccountId,
    /// The account of Globex GmbH, in Germany.
    pub globex: AccountId,
    /// The account of Initech KK, in Japan.
    pub initech: AccountId,
}

/// Why the catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Not TOML, or an entry that is unknown, missing or of the wrong kind; the text names the line.
    #[error("the demo catalogue cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A product names a seller that the file does not have.
    #[error("the product {product} names the seller \"{seller}\", which the demo catalogue does not have")]
    UnknownSeller {
        /// Code of the product.
        product: String,
        /// Key as written.
        seller: String,
    },
    /// An offer with an impossible amount, with terms that contradict each other, or that could not be released today.
    #[error("the demo catalogue's offer \"{offer}\" is not valid: {reason}")]
    InvalidOffer {
        /// Name of the offer.
        offer: String,
        /// What is wrong.
        reason: ReleaseError,
    },
    /// An amount that is not money of the offer's currency.
    #[error("the demo catalogue's offer \"{offer}\" has a wrong amount: {reason}")]
    WrongAmount {
        /// Name of the offer.
        offer: String,
        /// What is wrong.
        reason: MoneyError,
    },
}

/// The sample marketplace as seeded at that moment, business time.
///
/// # Errors
/// See [`CatalogError`]; each is a fault of the embedded file.
pub fn catalog(now: Timestamp, accounts: &DemoAccounts) -> Result<Catalog, CatalogError> {
    build(&toml::from_str(SOURCE)?, now, accounts)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    sellers: Vec<SellerEntry>,
    products: Vec<ProductEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SellerEntry {
    key: String,
    name: String,
    legal_name: String,
    address: PostalAddress,
    tax_id: Option<String>,
    remit_to_code: Option<String>,
    bank_reference: Option<String>,
    invoice_prefix: String,
    contact: EmailAddress,
    payment_terms_days: u32,
    tax_rules: Vec<TaxRule>,
    licence: LicenceEntry,
}

/// The document that every offer of the seller carries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LicenceEntry {
    title: String,
    version: String,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductEntry {
    code: String,
    seller: String,
    name: String,
    product_type: ProductType,
    category: String,
    summary: String,
    description: Vec<String>,
    setup: String,
    offers: Vec<OfferEntry>,
}

/// An offer; whether its prices go together is for [`Terms`] to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferEntry {
    name: String,
    #[serde(rename = "for")]
    audience: Option<Buyer>,
    ends_in_days: Option<u32>,
    currency: Currency,
    fixed: Option<FixedEntry>,
    schedule: Option<ScheduleEntry>,
    monthly: Option<MonthlyEntry>,
    #[serde(default)]
    choices: Vec<ChoiceEntry>,
    #[serde(default)]
    usage: Vec<RateEntry>,
    #[serde(default)]
    byol: bool,
    trial_days: Option<u32>,
    auto_renew: Option<bool>,
    refund_policy: Option<String>,
    net_payment_days: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Buyer {
    Acme,
    Globex,
    Initech,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FixedEntry {
    months: u32,
    price: Decimal,
    grants: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleEntry {
    months: u32,
    grants: Vec<String>,
    installments: Vec<InstallmentEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstallmentEntry {
    charge_in_months: u32,
    amount: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthlyEntry {
    months: u32,
    price: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceEntry {
    months: u32,
    dimensions: Vec<RateEntry>,
}

/// The price of one unit; for usage it may be finer than the minor unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateEntry {
    dimension: String,
    unit: String,
    price: Decimal,
}

fn build(entries: &Entries, now: Timestamp, accounts: &DemoAccounts) -> Result<Catalog, CatalogError> {
    let sellers: Vec<Seller> = entries.sellers.iter().zip(1..).map(|(entry, n)| seller(entry, n)).collect();
    let (mut products, mut offers) = (Vec::new(), Vec::new());
    let mut offer_ids = (1..).map(OfferId::from_value);
    for (entry, n) in entries.products.iter().zip(1..) {
        let named = entries.sellers.iter().zip(&sellers).find(|(seller, _)| seller.key == entry.seller);
        let (SellerEntry { licence, .. }, seller) = named
            .ok_or_else(|| CatalogError::UnknownSeller { product: entry.code.clone(), seller: entry.seller.clone() })?;
        let product = product(entry, n, seller.id);
        for (entry, id) in entry.offers.iter().zip(&mut offer_ids) {
            offers.push(offer(entry, id, &product, licence, now, accounts)?);
        }
        products.push(product);
    }
    Ok(Catalog { sellers, products, offers })
}

fn seller(entry: &SellerEntry, number: u128) -> Seller {
    Seller {
        id: SellerId::from_value(number),
        name: entry.name.clone(),
        legal_name: entry.legal_name.clone(),
        address: entry.address.clone(),
        tax_id: entry.tax_id.clone(),
        remit_to: RemitTo { code: entry.remit_to_code.clone(), bank_reference: entry.bank_reference.clone() },
        invoice_prefix: entry.invoice_prefix.clone(),
        contact: entry.contact.clone(),
        payment_terms_days: entry.payment_terms_days,
        tax_rules: entry.tax_rules.clone(),
    }
}

fn product(entry: &ProductEntry, number: u128, seller: SellerId) -> Product {
    Product {
        id: ProductId::from_value(number),
        code: entry.code.clone(),
        name: entry.name.clone(),
        summary: entry.summary.clone(),
        description: entry.description.join("\n\n"),
        category: entry.category.clone(),
        product_type: entry.product_type,
        seller,
        setup: entry.setup.clone(),
    }
}

fn offer(
    entry: &OfferEntry,
    id: OfferId,
    product: &Product,
    licence: &LicenceEntry,
    now: Timestamp,
    accounts: &DemoAccounts,
) -> Result<Offer, CatalogError> {
    let invalid = |reason| CatalogError::InvalidOffer { offer: entry.name.clone(), reason };
    let mut terms =
        prices(entry, now).map_err(|reason| CatalogError::WrongAmount { offer: entry.name.clone(), reason })?;
    terms.extend(conditions(entry, licence));
    let visibility = entry.audience.map_or(Visibility::Public, |buyer| Visibility::Private {
        accounts: vec![match buyer {
            Buyer::Acme => accounts.acme,
            Buyer::Globex => accounts.globex,
            Buyer::Initech => accounts.initech,
        }],
    });
    let offer = Offer {
        id,
        product: product.id,
        seller: product.seller,
        name: entry.name.clone(),
        visibility,
        revision: 1,
        availability_end_date: entry.ends_in_days.map(|days| day::plus_days(day::of(now), days)),
        terms: Terms::new(terms).map_err(|error| invalid(error.into()))?,
        state: OfferState::Released,
        released_at: now,
    };
    offer.check_release(now).map_err(invalid)?;
    Ok(offer)
}

/// The terms that say what is paid and when.
fn prices(entry: &OfferEntry, now: Timestamp) -> Result<Vec<Term>, MoneyError> {
    let money = |amount| Money::new(amount, entry.currency);
    let mut terms = Vec::new();
    if let Some(FixedEntry { months, price, grants }) = &entry.fixed {
        terms.push(Term::FixedUpfrontPricing { months: *months, price: money(*price)?, grants: grants.clone() });
    }
    if let Some(ScheduleEntry { months, grants, installments }) = &entry.schedule {
        let price = Money::zero(entry.currency);
        terms.push(Term::FixedUpfrontPricing { months: *months, price, grants: grants.clone() });
        let today = day::of(now);
        let installment = |part: &InstallmentEntry| {
            let charge_date = day::plus_months(today, part.charge_in_months);
            Ok(Installment { charge_date, amount: money(part.amount)? })
        };
        terms.push(Term::PaymentSchedule {
            installments: installments.iter().map(installment).collect::<Result<_, _>>()?,
        });
    }
    if let Some(MonthlyEntry { months, price }) = &entry.monthly {
        terms.extend([Term::RecurringPayment { price: money(*price)? }, Term::Validity { months: *months }]);
    }
    if !entry.choices.is_empty() {
        let choices = entry.choices.iter().map(|choice| duration(choice, entry.currency)).collect::<Result<_, _>>()?;
        terms.push(Term::ConfigurableUpfrontPricing { choices });
    }
    if !entry.usage.is_empty() {
        let rate = |rate: &RateEntry| UsageRate {
            dimension: rate.dimension.clone(),
            unit: rate.unit.clone(),
            price: rate.price,
        };
        terms.push(Term::UsageBasedPricing { currency: entry.currency, rates: entry.usage.iter().map(rate).collect() });
    }
    if entry.byol {
        terms.push(Term::Byol);
    }
    terms.extend(entry.trial_days.map(|days| Term::FreeTrial { days }));
    Ok(terms)
}

fn duration(choice: &ChoiceEntry, currency: Currency) -> Result<DurationChoice, MoneyError> {
    let dimension = |entry: &RateEntry| {
        let price = Money::new(entry.price, currency)?;
        Ok(DimensionPrice { dimension: entry.dimension.clone(), unit: entry.unit.clone(), price })
    };
    let dimensions = choice.dimensions.iter().map(dimension).collect::<Result<_, _>>()?;
    Ok(DurationChoice { months: choice.months, dimensions })
}

/// The terms around the price.
fn conditions(entry: &OfferEntry, licence: &LicenceEntry) -> Vec<Term> {
    let document = LegalDocument {
        title: licence.title.clone(),
        version: licence.version.clone(),
        text: licence.text.trim().to_owned(),
    };
    let mut terms = vec![Term::Legal { documents: vec![document] }];
    terms.extend(entry.auto_renew.map(|auto_renew| Term::Renewal { auto_renew }));
    terms.extend(entry.refund_policy.clone().map(|refund_policy| Term::Support { refund_policy }));
    terms.extend(entry.net_payment_days.map(|days| Term::NetPayment { days }));
    terms
}

#[cfg(test)]
#[path = "catalog_tests.rs"]
mod tests;
