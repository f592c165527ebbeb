//! What is wrong with the fields of a record that somebody enters: all of it at once, each with its place and a remedy.

use std::borrow::Cow;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field, or the path to it in the words of the record's JSON form: `terms/schedule/3/charge_date`.
    pub field: Cow<'static, str>,
    /// What is expected instead.
    pub detail: String,
}

impl Fault {
    /// Something wrong with a field.
    pub fn new(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }
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
    pub fn unless(&mut self, holds: bool, field: impl Into<Cow<'static, str>>, detail: impl Into<String>) {
        if !holds {
            self.0.push(Fault::new(field, detail));
        }
    }

    /// A text of so many characters, without control characters; paragraphs may break lines.
    pub fn text(&mut self, field: impl Into<Cow<'static, str>>, text: &str, (shortest, longest): (usize, usize)) {
        let length = text.trim().chars().count();
        let fits = (shortest..=longest).contains(&length) && !text.chars().any(|c| c.is_control() && c != '\n');
        self.unless(fits, field, format!("{shortest} to {longest} characters are expected, no control characters"));
    }

    /// [`Self::text`] in one line: lists, carts and the rows of files have no second one.
    pub fn line(&mut self, field: impl Into<Cow<'static, str>>, text: &str, lengths: (usize, usize)) {
        let field = field.into();
        self.text(field.clone(), text, lengths);
        self.unless(!text.contains('\n'), field, "one line is expected");
    }

    /// A number between two others.
    pub fn number(&mut self, field: impl Into<Cow<'static, str>>, number: u32, (least, most): (u32, u32), of: &str) {
        self.unless((least..=most).contains(&number), field, format!("{least} to {most} {of} are expected"));
    }

    /// Everything that was noted.
    pub fn all(self) -> Vec<Fault> {
        self.0
    }
}
