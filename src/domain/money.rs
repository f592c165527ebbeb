//! Money: a decimal amount in one currency.
//!
//! Never a binary float, never a silent rounding: sums and products are checked, and an amount that claims to be money
//! of a currency has at most that currency's decimals. The lexer is our own because the decimal library's accepts
//! exponents and underscores and rounds beyond 28 digits without a word.

use std::fmt;
use std::str::FromStr;

use iso_currency::Currency as Iso;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Why an amount or a currency could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not `-?digits[.digits]`, or more than 18 digits before or 10 after the point.
    #[error(
        "\"{0}\" is not an amount: expected digits with an optional decimal point, at most 18 before and 10 after it"
    )]
    NotAnAmount(String),
    /// Not an ISO 4217 code.
    #[error("\"{0}\" is not an ISO 4217 currency code such as USD or EUR")]
    UnknownCurrency(String),
    /// More decimals than the currency has.
    #[error("{amount} has more decimals than {currency} allows ({allowed})")]
    TooPrecise {
        /// The amount as given.
        amount: Decimal,
        /// Its currency.
        currency: Currency,
        /// Decimals that the currency has.
        allowed: u32,
    },
    /// Two currencies in one sum.
    #[error("{0} and {1} cannot be added")]
    MixedCurrencies(Currency, Currency),
    /// The result cannot be held exactly.
    #[error("the amount is too large to be computed exactly")]
    Overflow,
}

/// Reads a plain decimal: `-?digits[.digits]`, blanks around it allowed, at most 18 digits before the point and 10 after.
///
/// # Errors
/// [`MoneyError::NotAnAmount`] for everything else, also for exponents, separators and a bare point.
pub fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    let trimmed = text.trim();
    let refused = || MoneyError::NotAnAmount(trimmed.chars().take(60).collect());
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(refused()),
        Some(parts) => parts,
        None => (digits, ""),
    };
    let plain = |part: &str, most: usize| part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole, 18) || !plain(fraction, 10) {
        return Err(refused());
    }
    Decimal::from_str_exact(trimmed).map_err(|_| refused())
}

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(Iso);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(Iso::USD);
    /// Euro.
    pub const EUR: Self = Self(Iso::EUR);
    /// Yen, which has no minor unit.
    pub const JPY: Self = Self(Iso::JPY);

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }

    /// The smallest amount that can be paid: 0.01 USD, 1 JPY.
    pub fn minor_unit(self) -> Decimal {
        Decimal::new(1, self.decimals())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        // Codes without a minor unit stand for metals, tests and no currency at all: nobody pays in them.
        let money = Iso::from_code(text).filter(|iso| iso.exponent().is_some());
        money.map(Self).ok_or_else(|| MoneyError::UnknownCurrency(text.chars().take(20).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of a currency with at most the currency's decimals, always held at exactly that many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawMoney", into = "RawMoney")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

#[derive(Serialize, Deserialize)]
struct RawMoney {
    amount: Decimal,
    currency: Currency,
}

impl TryFrom<RawMoney> for Money {
    type Error = MoneyError;

    fn try_from(raw: RawMoney) -> Result<Self, MoneyError> {
        Self::new(raw.amount, raw.currency)
    }
}

impl From<Money> for RawMoney {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

impl Money {
    /// Money of a currency.
    ///
    /// # Errors
    /// [`MoneyError::TooPrecise`] when the amount has a fraction of the minor unit.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let allowed = currency.decimals();
        if amount.normalize().scale() > allowed {
            return Err(MoneyError::TooPrecise { amount, currency, allowed });
        }
        let mut amount = amount;
        amount.rescale(allowed);
        Ok(Self { amount, currency })
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::new(0, currency.decimals()), currency }
    }

    /// An amount rounded half-even to the minor unit: for computed values such as tax, never for values that people gave.
    pub fn rounded(amount: Decimal, currency: Currency) -> Self {
        let strategy = rust_decimal::RoundingStrategy::MidpointNearestEven;
        let mut amount = amount.round_dp_with_strategy(currency.decimals(), strategy);
        amount.rescale(currency.decimals());
        Self { amount, currency }
    }

    /// The amount.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::MixedCurrencies`] or [`MoneyError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Self::new(amount, self.currency)
    }

    /// The sum of many, zero of `currency` for none.
    ///
    /// # Errors
    /// As [`Self::plus`].
    pub fn sum(currency: Currency, parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// How many times `unit` fits, exactly, with at most ten decimals.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when `unit` is zero or the quotient has no such end.
    pub fn divided_by(self, unit: Decimal) -> Result<Decimal, MoneyError> {
        let quotient = self.amount.checked_div(unit).ok_or(MoneyError::Overflow)?.normalize();
        // The library rounds at 28 digits: a third of ten times three would pass for ten.
        let exact = quotient.scale() <= 10 && quotient.checked_mul(unit) == Some(self.amount);
        if exact { Ok(quotient) } else { Err(MoneyError::Overflow) }
    }
}

impl fmt::Display for Money {
    /// For people: thousands separated, the code behind (`12,000.00 USD`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.amount.abs().to_string();
        let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, d)| (w, Some(d)));
        if self.is_negative() {
            f.write_str("-")?;
        }
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if let Some(fraction) = fraction {
            write!(f, ".{fraction}")?;
        }
        write!(f, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(text: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::USD).unwrap()
    }

    #[test]
    fn only_plain_decimals_are_amounts() {
        for good in ["0", "12", "12.5", "-3.10", " 7 ", "999999999999999999.9999999999"] {
            assert!(parse_decimal(good).is_ok(), "{good:?}");
        }
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "+5",
            "1e3",
            "1_000",
            "1,000",
            "--1",
            "0x10",
            "1.2.3",
            "1234567890123456789",
            "1.12345678901",
            "NaN",
        ] {
            assert!(parse_decimal(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_currency_is_one_that_somebody_pays_in() {
        for code in ["USD", "EUR", "GBP", "AUD", "JPY", "KWD", "CHF", "INR", "CLP", "ISK"] {
            assert_eq!(code.parse::<Currency>().unwrap().code(), code);
        }
        for code in ["XXX", "XTS", "XAU", "QQQ", "usd", " USD", ""] {
            assert!(matches!(code.parse::<Currency>(), Err(MoneyError::UnknownCurrency(_))), "{code}");
        }
    }

    #[test]
    fn money_has_no_more_decimals_than_its_currency() {
        assert!(Money::new("19.505".parse().unwrap(), Currency::USD).is_err());
        assert!(Money::new("19.500".parse().unwrap(), Currency::USD).is_ok());
        assert!(Money::new("1.5".parse().unwrap(), Currency::JPY).is_err());
        assert_eq!(Money::new("1000000".parse().unwrap(), Currency::JPY).unwrap().to_string(), "1,000,000 JPY");
    }

    #[test]
    fn currencies_do_not_mix() {
        let euro = Money::zero(Currency::EUR);
        assert_eq!(usd("1").plus(euro), Err(MoneyError::MixedCurrencies(Currency::USD, Currency::EUR)));
    }

    #[test]
    fn money_reads_well() {
        assert_eq!(usd("1234567.5").to_string(), "1,234,567.50 USD");
        assert_eq!(usd("-0.05").to_string(), "-0.05 USD");
        assert_eq!(usd("999").to_string(), "999.00 USD");
    }

    #[test]
    fn a_quantity_of_minor_units_is_exact_or_refused() {
        assert_eq!(usd("120000").divided_by(Currency::USD.minor_unit()), Ok("12000000".parse().unwrap()));
        assert!(usd("10").divided_by(Decimal::ZERO).is_err());
        assert!(usd("10").divided_by("3".parse().unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn the_stored_form_gives_the_same_money_back(cents in -10_000_000_000i64..10_000_000_000) {
            let money = Money::new(Decimal::new(cents, 2), Currency::USD).unwrap();
            let stored = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&stored).unwrap(), money);
        }

        #[test]
        fn a_sum_does_not_depend_on_the_order(mut cents in proptest::collection::vec(-1_000_000i64..1_000_000, 0..20)) {
            let total = |list: &[i64]| Money::sum(Currency::USD, list.iter().map(|c| Money::new(Decimal::new(*c, 2), Currency::USD).unwrap()));
            let there = total(&cents);
            cents.reverse();
            prop_assert_eq!(there, total(&cents));
        }
    }
}
