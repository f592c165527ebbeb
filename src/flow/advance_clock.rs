//! Moves the demo's business time, stepping from event to event (R1): an installment that falls due on the way is invoiced
//! with the date of its day, not with that of the end.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use marketgate_domain::day;
use marketgate_domain::procurement_request::LAPSE_WARNINGS_DAYS;
use marketgate_store::jobs::{JobTrigger, put_clock_offset_ms};
use marketgate_store::{Reader, StoreError, agreements, catalog, requests};

use super::Error;
use crate::context::Context;
use crate::jobs::table::Job;

/// More events than this on the way mean that something does not end.
const MOST_STEPS: usize = 10_000;

/// The farthest that the clock is moved at once.
const FARTHEST_DAYS: i64 = 366 * 10;

/// Where the clock stands after moving it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Business time.
    pub now: Timestamp,
    /// Events on the way.
    pub steps: usize,
}

/// Moves business time forward.
///
/// # Errors
/// [`Error::Forbidden`] outside of a demo, [`Error::BadRequest`] for a span that is not a forward one, or what a job on the
/// way says.
pub async fn advance_clock(context: &Context, span: Span) -> Result<Moved, Error> {
    let Some(clock) = context.clock.movable().filter(|_| context.installation.demo.is_some()) else {
        return Err(Error::Forbidden("The clock can be moved in the demo only.".to_owned()));
    };
    let start = context.clock.business();
    let target = target(start, span)?;
    let mut steps = 0;
    loop {
        let now = context.clock.business();
        let next = context.read(move |snapshot| next_event(snapshot, now)).await?;
        let stop = next.filter(|next| *next <= target).map_or(target, |next| next.max(now));
        let offset_ms = clock.move_to(stop);
        context.store.transact_async(move |tx| put_clock_offset_ms(tx, offset_ms)).await?;
        for job in [Job::ExpireOffers, Job::WarnLapsing, Job::BillDueCharges] {
            job.run(context, JobTrigger::Clock).await?;
        }
        if stop >= target {
            return Ok(Moved { now: stop, steps });
        }
        steps += 1;
        if steps > MOST_STEPS {
            return Err(Error::Conflict(format!(
                "There are more than {MOST_STEPS} events on the way; move the clock in smaller steps."
            )));
        }
    }
}

fn target(start: Timestamp, span: Span) -> Result<Timestamp, Error> {
    let far = || {
        Error::BadRequest(format!(
            "Move the clock forward by at most {FARTHEST_DAYS} days at once, for example \"P30D\"."
        ))
    };
    let target = start.to_zoned(TimeZone::UTC).checked_add(span).map_err(|_| far())?.timestamp();
    let forward = target > start && target.duration_since(start) <= SignedDuration::from_hours(FARTHEST_DAYS * 24);
    if forward { Ok(target) } else { Err(far()) }
}

/// The next moment at which a job would find something to do.
fn next_event(reader: &impl Reader, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let charge = agreements::next_due(reader)?;
    let lapses = [catalog::next_end(reader)?, requests::next_lapse(reader, Date::MIN)?];
    let lapses = lapses.into_iter().flatten().map(|last| day::plus_days(last, 1));
    let warnings = LAPSE_WARNINGS_DAYS.into_iter().map(|days| next_warning(reader, now, days));
    let warnings = warnings.collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
    Ok(lapses.chain(warnings).map(day::start).chain(charge).min())
}

/// The next day, after today, on which a pending request has so many days left.
fn next_warning(reader: &impl Reader, now: Timestamp, days: u8) -> Result<Option<Date>, StoreError> {
    let tomorrow = day::plus_days(day::of(now), 1);
    let last = requests::next_lapse(reader, day::plus_days(tomorrow, u32::from(days)))?;
    Ok(last.map(|last| last.saturating_sub(Span::new().days(i64::from(days)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_only_moves_forward_and_not_beyond_reason() {
        let start: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let moved = |text: &str| target(start, text.parse().unwrap()).map(|moment| moment.to_string());
        assert_eq!(moved("P30D").unwrap(), "2026-12-23T10:00:00Z");
        assert_eq!(moved("P1Y").unwrap(), "2027-11-23T10:00:00Z");
        assert_eq!(moved("PT90M").unwrap(), "2026-11-23T11:30:00Z");
        for wrong in ["-P1D", "PT0S", "P11Y"] {
            assert!(matches!(moved(wrong), Err(Error::BadRequest(_))), "{wrong}");
        }
    }
}
