//! Decimals of documents: read strictly (digits, one optional point), never as a binary float, the written scale kept.

use rust_decimal::Decimal;

const MAX_WHOLE_DIGITS: usize = 18;
const MAX_FRACTION_DIGITS: usize = 10;

/// Reads `-?digits[.digits]`, blanks around it allowed; anything else is `None`.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = (1..=MAX_WHOLE_DIGITS).contains(&whole.len()) && fraction.len() <= MAX_FRACTION_DIGITS;
    if fits && all_digits(whole) && all_digits(fraction) { Decimal::from_str_exact(text).ok() } else { None }
}

/// Adds up; `None` on overflow.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_scale_is_kept() {
        assert_eq!(parse(" 1505.00 ").unwrap().to_string(), "1505.00");
        assert_eq!(parse("-0.010").unwrap().to_string(), "-0.010");
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", "1e3", "1_000", "+5", "5.", ".5", "1,000.00", "12345678901234567890", "0.12345678901", "--1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_overflowing_sum_is_none() {
        assert_eq!(sum([Decimal::MAX, Decimal::ONE]), None);
        assert_eq!(sum([parse("0.1").unwrap(), parse("0.2").unwrap()]), parse("0.3"));
    }
}
