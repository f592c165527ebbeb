//! The month of a document, which names the file that holds it.
//!
//! It follows from the document's id alone (UUID version 7 begins with the time), so finding a document needs no index.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, tz::TimeZone};
use marketgate_domain::id::MessageId;
use serde::{Deserialize, Serialize};

/// A calendar month in UTC, for example `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month in which an id was made.
    pub fn of(id: MessageId) -> Self {
        // The first 48 bits of a version 7 UUID; what lies beyond the calendar is put into its last month.
        let ms = i64::try_from(id.value() >> 80).unwrap_or(i64::MAX);
        Self::containing(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX))
    }

    /// The month of a moment.
    pub fn containing(moment: Timestamp) -> Self {
        let date = TimeZone::UTC.to_datetime(moment).date();
        Self { year: date.year(), month: date.month() }
    }

    /// The month so many months earlier.
    pub fn earlier(self, months: u32) -> Self {
        let count = i64::from(self.year) * 12 + i64::from(self.month) - 1 - i64::from(months);
        let year = i16::try_from(count.div_euclid(12)).unwrap_or(i16::MIN);
        // A remainder of twelve always fits.
        let month = i8::try_from(count.rem_euclid(12)).unwrap_or_default() + 1;
        Self { year, month }
    }

    /// The smallest id of the month.
    pub(crate) fn first_id(self) -> MessageId {
        let first = jiff::civil::Date::new(self.year, self.month, 1).ok();
        let first = first.and_then(|date| date.to_zoned(TimeZone::UTC).ok());
        let ms = first.map_or(0, |first| first.timestamp().as_millisecond().max(0));
        MessageId::from_value(u128::from(ms.cast_unsigned()) << 80)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A text that is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a month: expected four digits, a hyphen and two digits")]
pub struct MonthError(String);

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        parse(text).filter(|month| month.to_string() == text).ok_or_else(|| MonthError(text.chars().take(20).collect()))
    }
}

fn parse(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    let month = Month { year: year.parse().ok()?, month: month.parse().ok()? };
    (month.year >= 0 && (1..=12).contains(&month.month)).then_some(month)
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn the_month_of_a_document_follows_from_its_id() {
        // 2026-03-31T23:59:59.999Z and one millisecond later.
        let last = MessageId::from_value((1_775_001_599_999_u128 << 80) | 7);
        let first = MessageId::from_value(1_775_001_600_000_u128 << 80);
        assert_eq!((Month::of(last), Month::of(first)), (month("2026-03"), month("2026-04")));
        assert_eq!(month("2026-04").first_id(), first);
        assert_eq!(Month::of(MessageId::from_value(u128::MAX)), month("9999-12"));
    }

    #[test]
    fn months_are_counted_back_over_the_year() {
        assert_eq!(month("2026-03").earlier(3), month("2025-12"));
        assert_eq!(month("2026-03").earlier(26), month("2024-01"));
        assert_eq!(month("2026-03").earlier(0), month("2026-03"));
    }

    #[test]
    fn only_the_form_that_we_write_is_a_month() {
        for text in ["2026-3", "2026-13", "2026-00", "26-03", "+026-03", "2026-03-01", ""] {
            assert!(text.parse::<Month>().is_err(), "{text:?}");
        }
    }
}
