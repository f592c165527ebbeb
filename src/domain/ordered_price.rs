//! Prices as an order states them: a price may count for several units, and the order's total may differ from its lines.
//!
//! Comparisons are exact: amounts are multiplied, never rounded quotients compared.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A price as the order states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedPrice {
    /// The amount; any number of decimals.
    pub amount: Decimal,
    /// The currency code, as written.
    pub currency: String,
    /// For how many units the amount counts; none for one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<PriceBasis>,
}

/// `PriceBasisQuantity`: the price is for `quantity` price units. Both numbers are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBasis {
    /// `@quantity`.
    pub quantity: Decimal,
    /// `@conversionFactor` between the ordered unit and the price unit. Procurement systems disagree about its direction, so
    /// a price fits when either direction gives the quoted one, and amounts take the direction that gives less.
    pub conversion_factor: Decimal,
}

impl fmt::Display for PriceBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "per {}", self.quantity.normalize())?;
        if self.conversion_factor == Decimal::ONE {
            return Ok(());
        }
        write!(f, ", conversion factor {}", self.conversion_factor.normalize())
    }
}

impl OrderedPrice {
    /// Whether it is that price of one unit.
    pub fn is(&self, unit_price: Decimal) -> bool {
        let Some(PriceBasis { quantity, conversion_factor: factor }) = self.basis else {
            return self.amount == unit_price;
        };
        let Some(quoted) = exact_product(unit_price, quantity) else { return false };
        exact_product(quoted, factor) == Some(self.amount) || exact_product(self.amount, factor) == Some(quoted)
    }

    /// What so many units cost; none where the amount is too large.
    pub fn times(&self, units: Decimal) -> Option<Decimal> {
        let amount = self.amount.checked_mul(units)?;
        let Some(PriceBasis { quantity, conversion_factor: factor }) = self.basis else { return Some(amount) };
        let per_quantity = amount.checked_div(quantity)?;
        Some(per_quantity.checked_div(factor)?.min(per_quantity.checked_mul(factor)?).normalize())
    }

    /// Whether the currency is that one, compared without case and white space.
    pub fn is_in(&self, currency: &str) -> bool {
        self.currency.trim().eq_ignore_ascii_case(currency)
    }
}

/// The product, or none where it would have to be rounded.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    a.checked_mul(b).filter(|product| product.is_zero() || product.scale() == a.scale() + b.scale())
}

/// What to tell about a total that differs from the sum of lines that all state a price; none where it fits, or where a
/// line states no price.
pub fn total_warning<'a>(
    total: &OrderedPrice,
    lines: impl IntoIterator<Item = (Decimal, Option<&'a OrderedPrice>)>,
) -> Option<String> {
    let mut sum = Decimal::ZERO;
    for (quantity, price) in lines {
        let price = price.filter(|price| !price.amount.is_zero())?;
        if !price.is_in(total.currency.trim()) {
            return Some(format!(
                "The Total is in {}, a line is in {}. The lines count.",
                shown(&total.currency),
                shown(&price.currency)
            ));
        }
        sum = sum.checked_add(price.times(quantity)?)?;
    }
    let decimals = total.amount.normalize().scale().max(2);
    let (sum, stated) = (sum.round_dp(decimals).normalize(), total.amount.normalize());
    let currency = shown(&total.currency);
    (sum != stated).then(|| {
        format!("The Total {stated} {currency} differs from the sum of the lines, {sum} {currency}. The lines count.")
    })
}

/// A text of the order, short enough for a sentence.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str, basis: Option<(&str, &str)>) -> OrderedPrice {
        let number = |text: &str| text.parse().unwrap();
        let basis = basis
            .map(|(quantity, factor)| PriceBasis { quantity: number(quantity), conversion_factor: number(factor) });
        OrderedPrice { amount: number(amount), currency: "USD".into(), basis }
    }

    #[test]
    fn a_price_for_several_units_is_compared_as_the_price_of_one() {
        for (amount, basis, unit_price, fits) in [
            ("9600.00", Some(("100", "1")), "9600", false),
            ("960000", Some(("100", "1")), "9600.00", true),
            ("1.00", Some(("100", "1")), "0.01", true),
            ("1.00", Some(("3", "1")), "0.3333333333333333333333333333", false),
            ("2", Some(("1", "2")), "1", true),
            ("1", Some(("1", "2")), "2", true),
            ("1", Some(("1", "2")), "1", false),
            ("0.01", None, "0.010", true),
        ] {
            assert_eq!(price(amount, basis).is(unit_price.parse().unwrap()), fits, "{amount} {basis:?} {unit_price}");
        }
    }

    #[test]
    fn a_total_that_differs_from_priced_lines_is_worth_a_warning() {
        let (two, hundred) = (price("2.50", None), price("100", Some(("100", "1"))));
        let warned = |total: &str| {
            total_warning(&price(total, None), [(Decimal::TEN, Some(&two)), (Decimal::from(3), Some(&hundred))])
        };
        assert_eq!(warned("28.000"), None);
        assert!(warned("28.01").unwrap().contains("28.01 USD differs from the sum of the lines, 28 USD"));
        assert_eq!(total_warning(&price("7", None), [(Decimal::ONE, None)]), None);
    }
}
