//! Jobs with their runs, and the tokens of machines.

use marketgate_store::jobs::{JobRun, newest_runs, state};
use marketgate_store::tokens::{self as stored_tokens, ApiToken};
use marketgate_store::{Reader, StoreError};

use crate::jobs::table::Job;

/// An installation has so many tokens at most.
const MOST_TOKENS: usize = 10_000;

/// What is known of a job.
#[derive(Debug, Clone)]
pub struct JobHistory {
    /// The job.
    pub job: Job,
    /// Start of the last run that the schedule asked for, wall time.
    pub last_scheduled_at: Option<jiff::Timestamp>,
    /// The newest runs, newest first.
    pub runs: Vec<JobRun>,
}

/// All jobs with their newest runs.
pub fn jobs(reader: &impl Reader, runs: usize) -> Result<Vec<JobHistory>, StoreError> {
    Job::ALL.into_iter().map(|job| self::job(reader, job, runs)).collect()
}

/// One job with its newest runs.
pub fn job(reader: &impl Reader, job: Job, runs: usize) -> Result<JobHistory, StoreError> {
    let last_scheduled_at = state(reader, job.name())?.map(|state| state.last_run);
    Ok(JobHistory { job, last_scheduled_at, runs: newest_runs(reader, job.name(), runs)? })
}

/// All tokens by name.
pub fn tokens(reader: &impl Reader) -> Result<Vec<ApiToken>, StoreError> {
    stored_tokens::all(reader, MOST_TOKENS)
}
