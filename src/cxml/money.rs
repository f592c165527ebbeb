//! Owns numbers on the wire: exact decimals, read leniently and written plainly.
//!
//! A number is never a binary float and never rounded: what cannot be read exactly stays text with no value, and the
//! caller refuses it. A comma is a thousands separator or an error, never a decimal point (cXML, Money).

use rust_decimal::Decimal;

use crate::error::WireError;
use crate::read::Cursor;
use crate::unknown::Keep;
use crate::write::Element;

/// The most digits that are read; more than any amount of money needs and as many as always fit exactly.
const MAX_DIGITS: usize = 28;

/// A number with the text that it came as. The text is what is echoed, the value is what is calculated with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Number {
    /// The text, trimmed.
    pub text: String,
    /// The value; `None` if the text is empty or not an exact decimal.
    pub value: Option<Decimal>,
}

impl Number {
    /// Reads a text; whatever it is, it is kept.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        Self { text: text.to_owned(), value: parse_decimal(text) }
    }

    /// There is text, but it is not a number.
    pub fn is_unreadable(&self) -> bool {
        self.value.is_none() && !self.text.is_empty()
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self { text: plain(value), value: Some(value) }
    }
}

/// The `Money` element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Money {
    /// `@currency`, three letters in an honest document, trimmed and in upper case; empty if missing.
    pub currency: String,
    /// The amount.
    pub amount: Number,
    /// `@alternateAmount`, the same amount in another currency.
    pub alternate_amount: Option<Number>,
    /// `@alternateCurrency`.
    pub alternate_currency: Option<String>,
}

impl Money {
    /// An amount to be written.
    pub fn new(amount: Decimal, currency: &str) -> Self {
        Self { currency: currency.to_owned(), amount: amount.into(), ..Self::default() }
    }

    /// The exact value, if there is one.
    pub fn value(&self) -> Option<Decimal> {
        self.amount.value
    }

    /// Whether there is an amount or at least a currency.
    pub fn is_stated(&self) -> bool {
        !self.currency.is_empty() || !self.amount.text.is_empty()
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut money = Self { amount: Number::read(&at.text()), ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "currency" => money.currency = value.trim().to_ascii_uppercase(),
                "alternateAmount" => {
                    money.alternate_amount = Some(Number::read(value)).filter(|number| !number.text.is_empty());
                }
                "alternateCurrency" => money.alternate_currency = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        unknown.elements(at);
        money
    }

    /// The `Money` inside of a wrapper such as `Total` or `UnitPrice`.
    pub(crate) fn within(wrapper: Cursor<'_, '_>, unknown: &mut impl Keep) -> Option<Self> {
        unknown.within(wrapper, "Money").map(|money| Self::read(money, unknown))
    }

    /// Reads a wrapper that may stand once; a second one is kept.
    pub(crate) fn once(slot: &mut Option<Self>, wrapper: Cursor<'_, '_>, unknown: &mut impl Keep) {
        if slot.is_some() {
            unknown.element(wrapper);
        } else {
            *slot = Self::within(wrapper, unknown);
        }
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Money")
            .attr("currency", &self.currency)
            .attr_opt("alternateAmount", self.alternate_amount.as_ref().map(|number| number.text.as_str()))
            .attr_opt("alternateCurrency", self.alternate_currency.as_deref())
            .text(&self.amount.text)
    }

    pub(crate) fn wrapped(&self, wrapper: &'static str) -> Element {
        Element::new(wrapper).child(self.element())
    }
}

/// A trimmed text that is not blank.
pub(crate) fn some_text(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A number attribute that the DTD requires.
pub(crate) fn required_number(at: Cursor<'_, '_>, name: &str) -> Result<Number, WireError> {
    let text = at.required_attr(name)?;
    let number = Number::read(text);
    match number.value {
        Some(_) => Ok(number),
        None => Err(at.invalid(&format!("a decimal number in {name}"), text)),
    }
}

/// Reads a decimal exactly: optional sign, digits with commas only as thousands separators, optional fraction; `.00` and
/// `5.` are numbers. Anything else, and anything that would have to be rounded, is `None`.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 || fraction.len() > MAX_DIGITS || !has_honest_separators(whole) {
        return None;
    }
    let (mut mantissa, mut significant) = (0_i128, 0_usize);
    for byte in whole.bytes().filter(|byte| *byte != b',').chain(fraction.bytes()) {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        significant += usize::from(digit > 0 || significant > 0);
        if significant > MAX_DIGITS {
            return None;
        }
        mantissa = mantissa * 10 + i128::from(digit);
    }
    let mantissa = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(fraction.len()).ok()?).ok()
}

/// Plain digits with the scale of the value, no separators, no exponent, no negative zero.
pub fn plain(value: Decimal) -> String {
    if value.is_zero() { value.abs().to_string() } else { value.to_string() }
}

/// No comma, or groups of three digits after one of one to three.
fn has_honest_separators(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().map_or(0, str::len);
    match groups.clone().next() {
        None => true,
        Some(_) => (1..=3).contains(&first) && groups.all(|group| group.len() == 3),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        parse_decimal(text).map(plain)
    }

    #[test]
    fn amounts_seen_in_the_wild_are_read_exactly() {
        let table = [
            ("16.2", "16.2"),
            (".00", "0.00"),
            (" 2906.32000\n", "2906.32000"),
            ("1,234,567.89", "1234567.89"),
            ("-5", "-5"),
            ("+5", "5"),
            ("5.", "5"),
            ("-0.00", "0.00"),
            ("19.505", "19.505"),
            ("0000000000000000000000000000000000001.5", "1.5"),
            ("1234567890123456789012345678", "1234567890123456789012345678"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_exact_is_not_a_number() {
        for text in
            ["", " ", "-", ".", "1e3", "1_000", "1,5", "1.234,56", "12,34", "1,2345", "0x10", "NaN", "\u{663}", "1 000"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("12345678901234567890123456789"), None, "29 digits would be rounded");
    }

    #[test]
    fn unreadable_and_absent_amounts_are_told_apart() {
        assert!(Number::read("abc").is_unreadable());
        assert!(!Number::read("  ").is_unreadable());
        assert_eq!(Number::read("abc").text, "abc");
    }

    #[test]
    fn a_fractional_quantity_stays_fractional() {
        assert_eq!(Number::read("1.5").value, Some(Decimal::new(15, 1)));
    }

    proptest! {
        #[test]
        fn a_written_decimal_is_read_back_with_its_scale(mantissa in -9_999_999_999_999_999_i64..9_999_999_999_999_999, scale in 0_u32..12) {
            let value = Decimal::new(mantissa, scale);
            let back = parse_decimal(&plain(value)).unwrap();
            prop_assert_eq!(back, value);
            prop_assert_eq!(back.scale(), value.scale());
        }
    }
}
