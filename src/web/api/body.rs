//! Bodies: small JSON objects, read member by member so that every error has its place.
//!
//! A member that nobody knows is an error: a typing mistake must not look like success. A member that is not there is not
//! touched (merge-patch semantics, RFC 7396); `null` is a value like any other and only allowed where it means something.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde_json::{Map, Value};

use super::problem::{Fault, Problem};

/// Longer bodies are not read.
const LONGEST: usize = 64 * 1024;

/// The members of a body while they are read.
#[derive(Debug)]
pub struct Members {
    given: Map<String, Value>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Members {
    /// Reads a body.
    ///
    /// # Errors
    /// What is not a JSON object, with line and column; what is too long.
    pub async fn of(payload: Payload) -> Result<Self, Problem> {
        let too_large = || Problem::http(StatusCode::PAYLOAD_TOO_LARGE, format!("A body has at most {LONGEST} bytes."));
        let broken = |error: &dyn std::fmt::Display| {
            Problem::http(StatusCode::BAD_REQUEST, format!("The body broke off: {error}"))
        };
        let bytes =
            payload.to_bytes_limited(LONGEST).await.map_err(|_| too_large())?.map_err(|error| broken(&error))?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let whole = |detail: String| Problem::invalid(vec![Fault { pointer: "#".to_owned(), detail }]);
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(given)) => Ok(Self { given, known: Vec::new(), faults: Vec::new() }),
            Ok(_) => Err(whole("a JSON object is expected".to_owned())),
            Err(error) => Err(whole(format!("this is not JSON: {error}"))),
        }
    }

    /// A member that may be missing. `read` says what is wrong with it.
    pub fn optional<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        self.known.push(name);
        let value = self.given.remove(name)?;
        read(&value).map_err(|detail| self.blame(name, detail)).ok()
    }

    /// A member that must be there.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        self.must_name(&[name]);
        self.optional(name, read)
    }

    /// Members that must be there, whoever reads them.
    pub fn must_name(&mut self, names: &[&'static str]) {
        for name in names {
            if !self.given.contains_key(*name) {
                self.blame(name, "is missing".to_owned());
            }
        }
    }

    /// Comes last: what nobody has asked for by now is unknown.
    ///
    /// # Errors
    /// Everything that is wrong with the body.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.given).into_iter().map(|(name, _)| name) {
            let known = self.known.join(", ");
            self.blame(&name, format!("is unknown here; known are {known}"));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }

    fn blame(&mut self, name: &str, detail: String) {
        // The escapes of JSON Pointer (RFC 6901).
        let name: String = name.chars().take(80).collect();
        self.faults.push(Fault { pointer: format!("#/{}", name.replace('~', "~0").replace('/', "~1")), detail });
    }
}

/// Puts what was said into its place; what was not said leaves it as it is.
pub fn set<T: Clone>(to: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        to.clone_from(said);
    }
}

/// Reads a text member.
///
/// # Errors
/// In words.
pub fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "a text is expected".to_owned())
}

/// [`text`] to keep.
///
/// # Errors
/// In words.
pub fn owned_text(value: &Value) -> Result<String, String> {
    text(value).map(str::to_owned)
}

/// Reads a text that is one of some words, each with what it means.
///
/// # Errors
/// In words.
pub fn one_of<T: Copy>(value: &Value, words: &[(&str, T)]) -> Result<T, String> {
    let given = text(value)?;
    let found = words.iter().find(|(word, _)| *word == given).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| format!("is not one of {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_its_place() {
        let mut members = Members::parse(br#"{"name": 7, "co/lour": "red"}"#).unwrap();
        let name = members.required("name", |value| text(value).map(str::to_owned));
        let day = members.required("day", |value| text(value).map(str::to_owned));
        assert_eq!((name, day), (None, None));
        let problem = members.finish().unwrap_err();
        let pointers: Vec<&str> = problem.faults().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/name", "#/day", "#/co~1lour"]);
    }

    #[test]
    fn null_is_a_value_and_missing_is_not() {
        let read = |body: &str| {
            let mut members = Members::parse(body.as_bytes()).unwrap();
            members.optional("url", |value| Ok(value.is_null()))
        };
        assert_eq!((read(r#"{"url":null}"#), read("{}")), (Some(true), None));
    }

    #[test]
    fn what_is_no_object_is_refused_with_line_and_column() {
        for (body, part) in [("[1]", "a JSON object"), ("{\"a\": }", "line 1 column 7"), ("", "not JSON")] {
            let problem = Members::parse(body.as_bytes()).unwrap_err();
            assert!(problem.faults()[0].detail.contains(part), "{body}: {problem}");
        }
    }
}
