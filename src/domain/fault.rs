//! What is wrong with the fields of a record that somebody enters: all of it at once, each with its place and a remedy.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field.
    pub field: &'static str,
    /// What is expected instead.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.detail)
    }
}

/// Collects what is wrong.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault unless the rule holds.
    pub fn unless(&mut self, holds: bool, field: &'static str, detail: impl Into<String>) {
        if !holds {
            self.0.push(Fault { field, detail: detail.into() });
        }
    }

    /// A text of so many characters, without control characters; paragraphs may break lines.
    pub fn text(&mut self, field: &'static str, text: &str, (shortest, longest): (usize, usize)) {
        let length = text.trim().chars().count();
        let fits = (shortest..=longest).contains(&length) && !text.chars().any(|c| c.is_control() && c != '\n');
        self.unless(fits, field, format!("{shortest} to {longest} characters are expected, no control characters"));
    }

    /// Everything that was noted.
    pub fn all(self) -> Vec<Fault> {
        self.0
    }
}
