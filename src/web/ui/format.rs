//! Values as people read them: moments, days, decimals, durations, plurals. English, UTC, the same everywhere.

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::day;
use maud::{Markup, html};
use rust_decimal::Decimal;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment: `23 Nov 2026, 14:05 UTC`, with its exact form for machines.
pub fn moment(at: Timestamp) -> Markup {
    let date = day::of(at);
    let seconds_of_day = at.as_second().rem_euclid(86_400);
    let (hour, minute) = (seconds_of_day / 3_600, seconds_of_day % 3_600 / 60);
    let short: String = month(date).chars().take(3).collect();
    html! {
        time datetime=(at) { (date.day()) " " (short) " " (date.year()) ", " (format!("{hour:02}:{minute:02}")) " UTC" }
    }
}

/// A day: `15 December 2026`.
pub fn date(date: Date) -> Markup {
    html! { time datetime=(date) { (date_text(date)) } }
}

/// A day as text: `15 December 2026`.
pub fn date_text(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// A day where there is little room: `15 Dec 2026`.
pub fn short_date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date).chars().take(3).collect::<String>(), date.year())
}

/// A number with thousands separated and no trailing zeros: `1,200,000` or `0.0025`.
pub fn number(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = sign.to_owned();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// `1 month`, `12 months`, and whole years as years from two on.
pub fn months(count: u32) -> String {
    if count >= 24 && count.is_multiple_of(12) {
        plural((count / 12) as usize, "year")
    } else {
        plural(count as usize, "month")
    }
}

/// `1 line`, `2 lines`, `1,200 lines`: for words that take an s.
pub fn plural(count: usize, word: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {word}{s}", number(Decimal::from(count)))
}

/// Whole days from today to that day, negative when it is over.
pub fn days_until(date: Date, now: Timestamp) -> i64 {
    let seconds = day::start(date).duration_since(day::start(day::of(now))).as_secs();
    seconds.div_euclid(86_400)
}

/// The beginning of a long identifier, for lists: the whole one stands in the address and in the detail.
pub fn short_id(id: impl ToString) -> String {
    let id = id.to_string();
    match id.split_once('-') {
        // The last digits differ between neighbours, the first ones are the time.
        Some((prefix, digits)) => {
            format!("{prefix}-…{}", digits.chars().skip(digits.chars().count().saturating_sub(8)).collect::<String>())
        }
        None => id,
    }
}

fn month(date: Date) -> &'static str {
    let index = usize::try_from(date.month() - 1).unwrap_or(0);
    MONTHS.get(index).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn moments_and_days_read_as_people_write_them() {
        let at: Timestamp = "2026-11-23T14:05:59Z".parse().unwrap();
        let expected = "<time datetime=\"2026-11-23T14:05:59Z\">23 Nov 2026, 14:05 UTC</time>";
        assert_eq!(moment(at).into_string(), expected);
        assert_eq!(date_text(civil::date(2026, 12, 15)), "15 December 2026");
        assert_eq!(short_date(civil::date(2027, 1, 2)), "2 Jan 2027");
    }

    #[test]
    fn numbers_are_grouped_and_exact() {
        for (value, text) in
            [("1200000", "1,200,000"), ("0.00250", "0.0025"), ("-1234.5", "-1,234.5"), ("100", "100"), ("0", "0")]
        {
            assert_eq!(number(value.parse().unwrap()), text);
        }
    }

    #[test]
    fn durations_are_months_until_they_are_whole_years() {
        assert_eq!([1, 12, 18, 24, 36].map(months), ["1 month", "12 months", "18 months", "2 years", "3 years"]);
    }

    #[test]
    fn the_last_day_itself_is_zero_days_away() {
        let now: Timestamp = "2026-12-15T23:59:59Z".parse().unwrap();
        assert_eq!(days_until(civil::date(2026, 12, 15), now), 0);
        assert_eq!(days_until(civil::date(2026, 12, 16), now), 1);
        assert_eq!(days_until(civil::date(2026, 12, 14), now), -1);
    }

    #[test]
    fn a_short_identifier_keeps_what_tells_it_apart() {
        assert_eq!(short_id("req-0192000000007000800000000000abcd"), "req-…0000abcd");
    }
}
