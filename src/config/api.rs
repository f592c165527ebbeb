//! `[api]`: the JSON API.

use serde::Deserialize;

use super::Section;

/// Settings of the JSON API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Hours for which the answer to a call with an idempotency key is kept.
    pub idempotency_hours: u32,
}

impl Section for Api {
    fn problems(&self) -> Vec<String> {
        let fits = (1..=24 * 30).contains(&self.idempotency_hours);
        if fits { Vec::new() } else { vec!["idempotency_hours: 1 to 720 hours are expected".to_owned()] }
    }
}
