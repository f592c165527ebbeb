//! `[delivery]`: documents that leave.

use std::time::Duration;

use serde::Deserialize;

use super::Section;

/// How documents are delivered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Seconds to wait after the first, second ... failed try; after the last one the message is parked.
    pub retry_seconds: Vec<u32>,
    /// Tries for a cXML 500, which is often permanent.
    pub retries_on_cxml_500: u32,
    /// Seconds to wait for a connection.
    pub connect_timeout_seconds: u64,
    /// Seconds to wait for the whole answer.
    pub timeout_seconds: u64,
    /// Whether loopback and private addresses may be sent to.
    pub allow_private_addresses: bool,
}

impl Delivery {
    /// To wait for a connection.
    pub fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    /// To wait for the whole answer.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl Section for Delivery {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.retry_seconds.is_empty() {
            problems.push("retry_seconds: at least one wait, for example [60]".to_owned());
        }
        if self.connect_timeout_seconds == 0 || self.timeout_seconds == 0 {
            problems.push("timeout_seconds: time-outs must be at least one second".to_owned());
        }
        problems
    }
}
