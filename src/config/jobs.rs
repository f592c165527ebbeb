//! `[jobs]`: when recurring work runs.

use serde::Deserialize;

use super::Section;
use crate::jobs::cron_schedule::CronSchedule;
use crate::jobs::table::Job;

/// When recurring work runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// When offers and requests whose last day is over are noted.
    pub expire_offers: String,
    /// When people are warned of requests that lapse soon.
    pub warn_lapsing: String,
    /// When charges that fell due become invoices.
    pub bill_due_charges: String,
    /// When what is kept for a time only is deleted.
    pub purge: String,
    /// When the outbox is woken, should it have overslept.
    pub retry_outbox: String,
}

impl Section for Jobs {
    fn problems(&self) -> Vec<String> {
        let wrong =
            |job: &Job| CronSchedule::parse(job.schedule(self)).err().map(|error| format!("{}: {error}", job.name()));
        Job::ALL.iter().filter_map(wrong).collect()
    }
}
