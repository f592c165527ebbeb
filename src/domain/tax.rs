//! Tax of an invoice: by a rate table, computed per rate and category, allocated to the lines by largest remainder (B3).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::address::CountryCode;
use crate::money::{Currency, Money, MoneyError};

/// One row of a seller's rate table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRule {
    /// The buyer's country; none fits every country.
    pub buyer_country: Option<CountryCode>,
    /// As in cXML's `TaxDetail/@category`: `vat`, `sales`, `gst`.
    pub category: String,
    /// Per cent.
    pub rate_percent: Decimal,
    /// Printed beside the tax, for example `VAT 19 %` or `reverse charge`.
    pub description: String,
}

/// Tax on a whole invoice and its share of each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The rule that was applied, none where no tax is due.
    pub rule: Option<TaxRule>,
    /// Tax on the sum of the lines.
    pub total: Money,
    /// The part of each line, in the order of the lines; they add up to the total exactly.
    pub lines: Vec<Money>,
}

/// Assesses the tax on lines of one currency for a buyer.
///
/// # Errors
/// [`MoneyError`] when the lines cannot be added.
pub fn assess(
    rules: &[TaxRule],
    buyer: &CountryCode,
    currency: Currency,
    lines: &[Money],
) -> Result<Assessment, MoneyError> {
    let rule = rules.iter().find(|rule| rule.buyer_country.as_ref().is_none_or(|country| country == buyer));
    let Some(rule) = rule else {
        return Ok(Assessment {
            rule: None,
            total: Money::zero(currency),
            lines: vec![Money::zero(currency); lines.len()],
        });
    };
    let share = rule.rate_percent.checked_div(Decimal::ONE_HUNDRED).ok_or(MoneyError::Overflow)?;
    let subtotal = Money::sum(currency, lines.iter().copied())?;
    let total = Money::rounded(subtotal.amount().checked_mul(share).ok_or(MoneyError::Overflow)?, currency);
    Ok(Assessment { rule: Some(rule.clone()), total, lines: allocate(total, lines)? })
}

/// Splits an amount in proportion to the weights, to the minor unit, by largest remainder (the earlier line wins a tie).
///
/// # Errors
/// [`MoneyError::Overflow`] when the amounts are too large.
pub fn allocate(total: Money, weights: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let currency = total.currency();
    let unit = currency.minor_unit();
    let whole: Decimal = weights.iter().map(|weight| weight.amount()).sum();
    if whole.is_zero() {
        let mut parts = vec![Money::zero(currency); weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return Ok(parts);
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (position, weight) in weights.iter().enumerate() {
        let exact = total
            .amount()
            .checked_mul(weight.amount())
            .and_then(|p| p.checked_div(whole))
            .ok_or(MoneyError::Overflow)?;
        let floor =
            exact.round_dp_with_strategy(currency.decimals(), rust_decimal::RoundingStrategy::ToNegativeInfinity);
        parts.push(floor);
        remainders.push((exact - floor, position));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut missing = total.amount() - parts.iter().sum::<Decimal>();
    for (_, position) in remainders {
        if missing <= Decimal::ZERO {
            break;
        }
        if let Some(part) = parts.get_mut(position) {
            *part += unit;
            missing -= unit;
        }
    }
    parts.into_iter().map(|part| Money::new(part, currency)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(cents: i64) -> Money {
        Money::new(Decimal::new(cents, 2), Currency::USD).unwrap()
    }

    fn country(code: &str) -> CountryCode {
        code.to_owned().try_into().unwrap()
    }

    fn vat(buyer: Option<&str>, percent: i64) -> TaxRule {
        TaxRule {
            buyer_country: buyer.map(country),
            category: "vat".into(),
            rate_percent: Decimal::new(percent, 0),
            description: format!("VAT {percent} %"),
        }
    }

    #[test]
    fn the_first_rule_that_fits_counts_and_none_means_no_tax() {
        let rules = [vat(Some("DE"), 19), vat(Some("FR"), 20)];
        let tax = |buyer| assess(&rules, &country(buyer), Currency::USD, &[usd(10_000)]).unwrap().total;
        assert_eq!(tax("DE"), usd(1_900));
        assert_eq!(tax("FR"), usd(2_000));
        assert_eq!(tax("US"), usd(0));
    }

    #[test]
    fn tax_is_rounded_once_for_the_whole_and_then_shared_out() {
        let assessment = assess(&[vat(None, 19)], &country("DE"), Currency::USD, &[usd(33), usd(33), usd(34)]).unwrap();
        assert_eq!(assessment.total, usd(19));
        assert_eq!(assessment.lines, [usd(6), usd(6), usd(7)]);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_whole(total in 0i64..1_000_000, weights in proptest::collection::vec(0i64..1_000_000, 1..30)) {
            let weights: Vec<Money> = weights.into_iter().map(usd).collect();
            let parts = allocate(usd(total), &weights).unwrap();
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(Money::sum(Currency::USD, parts.iter().copied()).unwrap(), usd(total));
            prop_assert!(parts.iter().all(|part| !part.is_negative()));
        }
    }
}
