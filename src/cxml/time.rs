//! Owns points in time on the wire: every spelling that buyer systems use is read or kept as text, one spelling is written.
//!
//! A time that cannot be read never refuses a document. A time without an offset is never silently taken for UTC: it is a
//! local time, and the caller says whose.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A date or time attribute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireTime {
    /// The text as sent, trimmed; it is what is echoed.
    pub text: String,
    /// The instant, if the text has an offset.
    pub instant: Option<Timestamp>,
    /// The clock reading, if the text has no offset (a date alone is midnight).
    pub local: Option<DateTime>,
}

impl WireTime {
    /// Reads a text; whatever it is, it is kept.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let (instant, local) = understood(text);
        Self { text: text.to_owned(), instant, local }
    }

    /// A time to be written.
    pub fn at(instant: Timestamp) -> Self {
        Self { text: written(instant), instant: Some(instant), local: None }
    }

    /// The instant, taking a local time as one in `offset`.
    pub fn instant_in(&self, offset: Offset) -> Option<Timestamp> {
        self.instant.or_else(|| self.local.and_then(|local| offset.to_timestamp(local).ok()))
    }
}

/// `2026-01-31T09:05:00+00:00`: numeric offset (the guide forbids `Z`), no fraction (some receivers fail on them).
pub fn written(instant: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(instant);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+00:00",
        utc.year(),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second()
    )
}

/// The standard's own spelling is tried first, since it is the usual one.
fn understood(text: &str) -> (Option<Timestamp>, Option<DateTime>) {
    const SHORTEST_WITH_OFFSET: usize = "2026-01-31T09Z".len();
    if text.len() >= SHORTEST_WITH_OFFSET
        && let Ok(instant) = Timestamp::from_str(text)
    {
        return (Some(instant), None);
    }
    let spelled = usual_spelling(text);
    match Timestamp::from_str(&spelled) {
        Ok(instant) => (Some(instant), None),
        Err(_) => (None, DateTime::from_str(&spelled).ok()),
    }
}

/// Brings the spellings of buyer systems into one that the time library reads.
fn usual_spelling(text: &str) -> String {
    if let Some(unix) = unix_date(text) {
        return unix;
    }
    let compact = without_blank_before_offset(text);
    match compact.split_once(['.', ',']) {
        Some((seconds, rest)) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let fraction = rest.get(..digits.min(9)).unwrap_or_default();
            let dot = if fraction.is_empty() { "" } else { "." };
            format!("{seconds}{dot}{fraction}{}", rest.get(digits..).unwrap_or_default())
        }
        None => compact,
    }
}

/// `2017-01-24 15:18:07 +0530` and `2018-03-22T17:10:07 -04:00`.
fn without_blank_before_offset(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains(':') && offset.starts_with(['+', '-', 'Z']) => {
            format!("{}{offset}", time.trim_end())
        }
        _ => text.to_owned(),
    }
}

/// `Mon May 19 18:29:48 +0000 2008`.
fn unix_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, time, offset, year] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? + 1;
    let day: u8 = day.parse().ok()?;
    let offset = if offset.eq_ignore_ascii_case("utc") || offset.eq_ignore_ascii_case("gmt") { "+00" } else { offset };
    Some(format!("{year}-{month:02}-{day:02}T{time}{offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_with_an_offset_become_an_instant() {
        let table = [
            ("2002-08-15T08:47:00-07:00", "2002-08-15T15:47:00Z"),
            ("Mon May 19 18:29:48 +0000 2008", "2008-05-19T18:29:48Z"),
            ("2018-03-22T17:10:07 -04:00", "2018-03-22T21:10:07Z"),
            ("2018-03-22T17:10:07-0400", "2018-03-22T21:10:07Z"),
            ("2021-02-17 21:16:34-08:00", "2021-02-18T05:16:34Z"),
            ("2017-01-24 15:18:07 +0530", "2017-01-24T09:48:07Z"),
            ("2026-01-31T09:05:00Z", "2026-01-31T09:05:00Z"),
            ("2026-01-31T09:05:00.123456+00:00", "2026-01-31T09:05:00.123456Z"),
            ("2026-01-31T09:05:00,5+00:00", "2026-01-31T09:05:00.5Z"),
            ("2026-01-31T09:05:00.1234567890123+01:00", "2026-01-31T08:05:00.123456789Z"),
            (" 2026-01-31T09:05+01 ", "2026-01-31T08:05:00Z"),
        ];
        for (text, expected) in table {
            assert_eq!(WireTime::read(text).instant, Some(expected.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_time_without_offset_is_local_and_never_silently_utc() {
        for text in ["2010-12-22T19:03:37", "2016-04-12", "2020-09-25 15:30:43"] {
            let time = WireTime::read(text);
            assert_eq!(time.instant, None, "{text}");
            assert!(time.local.is_some(), "{text}");
        }
        let berlin = Offset::constant(1);
        assert_eq!(
            WireTime::read("2010-12-22T19:03:37").instant_in(berlin),
            Some("2010-12-22T18:03:37Z".parse().unwrap())
        );
    }

    #[test]
    fn what_is_no_time_is_kept_as_text() {
        for text in ["", "yesterday", "0000-00-00", "2024-02-30T00:00:00Z", "Mon Foo 19 18:29:48 +0000 2008"] {
            let time = WireTime::read(text);
            assert_eq!((time.text.as_str(), time.instant, time.local), (text, None, None));
        }
    }

    #[test]
    fn written_times_have_a_numeric_offset_and_no_fraction() {
        let instant: Timestamp = "2026-01-31T09:05:00.987Z".parse().unwrap();
        assert_eq!(written(instant), "2026-01-31T09:05:00+00:00");
        assert_eq!(WireTime::read(&written(instant)).instant, Some("2026-01-31T09:05:00Z".parse().unwrap()));
    }
}
