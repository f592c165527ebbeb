//! The list of jobs: name, schedule, flow. And the one way to run them.

use std::collections::HashMap;
use std::sync::Arc;

use marketgate_store::jobs::{JobOutcome, JobRun, JobTrigger, record};
use tokio::sync::Mutex;

use crate::config::jobs::Jobs;
use crate::context::Context;
use crate::flow::Error;
use crate::flow::bill_due_charges::bill_due_charges;
use crate::flow::call_once;
use crate::flow::expire_offers::expire_offers;
use crate::flow::warn_lapsing::warn_lapsing;

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// Charges that fell due become invoices (S2).
    BillDueCharges,
    /// Offers and requests whose last day is over (S1).
    ExpireOffers,
    /// Requests that lapse soon (S1).
    WarnLapsing,
    /// What is kept for a time only (S6).
    Purge,
    /// Wakes the outbox (S5). It wakes by itself when something is due; this is the belt to those braces.
    RetryOutbox,
}

impl Job {
    /// All jobs.
    pub const ALL: [Self; 5] =
        [Self::ExpireOffers, Self::WarnLapsing, Self::BillDueCharges, Self::Purge, Self::RetryOutbox];

    /// The name in addresses, records and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::BillDueCharges => "bill_due_charges",
            Self::ExpireOffers => "expire_offers",
            Self::Purge => "purge",
            Self::RetryOutbox => "retry_outbox",
            Self::WarnLapsing => "warn_lapsing",
        }
    }

    /// The job with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.name() == name)
    }

    /// Its schedule in the configuration.
    pub fn schedule(self, settings: &Jobs) -> &str {
        match self {
            Self::BillDueCharges => &settings.bill_due_charges,
            Self::ExpireOffers => &settings.expire_offers,
            Self::Purge => &settings.purge,
            Self::RetryOutbox => &settings.retry_outbox,
            Self::WarnLapsing => &settings.warn_lapsing,
        }
    }

    /// Runs the job and records the run. A run that somebody waits for waits for one that is under way.
    ///
    /// # Errors
    /// What the job says; the failure is recorded as well.
    pub async fn run(self, context: &Context, trigger: JobTrigger) -> Result<JobRun, Error> {
        let _alone = context.job_locks.of(self).lock_owned().await;
        let (started_at, business_at) = (context.clock.wall(), context.clock.business());
        let done = self.work(context).await;
        let duration_ms = u64::try_from(context.clock.wall().duration_since(started_at).as_millis()).unwrap_or(0);
        let outcome = match &done {
            Ok((changed, summary)) => JobOutcome::Done { changed: *changed, summary: summary.clone() },
            Err(error) => JobOutcome::Failed { error: error.to_string() },
        };
        let run = JobRun { job: self.name().to_owned(), trigger, started_at, business_at, duration_ms, outcome };
        self.note(context, &run).await?;
        done.map(|_| run)
    }

    /// Events ring often and mostly find nothing to do: such runs are not worth a record.
    async fn note(self, context: &Context, run: &JobRun) -> Result<(), Error> {
        let idle = matches!(&run.outcome, JobOutcome::Done { changed: 0, .. });
        if idle && matches!(run.trigger, JobTrigger::Event | JobTrigger::Clock) {
            return Ok(());
        }
        match &run.outcome {
            JobOutcome::Failed { error } => {
                tracing::error!(job = run.job, error, "the job failed; its next run tries again");
            }
            JobOutcome::Done { changed: 0, .. } => tracing::debug!(job = run.job, "nothing to do"),
            JobOutcome::Done { summary, .. } => {
                tracing::info!(job = run.job, summary, duration_ms = run.duration_ms, "job");
            }
        }
        let stored = run.clone();
        Ok(context.store.transact_async(move |tx| record(tx, &stored)).await?)
    }

    async fn work(self, context: &Context) -> Result<(u64, String), Error> {
        Ok(match self {
            Self::BillDueCharges => {
                let issued = bill_due_charges(context).await?.len();
                (issued as u64, format!("{issued} invoices issued"))
            }
            Self::ExpireOffers => {
                let expired = expire_offers(context).await?;
                let changed = (expired.offers + expired.requests) as u64;
                (changed, format!("{} offers and {} requests expired", expired.offers, expired.requests))
            }
            Self::WarnLapsing => {
                let warned = warn_lapsing(context).await?;
                (warned as u64, format!("{warned} requests lapse soon"))
            }
            Self::Purge => {
                let purged = call_once::purge(context).await?;
                (purged as u64, format!("{purged} idempotency keys deleted"))
            }
            Self::RetryOutbox => {
                context.outbox_bell.notify_one();
                (0, "the outbox was woken".to_owned())
            }
        })
    }
}

/// Keeps a job from overlapping itself.
#[derive(Debug)]
pub struct JobLocks(HashMap<Job, Arc<Mutex<()>>>);

impl Default for JobLocks {
    fn default() -> Self {
        Self(Job::ALL.into_iter().map(|job| (job, Arc::default())).collect())
    }
}

impl JobLocks {
    fn of(&self, job: Job) -> Arc<Mutex<()>> {
        self.0.get(&job).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_found_by_its_name_and_locked_by_itself() {
        let locks = JobLocks::default();
        for job in Job::ALL {
            assert_eq!(Job::named(job.name()), Some(job));
            assert!(Arc::ptr_eq(&locks.of(job), &locks.of(job)));
        }
        assert_eq!(Job::named("brew_coffee"), None);
    }
}
