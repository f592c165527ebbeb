//! When a job runs: the five or six fields of cron, in UTC only.
//!
//! The library counts weekdays from Sunday = 1, wants seconds first, needs both day fields to match and ends silently for
//! days that never come. People write the usual five fields; what would mean something else than they think is refused
//! here with a hint.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use cron::Schedule;
use jiff::Timestamp;

/// What each field takes.
const FIELDS: &str = "minute 0 to 59, hour 0 to 23, day of the month 1 to 31, month 1 to 12 and weekday 0 to 7 are expected, each as \
                      \"*\", a number, a range such as 1-5, a list such as 1,3 or a step such as */5";

/// A schedule that has a next run.
#[derive(Debug, Clone)]
pub struct CronSchedule {
    schedule: Schedule,
    text: String,
}

impl CronSchedule {
    /// Reads `minute hour day-of-month month day-of-week`, optionally with seconds in front.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        match fields.len() {
            5 => fields.insert(0, "0".to_owned()),
            6 => {}
            n => {
                return Err(format!(
                    "\"{text}\" has {n} fields; write minute hour day-of-month month day-of-week, for example \"*/5 * * * *\""
                ));
            }
        }
        let [_, _, _, day, _, weekday] = fields.as_mut_slice() else {
            return Err(format!("\"{text}\" is not a schedule"));
        };
        if !is_any(day) && !is_any(weekday) {
            return Err(format!(
                "\"{text}\" names a day of the month and a weekday: leave one of them \"*\", cron programs disagree about both"
            ));
        }
        *weekday = weekday_names(weekday)?;
        // The library's own words are about other fields than those that were written.
        let schedule =
            Schedule::from_str(&fields.join(" ")).map_err(|_| format!("\"{text}\" is no schedule: {FIELDS}"))?;
        // A leap day is the rarest thing that a schedule can name.
        let some_day = DateTime::<Utc>::UNIX_EPOCH;
        if schedule.after(&some_day).next().is_none() {
            return Err(format!("\"{text}\" never comes"));
        }
        Ok(Self { schedule, text: text.to_owned() })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first run after that moment.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let moment = DateTime::<Utc>::from_timestamp(moment.as_second(), 0)?;
        let next = self.schedule.after(&moment).next()?;
        Timestamp::from_second(next.timestamp()).ok()
    }
}

fn is_any(field: &str) -> bool {
    matches!(field, "*" | "?")
}

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Weekdays as crontab has them (0 and 7 are Sunday) become a list of names, which mean the same everywhere.
fn weekday_names(field: &str) -> Result<String, String> {
    if matches!(field, "*" | "?" | "*/1") {
        return Ok("*".to_owned());
    }
    let mut days = Vec::new();
    for part in field.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(field, first)?, weekday(field, last)?);
        // A week that begins on Monday ends on a Sunday.
        let last = if last == 0 && first > 0 { 7 } else { last };
        if first > last {
            return Err(format!(
                "\"{field}\": a range of weekdays counts up: list them instead, for example FRI,SAT,SUN"
            ));
        }
        days.extend((first..=last).filter_map(|day| WEEKDAYS.get(day % 7)).copied());
    }
    days.sort_unstable();
    days.dedup();
    Ok(days.join(","))
}

/// The number of a weekday, 0 to 7.
fn weekday(field: &str, day: &str) -> Result<usize, String> {
    if day.contains('/') {
        return Err(format!("\"{field}\": list the weekdays, steps over weekdays are not supported"));
    }
    let named = WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(day));
    let known = named.or_else(|| day.parse().ok().filter(|number| *number <= 7));
    known.ok_or_else(|| format!("\"{field}\": weekdays are 0 (Sunday) to 7 (Sunday), or SUN to SAT"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = CronSchedule::parse(text).unwrap();
        let mut at: Timestamp = from.parse().unwrap();
        (0..count)
            .map(|_| {
                at = schedule.next_after(at).unwrap();
                at.to_string()
            })
            .collect()
    }

    #[test]
    fn five_fields_mean_what_crontab_means() {
        // The 23rd of November 2026 is a Monday.
        let expected = ["2026-11-23T06:30:00Z", "2026-11-24T06:30:00Z"];
        assert_eq!(runs("30 6 * * 1-5", "2026-11-22T12:00:00Z", 2), expected);
        assert_eq!(runs("0 0 * * 0", "2026-11-23T00:00:00Z", 1), ["2026-11-29T00:00:00Z"]);
        assert_eq!(runs("0 0 * * 7", "2026-11-23T00:00:00Z", 1), ["2026-11-29T00:00:00Z"]);
        for every_day in ["0-7", "1-7", "0-6", "MON-SUN", "sun-sat", "5-7,1-4", "*/1", "?"] {
            let text = format!("0 0 * * {every_day}");
            let week = runs(&text, "2026-11-22T12:00:00Z", 7);
            assert_eq!(week.last().unwrap(), "2026-11-29T00:00:00Z", "{text}: {week:?}");
        }
        assert_eq!(
            runs("0 0 * * 6-7", "2026-11-23T00:00:00Z", 3),
            ["2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z", "2026-12-05T00:00:00Z"]
        );
        assert_eq!(runs("*/20 * * * *", "2026-11-23T00:05:00Z", 2), ["2026-11-23T00:20:00Z", "2026-11-23T00:40:00Z"]);
    }

    #[test]
    fn seconds_may_be_given_in_front() {
        assert_eq!(runs("15 0 * * * *", "2026-11-23T00:00:00Z", 1), ["2026-11-23T00:00:15Z"]);
    }

    #[test]
    fn what_would_surprise_is_refused_with_a_hint() {
        for (text, hint) in [
            ("* * * *", "4 fields"),
            ("0 0 1 * 1", "leave one of them"),
            ("0 0 31 2 *", "never comes"),
            ("0 0 * * 8", "0 (Sunday) to 7"),
            ("every day", "2 fields"),
            ("0 0 * * 5-1", "FRI,SAT,SUN"),
            ("0 0 * * */2", "list the weekdays"),
            ("0 0 * * moon", "SUN to SAT"),
            ("61 * * * *", "minute 0 to 59"),
            ("*/0 * * * *", "minute 0 to 59"),
            ("0 0 L * *", "day of the month 1 to 31"),
        ] {
            let error = CronSchedule::parse(text).unwrap_err();
            assert!(error.contains(hint) && !error.contains('\n'), "{text}: {error}");
        }
    }
}
