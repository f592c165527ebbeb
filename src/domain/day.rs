//! Days of the calendar, always in UTC: offers end, installments fall due and agreements run by days, not by hours.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The UTC day of a moment.
pub fn of(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}

/// The first moment of a day.
pub fn start(day: Date) -> Timestamp {
    // Every civil date is representable in UTC but for the two ends of the calendar, where the nearest moment serves.
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(if day.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Whether the day is over at that moment: "purchasable through that day" ends with its last second (C5).
pub fn is_over(day: Date, now: Timestamp) -> bool {
    of(now) > day
}

/// The day so many days later; the last day of the calendar where that does not exist.
pub fn plus_days(day: Date, days: u32) -> Date {
    day.checked_add(Span::new().days(i64::from(days))).unwrap_or(Date::MAX)
}

/// The day so many months later, the last day of the month where the month is too short; the last day of the calendar
/// where that does not exist.
pub fn plus_months(day: Date, months: u32) -> Date {
    day.checked_add(Span::new().months(i64::from(months))).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_over_only_when_the_next_one_has_begun() {
        let last = date(2026, 11, 30);
        assert!(!is_over(last, "2026-11-30T23:59:59.999Z".parse().unwrap()));
        assert!(is_over(last, "2026-12-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn a_month_later_stays_inside_the_month() {
        assert_eq!(plus_months(date(2027, 1, 31), 1), date(2027, 2, 28));
        assert_eq!(plus_days(date(2027, 12, 31), 1), date(2028, 1, 1));
    }
}
