//! `[punchout]`: lifetimes of sessions.

use serde::Deserialize;

use super::Section;

/// Lifetimes of sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Punchout {
    /// Seconds within which the StartPage must be opened.
    pub start_token_seconds: u32,
    /// Seconds during which it may be opened again before the first action.
    pub start_token_grace_seconds: u32,
    /// Minutes after which a session ends.
    pub session_minutes: u32,
}

impl Section for Punchout {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (key, value) in
            [("start_token_seconds", self.start_token_seconds), ("session_minutes", self.session_minutes)]
        {
            if value == 0 {
                problems.push(format!("{key}: must be at least 1"));
            }
        }
        problems
    }
}
