//! What an offer costs, in few words: for result lists, offer tables and the head of an offer.
//!
//! Nothing is computed here that could be charged: the binding amounts are those of the quote.

use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::Offer;
use marketgate_domain::terms::{DurationChoice, PricingModel, Terms, UsageRate};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::format;

/// A price in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceWords {
    /// Whether other choices cost more.
    pub from: bool,
    /// The amount, or a word such as `Free`.
    pub amount: String,
    /// What it is for, for example `for 12 months`; may be empty.
    pub per: String,
}

impl PriceWords {
    fn new(from: bool, amount: impl Into<String>, per: impl Into<String>) -> Self {
        Self { from, amount: amount.into(), per: per.into() }
    }

    /// On one line.
    pub fn text(&self) -> String {
        let from = if self.from { "from " } else { "" };
        format!("{from}{} {}", self.amount, self.per).trim_end().to_owned()
    }
}

/// The price of one offer.
pub fn words(terms: &Terms) -> PriceWords {
    let mut words = match terms.pricing_model() {
        PricingModel::Byol => PriceWords::new(false, "Bring your own licence", ""),
        PricingModel::FreeTrial => PriceWords::new(
            false,
            "Free trial",
            format!("for {}", format::plural(terms.trial_days().unwrap_or(0) as usize, "day")),
        ),
        PricingModel::Free => PriceWords::new(false, "Free", ""),
        PricingModel::Usage => usage(terms.usage().unwrap_or_default(), terms.currency()),
        PricingModel::Fps => schedule(terms),
        PricingModel::Contract | PricingModel::ContractWithUsage => contract(terms),
    };
    if terms.pricing_model() == PricingModel::ContractWithUsage {
        words.per.push_str(", plus usage");
    }
    words
}

/// The price that a result list shows for a product: of the offer made for this person if there is one, else the lowest
/// that can be compared, else of the first.
pub fn headline(offers: &[&Offer]) -> Option<PriceWords> {
    let private = offers.iter().find(|offer| offer.is_private());
    if let Some(offer) = private {
        return Some(words(&offer.terms));
    }
    let first = offers.first()?;
    let cheapest = offers
        .iter()
        .filter(|offer| offer.terms.currency() == first.terms.currency())
        .filter_map(|offer| Some((lowest_total(&offer.terms)?, offer)))
        .min_by_key(|(amount, _)| *amount);
    let mut words = words(&cheapest.map_or(first, |(_, offer)| offer).terms);
    words.from = words.from
        || (offers.len() > 1 && !matches!(words.amount.as_str(), "Free" | "Bring your own licence" | "Free trial"));
    Some(words)
}

/// The price as a small block: the amount large, what it is for below.
pub fn block(words: &PriceWords) -> Markup {
    html! {
        p.price {
            @if words.from { span.price-from { "from " } }
            strong.price-amount { (words.amount) }
            @if !words.per.is_empty() { " " span.price-per { (words.per) } }
        }
    }
}

/// A rate of usage, which may be finer than the minor unit: `0.0025 USD`.
pub fn rate(price: Decimal, currency: Currency) -> String {
    Money::new(price, currency)
        .map_or_else(|_| format!("{} {currency}", format::number(price)), |money| money.to_string())
}

fn contract(terms: &Terms) -> PriceWords {
    if let Some((months, price)) = terms.fixed_upfront() {
        return PriceWords::new(false, price.to_string(), format!("for {}", format::months(months)));
    }
    if let Some(price) = terms.recurring() {
        let term =
            terms.validity_months().map(|months| format!(", for {}", format::months(months))).unwrap_or_default();
        return PriceWords::new(false, price.to_string(), format!("per month{term}"));
    }
    // The first dimension is what the offer is about; support hours and the like are often cheaper.
    let lowest = terms
        .choices()
        .unwrap_or_default()
        .iter()
        .filter_map(|choice| Some((choice.months, choice.dimensions.first()?)))
        .min_by_key(|(_, dimension)| dimension.price.amount());
    lowest.map_or_else(
        || PriceWords::new(false, "Free", ""),
        |(months, dimension)| {
            PriceWords::new(
                true,
                dimension.price.to_string(),
                format!("per {} for {}", dimension.unit, format::months(months)),
            )
        },
    )
}

fn schedule(terms: &Terms) -> PriceWords {
    let installments = terms.schedule().unwrap_or_default();
    let total = Money::sum(terms.currency(), installments.iter().map(|part| part.amount));
    let amount = total.map_or_else(|_| "Payment schedule".to_owned(), |total| total.to_string());
    PriceWords::new(false, amount, format!("in {}", format::plural(installments.len(), "installment")))
}

fn usage(rates: &[UsageRate], currency: Currency) -> PriceWords {
    match rates.first() {
        None => PriceWords::new(false, "Pay as you go", ""),
        Some(first) => PriceWords::new(rates.len() > 1, rate(first.price, currency), format!("per {}", first.unit)),
    }
}

fn lowest_total(terms: &Terms) -> Option<Decimal> {
    let unit_of = |choice: &DurationChoice| choice.dimensions.first().map(|d| d.price.amount());
    terms
        .fixed_upfront()
        .map(|(_, price)| price.amount())
        .filter(|amount| !amount.is_zero())
        .or_else(|| terms.choices()?.iter().filter_map(unit_of).min())
}

#[cfg(test)]
mod tests {
    use super::*;
    use marketgate_domain::terms::{DimensionPrice, Installment, Term};

    fn usd(amount: &str) -> Money {
        Money::new(amount.parse().unwrap(), Currency::USD).unwrap()
    }

    fn text(terms: Vec<Term>) -> String {
        words(&Terms::new(terms).unwrap()).text()
    }

    fn fixed(amount: &str) -> Term {
        Term::FixedUpfrontPricing { months: 12, price: usd(amount), grants: vec![] }
    }

    fn rates(prices: &[&str]) -> Term {
        let rates = prices
            .iter()
            .map(|price| UsageRate { dimension: "gb".into(), unit: "gigabyte".into(), price: price.parse().unwrap() })
            .collect();
        Term::UsageBasedPricing { currency: Currency::USD, rates }
    }

    #[test]
    fn every_pricing_model_has_words() {
        let day = jiff::civil::date(2027, 1, 1);
        let installments = vec![Installment { charge_date: day, amount: usd("500") }];
        let dimension = |price| DimensionPrice { dimension: "u".into(), unit: "user".into(), price: usd(price) };
        let choices = vec![
            DurationChoice { months: 12, dimensions: vec![dimension("120")] },
            DurationChoice { months: 36, dimensions: vec![dimension("300")] },
        ];
        assert_eq!(text(vec![fixed("12000")]), "12,000.00 USD for 12 months");
        assert_eq!(text(vec![fixed("0"), Term::PaymentSchedule { installments }]), "500.00 USD in 1 installment");
        assert_eq!(text(vec![Term::ConfigurableUpfrontPricing { choices }]), "from 120.00 USD per user for 12 months");
        assert_eq!(text(vec![rates(&["0.0025", "4"])]), "from 0.0025 USD per gigabyte");
        assert_eq!(text(vec![fixed("100"), rates(&["0.5"])]), "100.00 USD for 12 months, plus usage");
        let monthly = vec![Term::RecurringPayment { price: usd("9") }, Term::Validity { months: 24 }];
        assert_eq!(text(monthly), "9.00 USD per month, for 2 years");
        assert_eq!(text(vec![fixed("0")]), "Free");
        assert_eq!(text(vec![Term::Byol]), "Bring your own licence");
        assert_eq!(text(vec![Term::FreeTrial { days: 14 }]), "Free trial for 14 days");
    }
}
