//! Runs jobs on their schedules, at once after a start where a run was missed, and when a bell rings. One task for each
//! job: a job never overlaps itself, and its next run is computed after the last one has ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use marketgate_store::jobs::{JobState, JobTrigger, put_state, state};
use tokio::sync::{Notify, watch};

use super::cron_schedule::CronSchedule;
use super::table::Job;
use crate::context::Context;
use crate::flow::Error;

/// The longest sleep: clocks jump, machines sleep, so the next run is looked at again from time to time.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// Runs at the same minute in many installations hit the same buyers: each start is late by up to so many milliseconds.
const LATEST_START_MS: u64 = 2_000;

/// Runs a job until it is told to stop.
pub async fn run(context: Context, job: Job, schedule: CronSchedule, mut stop: watch::Receiver<bool>) {
    let bell = match job {
        Job::BillDueCharges => context.billing_bell.clone(),
        Job::ExpireOffers | Job::Purge | Job::RetryOutbox | Job::WarnLapsing => Arc::new(Notify::new()),
    };
    let mut is_first = true;
    while !*stop.borrow() {
        let next = match next_run(&context, job, &schedule).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(job = job.name(), %error, "the schedule cannot be read; trying again");
                later(context.clock.wall())
            }
        };
        let trigger = if is_first { first_trigger(next, context.clock.wall()) } else { JobTrigger::Schedule };
        is_first = false;
        if let Some(woken) = wait(&context, next, trigger, &bell, &mut stop).await {
            run_once(&context, job, woken).await;
        }
    }
}

/// The first run after the last one: in the past where the program was off when it was due. A job that never ran runs now.
async fn next_run(context: &Context, job: Job, schedule: &CronSchedule) -> Result<Timestamp, Error> {
    let last = context.read(move |snapshot| state(snapshot, job.name())).await?;
    let now = context.clock.wall();
    Ok(last.map_or(Some(now), |state| schedule.next_after(state.last_run.min(now))).unwrap_or_else(|| later(now)))
}

fn later(now: Timestamp) -> Timestamp {
    now.saturating_add(LONGEST_SLEEP).unwrap_or(Timestamp::MAX)
}

/// What a first run after the start is: made up for where it was due while the program was off, else like every other.
fn first_trigger(next: Timestamp, now: Timestamp) -> JobTrigger {
    if next <= now { JobTrigger::CatchUp } else { JobTrigger::Schedule }
}

/// Why to run now, or nothing where the program stops.
async fn wait(
    context: &Context,
    next: Timestamp,
    due: JobTrigger,
    bell: &Notify,
    stop: &mut watch::Receiver<bool>,
) -> Option<JobTrigger> {
    let jitter_ms = match due {
        JobTrigger::CatchUp => 0,
        _ => u64::from_be_bytes(context.random.bytes()) % LATEST_START_MS,
    };
    loop {
        let left = Duration::try_from(next.duration_since(context.clock.wall())).unwrap_or(Duration::ZERO);
        let left = if left.is_zero() { left } else { left + Duration::from_millis(jitter_ms) };
        if left.is_zero() {
            return (!*stop.borrow()).then_some(due);
        }
        tokio::select! {
            () = bell.notified() => return Some(JobTrigger::Event),
            _ = stop.changed() => return None,
            () = tokio::time::sleep(left.min(LONGEST_SLEEP)) => {}
        }
    }
}

async fn run_once(context: &Context, job: Job, trigger: JobTrigger) {
    let started_at = context.clock.wall();
    // A failure is in the record and in the log; the next run tries again.
    let _ = job.run(context, trigger).await;
    if trigger == JobTrigger::Event {
        return;
    }
    let state = JobState { last_run: started_at };
    if let Err(error) = context.store.transact_async(move |tx| put_state(tx, job.name(), &state)).await {
        tracing::error!(job = job.name(), %error, "the run could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn only_a_run_that_was_missed_is_made_up_for() {
        let now: Timestamp = "2026-11-30T09:00:00Z".parse().unwrap();
        let hour = SignedDuration::from_hours(1);
        assert_eq!(first_trigger(now - hour, now), JobTrigger::CatchUp);
        assert_eq!(first_trigger(now, now), JobTrigger::CatchUp, "a job that never ran runs at the start");
        assert_eq!(first_trigger(now + hour, now), JobTrigger::Schedule);
    }
}
