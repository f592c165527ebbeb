//! Recurring work: when each job ran last, and what its newest runs did. Also how far the demo's clock was moved.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{CLOCK, JOB_RUNS, JOBS};
use crate::tx::Tx;

/// So many runs of each job are kept.
const RUNS_KEPT: usize = 200;

const OFFSET: &str = "offset";

/// What is remembered of a job between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// Start of the last run that the schedule asked for, wall time.
    pub last_run: Timestamp,
}

/// What made a job run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobTrigger {
    /// Its schedule.
    Schedule,
    /// A run that was due while the program was off.
    CatchUp,
    /// Something that happened, for example an order with a charge that is due at once.
    Event,
    /// A person.
    Manual,
    /// The demo's clock was moved.
    Clock,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum JobOutcome {
    /// It did what there was to do.
    Done {
        /// How many things it changed.
        changed: u64,
        /// In words.
        summary: String,
    },
    /// It failed; the next run tries again.
    Failed {
        /// In words.
        error: String,
    },
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    /// Name of the job.
    pub job: String,
    /// What made it run.
    pub trigger: JobTrigger,
    /// Wall time of the start.
    pub started_at: Timestamp,
    /// Business time of the start.
    pub business_at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// How it ended.
    pub outcome: JobOutcome,
}

/// What is remembered of a job.
pub fn state(reader: &impl Reader, job: &str) -> Result<Option<JobState>, StoreError> {
    reader.get(&JOBS, &job.to_owned())
}

/// Remembers a scheduled run.
pub fn put_state(tx: &mut Tx<'_>, job: &str, state: &JobState) -> Result<(), StoreError> {
    tx.put(&JOBS, &job.to_owned(), state)
}

/// Records a run; the oldest ones beyond the number that is kept go.
pub fn record(tx: &mut Tx<'_>, run: &JobRun) -> Result<(), StoreError> {
    tx.put(&JOB_RUNS, &(run.job.clone(), run.started_at), run)?;
    let kept = tx.scan_keys(&JOB_RUNS, &Scan::prefix(&run.job, RUNS_KEPT + 50).backward())?;
    for old in kept.iter().skip(RUNS_KEPT) {
        tx.delete(&JOB_RUNS, old)?;
    }
    Ok(())
}

/// The newest runs of a job, at most so many.
pub fn newest_runs(reader: &impl Reader, job: &str, limit: usize) -> Result<Vec<JobRun>, StoreError> {
    let rows = reader.scan(&JOB_RUNS, &Scan::prefix(&job.to_owned(), limit).backward())?;
    Ok(rows.into_iter().map(|(_, run)| run).collect())
}

/// Milliseconds that the demo's business time is ahead of wall time.
pub fn clock_offset_ms(reader: &impl Reader) -> Result<i64, StoreError> {
    Ok(reader.get(&CLOCK, &OFFSET.to_owned())?.unwrap_or(0))
}

/// Remembers how far the demo's clock was moved.
pub fn put_clock_offset_ms(tx: &mut Tx<'_>, offset_ms: i64) -> Result<(), StoreError> {
    tx.put(&CLOCK, &OFFSET.to_owned(), &offset_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{moment, store};

    fn run(second: i64) -> JobRun {
        JobRun {
            job: "bill_due_charges".to_owned(),
            trigger: JobTrigger::Schedule,
            started_at: moment(second),
            business_at: moment(second),
            duration_ms: 3,
            outcome: JobOutcome::Done { changed: 1, summary: "1 invoice".to_owned() },
        }
    }

    #[test]
    fn the_newest_runs_are_kept_and_the_oldest_go() {
        let store = store();
        let count = i64::try_from(RUNS_KEPT).unwrap() + 20;
        store.transact(move |tx| (0..count).try_for_each(|second| record(tx, &run(second)))).unwrap();
        let runs = store.read(|snapshot| newest_runs(snapshot, "bill_due_charges", 1000)).unwrap();
        assert_eq!(runs.len(), RUNS_KEPT);
        assert_eq!(runs[0], run(count - 1));
        assert_eq!(store.read(|snapshot| newest_runs(snapshot, "bill_due", 10)).unwrap(), []);
    }

    #[test]
    fn a_job_remembers_its_last_run_and_the_clock_its_offset() {
        let store = store();
        let state = JobState { last_run: moment(7) };
        let expected = state.clone();
        store.transact(move |tx| put_state(tx, "a", &state).and_then(|()| put_clock_offset_ms(tx, -5))).unwrap();
        assert_eq!(store.read(|snapshot| self::state(snapshot, "a")).unwrap(), Some(expected));
        assert_eq!(store.read(|snapshot| self::state(snapshot, "b")).unwrap(), None);
        assert_eq!(store.read(clock_offset_ms).unwrap(), -5);
    }
}
