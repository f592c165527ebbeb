//! Forms that enter or change a record: what was typed, as the JSON that the API reads, and what is wrong with it, field by field.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::{Data, Form};
use marketgate_domain::access::Action;
use marketgate_domain::fault::Fault;
use serde_json::{Map, Value};

use super::Operator;
use crate::context::Context;
use crate::flow::Error;
use crate::interchange::catalog::file::line_of;
use crate::interchange::members::{Members, Misread};
use crate::web::pages::PageError;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Filled(Vec<(String, String)>);

impl Filled {
    /// The fields of a form that somebody has sent who may change the catalogue.
    ///
    /// # Errors
    /// The page that says why not: not signed in, not allowed, not from one of our pages.
    pub async fn sent(
        context: &Data<Context>,
        request: &HttpRequest,
        form: Form<Vec<(String, String)>>,
    ) -> Result<(Operator, Self), PageError> {
        let operator = Operator::allowed(context, request, Action::ChangeCatalog).await?;
        let filled = Self(form.into_inner());
        operator.check_form(context, request, filled.value("csrf"))?;
        Ok((operator, filled))
    }

    /// The fields of a form that shows a record.
    pub fn showing<const N: usize>(fields: [(&str, String); N]) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// With another value of a field.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// What a field holds, as typed.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    /// Everything that was ticked under a name.
    pub fn ticked(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A field as text in JSON, trimmed and with plain line breaks; nothing where it is empty.
    pub fn text(&self, name: &str) -> Option<Value> {
        let text = self.value(name).trim().replace("\r\n", "\n");
        (!text.is_empty()).then_some(Value::String(text))
    }

    /// A field as a number in JSON; as text where it is none, so that the reader says so.
    pub fn number(&self, name: &str) -> Option<Value> {
        let text = self.text(name)?;
        Some(text.as_str().and_then(|text| text.parse::<u32>().ok()).map_or(text, Value::from))
    }

    /// The lines of a field that are not blank.
    pub fn lines(&self, name: &str) -> Vec<String> {
        self.value(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// An object with the members that have a value.
pub fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// What is wrong with a form, by field; under the empty name what is wrong with the whole.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    by_field: BTreeMap<String, String>,
    /// The field that holds JSON as it was typed, and the text: what is wrong below it is said with the line in the text.
    typed: Option<(&'static str, String)>,
}

impl Problems {
    /// Notes the JSON that was typed into a field.
    pub fn typed_in_json(&mut self, field: &'static str, text: &str) {
        self.typed = Some((field, text.to_owned()));
    }

    /// Notes what is wrong with a field.
    pub fn note(&mut self, field: &str, detail: &str) {
        let said = self.by_field.entry(field.to_owned()).or_default();
        if !said.is_empty() {
            said.push_str("; ");
        }
        said.push_str(detail);
    }

    /// What a reader says; `field` names the field of a JSON Pointer.
    pub fn note_misread(&mut self, faults: &[Misread], field: impl Fn(&str) -> String) {
        for fault in faults {
            self.note_at(&fault.pointer, &field, &fault.detail);
        }
    }

    /// Where a field stands for all that is below it (terms in JSON, a tax table), the rest of the way says which part is meant.
    fn note_at(&mut self, pointer: &str, field: impl Fn(&str) -> String, detail: &str) {
        let named = field(pointer);
        match pointer.split_once(&format!("/{named}/")) {
            Some((_, part)) if !named.is_empty() => {
                let place = self.place_in_json(&named, part).unwrap_or_else(|| part_in_words(part));
                self.note(&named, &format!("{place}: {detail}"));
            }
            _ => self.note(&named, detail),
        }
    }

    /// The line in the JSON that was typed into a field, and the path as it has it.
    fn place_in_json(&self, field: &str, part: &str) -> Option<String> {
        let (_, text) = self.typed.as_ref().filter(|(typed, _)| *typed == field)?;
        let line = line_of(text, &format!("/{part}"));
        Some(line.map_or_else(|| part.to_owned(), |line| format!("line {line}, {part}")))
    }

    /// What the rules say about fields, and what else a person can mend.
    ///
    /// # Errors
    /// The page of what no form can mend.
    pub fn note_refusal(
        &mut self,
        context: &Context,
        error: Error,
        field: impl Fn(&str) -> String,
    ) -> Result<(), PageError> {
        match error {
            Error::Faults(faults) => {
                for Fault { field: name, detail } in faults {
                    self.note_at(&format!("/{name}"), &field, &detail);
                }
                Ok(())
            }
            Error::Conflict(detail) | Error::BadRequest(detail) => {
                self.note("", &detail);
                Ok(())
            }
            other => Err(PageError::new(context, &other)),
        }
    }

    /// What is wrong with a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.by_field.get(field).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }
}

/// Reads an object member by member; what is wrong goes to `problems`.
pub fn read<T>(
    given: Map<String, Value>,
    problems: &mut Problems,
    field: impl Fn(&str) -> String,
    read: impl FnOnce(&mut Members) -> Option<T>,
) -> Option<T> {
    let mut members = Members::new(given);
    let found = read(&mut members);
    match members.finish() {
        Ok(()) => found,
        Err(faults) => {
            problems.note_misread(&faults, field);
            None
        }
    }
}

/// [`read`], and what the rules say about it. Where something cannot be read a stand-in is judged in its place, so that everything else
/// that is wrong is said by the same answer.
pub fn read_and_judge<T>(
    given: Map<String, Value>,
    stand_in: &Value,
    problems: &mut Problems,
    field: impl Fn(&str) -> String,
    read_one: impl Fn(&mut Members) -> Option<T>,
    judge: impl Fn(&T) -> Vec<Fault>,
) -> Option<T> {
    let mut members = Members::new(given.clone());
    let found = read_one(&mut members);
    let misread = members.finish().err().unwrap_or_default();
    let judged = if misread.is_empty() { found.as_ref().map(&judge) } else { None };
    let judged = judged.or_else(|| {
        let mut mended = Value::Object(given);
        for fault in &misread {
            mend(&mut mended, stand_in, &fault.pointer);
        }
        let Value::Object(mended) = mended else { return None };
        read_one(&mut Members::new(mended)).as_ref().map(&judge)
    });
    let unreadable: Vec<String> = misread.iter().map(|fault| field(&fault.pointer)).collect();
    problems.note_misread(&misread, &field);
    for Fault { field: name, detail } in judged.unwrap_or_default() {
        let pointer = format!("/{name}");
        if !unreadable.contains(&field(&pointer)) {
            problems.note_at(&pointer, &field, &detail);
        }
    }
    found.filter(|_| misread.is_empty())
}

/// Puts the stand-in for a place there, or the one for the nearest place above it.
fn mend(given: &mut Value, stand_in: &Value, pointer: &str) {
    let mut place = pointer;
    while let Some((above, name)) = place.rsplit_once('/') {
        if let (Some(value), Some(Value::Object(holder))) = (stand_in.pointer(place), given.pointer_mut(above)) {
            holder.insert(name.to_owned(), value.clone());
            return;
        }
        place = above;
    }
}

/// Where something stands below a field: in a list, which is typed line by line, by the number of its line.
fn part_in_words(part: &str) -> String {
    let (first, rest) = part.split_once('/').unwrap_or((part, ""));
    match first.parse::<usize>() {
        Ok(number) => {
            let line = format!("line {}", number.saturating_add(1));
            if rest.is_empty() { line } else { format!("{line}, {}", rest.replace('_', " ")) }
        }
        Err(_) => part.to_owned(),
    }
}

/// The last part of a JSON Pointer: the field has the member's name.
pub fn last_part(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().to_owned()
}
