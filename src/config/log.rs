//! `[log]`: what is logged, and how it looks.

use serde::Deserialize;

use super::Section;

/// What is logged, and how it looks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How it looks.
    pub format: LogFormat,
    /// Directives of the filter, for example `info,marketgate=debug`.
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Section for Log {}
