//! `[api]`: the JSON API.

use serde::Deserialize;

use super::Section;

/// Settings of the JSON API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Hours for which the answer to a call with an idempotency key is kept.
    pub idempotency_hours: u32,
    /// Largest catalogue file that is taken, in MiB.
    pub max_import_mib: usize,
}

impl Section for Api {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !(1..=24 * 30).contains(&self.idempotency_hours) {
            problems.push("idempotency_hours: 1 to 720 hours are expected".to_owned());
        }
        if !(1..=1024).contains(&self.max_import_mib) {
            problems.push("max_import_mib: 1 to 1024 MiB are expected".to_owned());
        }
        problems
    }
}
