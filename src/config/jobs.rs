//! `[jobs]`: when recurring work runs.

use serde::Deserialize;

use super::Section;
use crate::jobs::cron_schedule::CronSchedule;

/// When recurring work runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// When charges that fell due become invoices.
    pub bill_due_charges: String,
}

impl Section for Jobs {
    fn problems(&self) -> Vec<String> {
        let check = |key: &str, text: &str| CronSchedule::parse(text).err().map(|error| format!("{key}: {error}"));
        check("bill_due_charges", &self.bill_due_charges).into_iter().collect()
    }
}
