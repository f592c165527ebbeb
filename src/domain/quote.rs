//! What an offer costs as chosen, and how that looks as one cart line (P6). Frozen in the request: the order is compared
//! with it, whatever happens to the offer meanwhile.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::classification::{UnitOfMeasure, Unspsc};
use crate::connection::{LineSettings, LineStyle};
use crate::day;
use crate::money::{Currency, Money, MoneyError};
use crate::offer::Offer;
use crate::product::Product;
use crate::refusal::Refusal;
use crate::terms::{DurationChoice, Installment, PricingModel};

/// A cart shows at most so many characters of a description.
const LONGEST_DESCRIPTION: usize = 255;

/// What the buyer chose where the offer leaves a choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Duration, where there are several.
    pub months: Option<u32>,
    /// Units of each dimension.
    pub quantities: BTreeMap<String, u32>,
    /// The requester's own estimate of the usage, in place of the default blanket value.
    pub estimate: Option<Decimal>,
}

/// Values of the installation that quotes depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteRules {
    /// The default blanket value of usage by currency (P6).
    pub blanket_values: Vec<Money>,
    /// Days that a public price is held (C5).
    pub validity_days: u32,
}

impl QuoteRules {
    fn blanket(&self, currency: Currency) -> Option<Money> {
        self.blanket_values.iter().copied().find(|value| value.currency() == currency)
    }
}

/// One offer, as chosen, priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What was chosen.
    pub selection: Selection,
    /// How the offer is paid.
    pub pricing_model: PricingModel,
    /// Months that the agreement will run; none for usage and free offers without an end.
    pub months: Option<u32>,
    /// Days that a trial runs; none of anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_days: Option<u32>,
    /// What will be charged and when.
    pub plan: PaymentPlan,
    /// The usage that approval covers, where there is usage.
    pub budget: Option<Money>,
    /// Total contract value, or the budget, or both together: what is approved.
    pub amount: Money,
    /// The line as the buyer's system sees it.
    pub line: QuoteLine,
    /// The last day on which an order at this price is taken.
    pub valid_until: Date,
}

impl Quote {
    /// What the contract itself costs, without usage.
    pub fn contract_value(&self) -> Money {
        let currency = self.amount.currency();
        // The same amounts were added when the quote was made; it would not exist had that failed.
        self.plan.total(currency).unwrap_or(Money::zero(currency))
    }

    /// The last day of an agreement that begins on that day; none where it runs until somebody ends it.
    pub fn last_day(&self, start: Date) -> Option<Date> {
        match (self.months.filter(|months| *months > 0), self.trial_days) {
            (Some(months), _) => Some(last_of_months(start, months)),
            (None, Some(days)) => Some(day::plus_days(start, days.saturating_sub(1))),
            (None, None) => None,
        }
    }
}

/// The day before the same day of a later month; where that month is too short, its own last day.
fn last_of_months(start: Date, months: u32) -> Date {
    let after = day::plus_months(start, months);
    if after.day() < start.day() { after } else { after.yesterday().unwrap_or(after) }
}

/// The line as the buyer's system sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// Amount or quantity.
    pub kind: LineKind,
    /// Quantity.
    pub quantity: Decimal,
    /// Price of one.
    pub unit_price: Money,
    /// The buyer's spelling of "each".
    pub unit: UnitOfMeasure,
    /// Commodity.
    pub classification: Unspsc,
    /// SupplierPartID.
    pub part_id: String,
    /// Product, offer, term and schedule in words.
    pub description: String,
}

/// Kinds of lines (P6); the extrinsic `LineType` carries the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineKind {
    /// An amount: one invoice posts.
    Service,
    /// A quantity: many invoices post.
    Material,
}

impl LineKind {
    /// The word in `LineType`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::Material => "Material",
        }
    }
}

/// What will be charged and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentPlan {
    /// Nothing is charged by the contract itself.
    Nothing,
    /// Once, at acceptance.
    Once {
        /// The amount.
        amount: Money,
    },
    /// On given days.
    Schedule {
        /// Amounts and days.
        installments: Vec<Installment>,
    },
    /// The same amount each month, the first at acceptance.
    Monthly {
        /// Per month.
        amount: Money,
        /// How often.
        months: u32,
    },
}

impl PaymentPlan {
    /// The sum of all charges.
    ///
    /// # Errors
    /// [`MoneyError`] when the amounts cannot be added.
    pub fn total(&self, currency: Currency) -> Result<Money, MoneyError> {
        match self {
            Self::Nothing => Ok(Money::zero(currency)),
            Self::Once { amount } => Ok(*amount),
            Self::Schedule { installments } => Money::sum(currency, installments.iter().map(|i| i.amount)),
            Self::Monthly { amount, months } => times(*amount, *months),
        }
    }

    /// How many charges there will be.
    pub fn charges(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Once { .. } => 1,
            Self::Schedule { installments } => installments.len(),
            Self::Monthly { months, .. } => *months as usize,
        }
    }
}

/// Prices an offer as chosen and lays it out as one line.
///
/// # Errors
/// [`Refusal::InvalidSelection`] when the choice does not fit the offer, or what [`Offer::requestable`] refuses.
pub fn quote(
    offer: &Offer,
    product: &Product,
    selection: Selection,
    settings: &LineSettings,
    rules: &QuoteRules,
    now: Timestamp,
) -> Result<Quote, Refusal> {
    offer.requestable(product, now)?;
    price(offer, product, selection, settings, rules, now)
}

/// [`quote`], whether or not the offer can be sent for approval.
///
/// # Errors
/// [`Refusal::InvalidSelection`].
pub fn price(
    offer: &Offer,
    product: &Product,
    selection: Selection,
    settings: &LineSettings,
    rules: &QuoteRules,
    now: Timestamp,
) -> Result<Quote, Refusal> {
    check_choice(offer, &selection)?;
    let currency = offer.terms.currency();
    let (plan, months) = plan(offer, &selection)?;
    let budget = budget(offer, &selection, rules)?;
    let contract = plan.total(currency).map_err(invalid)?;
    let amount = budget.map_or(Ok(contract), |budget| contract.plus(budget)).map_err(invalid)?;
    let today = day::of(now);
    let held_until = day::plus_days(today, rules.validity_days);
    let valid_until = offer.availability_end_date.unwrap_or(held_until);
    let chosen = chosen_words(offer, &selection, months);
    let description = describe(offer, product, &chosen, &plan, budget);
    let line = lay_out(settings, &plan, budget.is_some(), amount, product, description)?;
    Ok(Quote {
        selection,
        pricing_model: offer.pricing_model(),
        months,
        trial_days: offer.terms.trial_days(),
        plan,
        budget,
        amount,
        line,
        valid_until,
    })
}

/// What is chosen becomes part of the agreement, so nothing may be chosen that is not offered.
fn check_choice(offer: &Offer, selection: &Selection) -> Result<(), Refusal> {
    let refused = |problem: &str| Err(Refusal::InvalidSelection { problem: problem.to_owned() });
    if offer.terms.choices().is_none() && (selection.months.is_some() || !selection.quantities.is_empty()) {
        return refused("the offer leaves no choice of durations and units");
    }
    if offer.terms.usage().is_none() && selection.estimate.is_some() {
        return refused("nothing of the offer is paid by usage: no estimate is wanted");
    }
    Ok(())
}

fn invalid(error: MoneyError) -> Refusal {
    Refusal::InvalidSelection { problem: error.to_string() }
}

fn plan(offer: &Offer, selection: &Selection) -> Result<(PaymentPlan, Option<u32>), Refusal> {
    let terms = &offer.terms;
    let validity = terms.validity_months();
    if let Some(schedule) = terms.schedule() {
        let months = terms.fixed_upfront().map(|(months, _)| months).or(validity);
        return Ok((PaymentPlan::Schedule { installments: schedule.to_vec() }, months));
    }
    if let Some((months, price)) = terms.fixed_upfront() {
        let plan = if price.is_zero() { PaymentPlan::Nothing } else { PaymentPlan::Once { amount: price } };
        return Ok((plan, Some(months)));
    }
    if let Some(choices) = terms.choices() {
        let (amount, months) = configured(choices, selection)?;
        return Ok((PaymentPlan::Once { amount }, Some(months)));
    }
    match (terms.recurring(), validity) {
        (Some(price), Some(months)) => Ok((PaymentPlan::Monthly { amount: price, months }, Some(months))),
        _ => Ok((PaymentPlan::Nothing, validity)),
    }
}

fn configured(choices: &[DurationChoice], selection: &Selection) -> Result<(Money, u32), Refusal> {
    let refused = |problem: &str| Refusal::InvalidSelection { problem: problem.to_owned() };
    let choice = match selection.months {
        Some(months) => choices.iter().find(|choice| choice.months == months),
        None => choices.first().filter(|_| choices.len() == 1),
    }
    .ok_or_else(|| refused("choose one of the durations that the offer lists"))?;
    let unknown = selection.quantities.keys().find(|key| !choice.dimensions.iter().any(|d| &d.dimension == *key));
    if let Some(key) = unknown {
        return Err(refused(&format!("the offer has no dimension \"{key}\" for this duration")));
    }
    let currency = choice.dimensions.first().map_or(Currency::USD, |dimension| dimension.price.currency());
    let mut total = Money::zero(currency);
    let mut units = 0u64;
    for dimension in &choice.dimensions {
        let count = selection.quantities.get(&dimension.dimension).copied().unwrap_or(0);
        units += u64::from(count);
        total = total.plus(times(dimension.price, count).map_err(invalid)?).map_err(invalid)?;
    }
    if units == 0 { Err(refused("choose at least one unit")) } else { Ok((total, choice.months)) }
}

fn times(price: Money, count: u32) -> Result<Money, MoneyError> {
    let amount = price.amount().checked_mul(Decimal::from(count)).ok_or(MoneyError::Overflow)?;
    Money::new(amount, price.currency())
}

fn budget(offer: &Offer, selection: &Selection, rules: &QuoteRules) -> Result<Option<Money>, Refusal> {
    if offer.terms.usage().is_none() {
        return Ok(None);
    }
    let currency = offer.terms.currency();
    let budget = match selection.estimate {
        Some(estimate) => Money::new(estimate, currency).map_err(invalid)?,
        None => rules.blanket(currency).ok_or_else(|| Refusal::InvalidSelection {
            problem: format!("give an estimate of the usage: there is no default budget in {currency}"),
        })?,
    };
    if budget.is_zero() || budget.is_negative() {
        return Err(Refusal::InvalidSelection { problem: "the estimate must be more than nothing".to_owned() });
    }
    Ok(Some(budget))
}

fn lay_out(
    settings: &LineSettings,
    plan: &PaymentPlan,
    usage: bool,
    amount: Money,
    product: &Product,
    description: String,
) -> Result<QuoteLine, Refusal> {
    let single = !usage && plan.charges() <= 1;
    let kind = match settings.style {
        LineStyle::Classified if single => LineKind::Service,
        LineStyle::Classified | LineStyle::Material | LineStyle::Natural => LineKind::Material,
    };
    // A price of nothing cannot be counted in minor units: one piece at nothing.
    let whole = settings.style == LineStyle::Natural || kind == LineKind::Service || amount.is_zero();
    let (quantity, unit_price) = if whole {
        (Decimal::ONE, amount)
    } else {
        let unit = amount.currency().minor_unit();
        (amount.divided_by(unit).map_err(invalid)?, Money::rounded(unit, amount.currency()))
    };
    let classification = match kind {
        LineKind::Service => settings.service_unspsc.clone(),
        LineKind::Material => settings.material_unspsc.clone(),
    };
    Ok(QuoteLine {
        kind,
        quantity,
        unit_price,
        unit: settings.unit.clone(),
        classification,
        part_id: product.code.clone(),
        description,
    })
}

fn describe(offer: &Offer, product: &Product, chosen: &str, plan: &PaymentPlan, budget: Option<Money>) -> String {
    let mut head = format!("{}: {}", product.name, offer.name);
    if !chosen.is_empty() {
        head.push_str(&format!(" ({chosen})"));
    }
    if let Some(budget) = budget {
        head.push_str(&format!(". Usage billed monthly, approved budget {budget}"));
    }
    let tail = match plan {
        PaymentPlan::Schedule { installments } => {
            schedule_in_words(installments, LONGEST_DESCRIPTION.saturating_sub(head.chars().count()))
        }
        PaymentPlan::Monthly { amount, months } => format!(". {months} monthly payments of {amount}"),
        PaymentPlan::Nothing | PaymentPlan::Once { .. } => String::new(),
    };
    (head + &tail).chars().take(LONGEST_DESCRIPTION).collect()
}

/// What was chosen, in words: "25 users, 3 sites, 12 months" (O3c). Empty where the offer leaves nothing open and has no end.
fn chosen_words(offer: &Offer, selection: &Selection, months: Option<u32>) -> String {
    let choices = offer.terms.choices().into_iter().flatten();
    let choice = choices.into_iter().find(|choice| Some(choice.months) == months);
    let units = choice.into_iter().flat_map(|choice| &choice.dimensions).filter_map(|dimension| {
        let count = selection.quantities.get(&dimension.dimension).copied().filter(|count| *count > 0)?;
        Some(counted(count, &dimension.unit))
    });
    let duration = months.filter(|months| *months > 0).map(|months| counted(months, "month"));
    units.chain(duration).collect::<Vec<_>>().join(", ")
}

fn counted(count: u32, unit: &str) -> String {
    let is_plural_already = unit.ends_with('s') || !unit.ends_with(|last: char| last.is_ascii_lowercase());
    if count == 1 || is_plural_already { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

/// Every installment where there is room, else their number and the first and last day.
fn schedule_in_words(installments: &[Installment], room: usize) -> String {
    let each: Vec<String> = installments.iter().map(|i| format!("{} on {}", i.amount, i.charge_date)).collect();
    let long = format!(". Payment schedule: {}", each.join("; "));
    match (installments.first(), installments.last()) {
        (Some(first), Some(last)) if long.chars().count() > room => {
            format!(". {} installments from {} to {}", installments.len(), first.charge_date, last.charge_date)
        }
        _ => long,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::fixtures::{click, fixed, line_settings, offer, quote_rules, three_installments, usage, usd};
    use crate::product::ProductType;
    use crate::terms::{DimensionPrice, Term};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn product() -> Product {
        fixtures::product(ProductType::SaaS)
    }

    fn priced(terms: Vec<Term>, style: LineStyle) -> Quote {
        quote(&offer(terms), &product(), Selection::default(), &line_settings(style), &quote_rules(), click()).unwrap()
    }

    #[test]
    fn the_line_follows_the_style_and_the_charges() {
        let one_cent = usd("0.01");
        // terms, style, kind, quantity, unit price
        let cases = [
            (vec![fixed("12000")], LineStyle::Classified, LineKind::Service, "1", usd("12000")),
            (vec![fixed("12000")], LineStyle::Material, LineKind::Material, "1200000", one_cent),
            (vec![fixed("12000")], LineStyle::Natural, LineKind::Material, "1", usd("12000")),
            (three_installments(), LineStyle::Classified, LineKind::Material, "12000000", one_cent),
            (three_installments(), LineStyle::Natural, LineKind::Material, "1", usd("120000")),
            (vec![usage()], LineStyle::Classified, LineKind::Material, "1000000", one_cent),
            (vec![fixed("500"), usage()], LineStyle::Classified, LineKind::Material, "1050000", one_cent),
            (vec![fixed("0")], LineStyle::Classified, LineKind::Service, "1", usd("0")),
            (vec![Term::Byol], LineStyle::Material, LineKind::Material, "1", usd("0")),
        ];
        for (terms, style, kind, quantity, unit_price) in cases {
            let line = priced(terms.clone(), style).line;
            let quantity: Decimal = quantity.parse().unwrap();
            assert_eq!(
                (line.kind, line.quantity, line.unit_price),
                (kind, quantity, unit_price),
                "{terms:?} {style:?}"
            );
        }
    }

    #[test]
    fn a_payment_schedule_is_one_line_at_the_total_contract_value_with_the_schedule_in_words() {
        let quote = priced(three_installments(), LineStyle::Classified);
        assert_eq!(quote.amount, usd("120000"));
        assert_eq!(quote.plan.charges(), 3);
        assert_eq!(
            quote.line.description,
            "Anvil: Standard (12 months). Payment schedule: 30,000.00 USD on 2026-12-01; 45,000.00 USD on 2027-03-01; 45,000.00 USD on 2027-06-01"
        );
    }

    #[test]
    fn a_long_schedule_is_summed_up_so_that_the_description_fits() {
        let installments = (0..48)
            .map(|n| Installment { charge_date: day::plus_months(date(2026, 12, 1), n), amount: usd("1000") })
            .collect();
        let quote = priced(vec![fixed("0"), Term::PaymentSchedule { installments }], LineStyle::Natural);
        assert!(quote.line.description.ends_with("48 installments from 2026-12-01 to 2030-11-01"));
    }

    #[test]
    fn usage_is_quoted_at_the_default_budget_or_at_the_requesters_estimate() {
        let price = |estimate: Option<&str>| {
            let selection = Selection { estimate: estimate.map(|e| e.parse().unwrap()), ..Selection::default() };
            quote(
                &offer(vec![usage()]),
                &product(),
                selection,
                &line_settings(LineStyle::Natural),
                &quote_rules(),
                click(),
            )
        };
        assert_eq!(price(None).unwrap().amount, usd("10000"));
        assert_eq!(price(Some("2500")).unwrap().budget, Some(usd("2500")));
        for wrong in ["0", "-1", "0.001"] {
            assert!(matches!(price(Some(wrong)), Err(Refusal::InvalidSelection { .. })), "{wrong}");
        }
    }

    #[test]
    fn what_an_offer_does_not_leave_open_cannot_be_chosen() {
        let estimate = Selection { estimate: Some(Decimal::ONE), ..Selection::default() };
        let months = Selection { months: Some(12), ..Selection::default() };
        let quantities = Selection { quantities: BTreeMap::from([("user".to_owned(), 1)]), ..Selection::default() };
        for (terms, selection) in
            [(vec![fixed("12000")], estimate), (vec![usage()], months), (vec![fixed("0")], quantities)]
        {
            let settings = line_settings(LineStyle::Natural);
            let quoted = quote(&offer(terms), &product(), selection.clone(), &settings, &quote_rules(), click());
            assert!(matches!(quoted, Err(Refusal::InvalidSelection { .. })), "{selection:?}");
        }
    }

    #[test]
    fn a_configured_price_is_the_sum_of_the_chosen_units() {
        let dimension =
            |key: &str, price| DimensionPrice { dimension: key.into(), unit: key.into(), price: usd(price) };
        let choices = vec![
            DurationChoice { months: 12, dimensions: vec![dimension("user", "120"), dimension("site", "1000")] },
            DurationChoice { months: 36, dimensions: vec![dimension("user", "300")] },
        ];
        let offer = offer(vec![Term::ConfigurableUpfrontPricing { choices }]);
        let price = |months: Option<u32>, quantities: &[(&str, u32)]| {
            let quantities = quantities.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect();
            let selection = Selection { months, quantities, estimate: None };
            quote(&offer, &product(), selection, &line_settings(LineStyle::Classified), &quote_rules(), click())
                .map(|q| q.amount)
        };
        let selection = Selection {
            months: Some(12),
            quantities: BTreeMap::from([("user".to_owned(), 10), ("site".to_owned(), 1)]),
            estimate: None,
        };
        let settings = line_settings(LineStyle::Classified);
        let chosen = quote(&offer, &product(), selection, &settings, &quote_rules(), click()).unwrap();
        assert_eq!(chosen.line.description, "Anvil: Standard (10 users, 1 site, 12 months)");
        assert_eq!(price(Some(12), &[("user", 10), ("site", 1)]), Ok(usd("2200")));
        assert_eq!(price(Some(36), &[("user", 2)]), Ok(usd("600")));
        for (months, quantities) in [
            (None, vec![("user", 1)]),
            (Some(24), vec![("user", 1)]),
            (Some(12), vec![]),
            (Some(36), vec![("site", 1)]),
        ] {
            assert!(price(months, &quantities).is_err(), "{months:?} {quantities:?}");
        }
    }

    #[test]
    fn a_public_price_is_held_for_a_time_and_a_private_one_to_its_last_day() {
        assert_eq!(priced(vec![fixed("1")], LineStyle::Natural).valid_until, date(2027, 3, 1));
        let mut private = offer(vec![fixed("1")]);
        private.availability_end_date = Some(date(2026, 12, 24));
        let quote = quote(
            &private,
            &product(),
            Selection::default(),
            &line_settings(LineStyle::Natural),
            &quote_rules(),
            click(),
        );
        assert_eq!(quote.unwrap().valid_until, date(2026, 12, 24));
    }

    proptest! {
        #[test]
        fn quantity_times_unit_price_is_the_amount_in_every_style(cents in 0i64..10_000_000_000, several in any::<bool>()) {
            let amount = Money::new(Decimal::new(cents, 2), Currency::USD).unwrap();
            let terms = if several {
                let half = |day| Installment { charge_date: day, amount };
                vec![fixed("0"), Term::PaymentSchedule { installments: vec![half(date(2027, 1, 1)), half(date(2027, 2, 1))] }]
            } else {
                vec![Term::FixedUpfrontPricing { months: 12, price: amount, grants: vec![] }]
            };
            for style in [LineStyle::Classified, LineStyle::Material, LineStyle::Natural] {
                let quote = priced(terms.clone(), style);
                prop_assert_eq!(quote.line.quantity * quote.line.unit_price.amount(), quote.amount.amount());
            }
        }
    }
}
