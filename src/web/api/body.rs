//! Bodies: small JSON objects, read member by member so that every error has its place.
//!
//! A member that is not there is not touched (merge-patch semantics, RFC 7396).

use std::ops::{Deref, DerefMut};

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde_json::Value;

use super::problem::{Fault, Problem};
pub use crate::interchange::members::{
    day, decimal, flag, one_of, owned_text, parsed, text, titled, units, whole_number,
};
use crate::interchange::{members, strict};

/// Longer bodies are not read.
const LONGEST: usize = 64 * 1024;

/// The members of a body while they are read.
#[derive(Debug)]
pub struct Members(members::Members);

impl Members {
    /// Reads a body.
    ///
    /// # Errors
    /// What is not a JSON object, with line and column; what is too long.
    pub async fn of(payload: Payload) -> Result<Self, Problem> {
        Self::of_at_most(payload, LONGEST).await
    }

    /// [`Self::of`] for a body that may be longer than usual.
    ///
    /// # Errors
    /// The same.
    pub async fn of_at_most(payload: Payload, longest: usize) -> Result<Self, Problem> {
        let too_large = || Problem::http(StatusCode::PAYLOAD_TOO_LARGE, format!("A body has at most {longest} bytes."));
        let broken = |error: &dyn std::fmt::Display| {
            Problem::http(StatusCode::BAD_REQUEST, format!("The body broke off: {error}"))
        };
        let bytes =
            payload.to_bytes_limited(longest).await.map_err(|_| too_large())?.map_err(|error| broken(&error))?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let whole = |detail: String| Problem::invalid(vec![Fault { pointer: "#".to_owned(), detail }]);
        match strict::parse(bytes) {
            Ok((Value::Object(given), twice)) => Ok(Self(members::Members::read_with(given, twice))),
            Ok(_) => Err(whole("a JSON object is expected".to_owned())),
            Err(error) => Err(whole(format!("this is not JSON: {error}"))),
        }
    }

    /// Comes last: what nobody has asked for by now is unknown.
    ///
    /// # Errors
    /// Everything that is wrong with the body.
    pub fn finish(self) -> Result<(), Problem> {
        self.0.finish().map_err(|faults| {
            let of_body =
                |fault: members::Misread| Fault { pointer: format!("#{}", fault.pointer), detail: fault.detail };
            Problem::invalid(faults.into_iter().map(of_body).collect())
        })
    }
}

impl Deref for Members {
    type Target = members::Members;

    fn deref(&self) -> &members::Members {
        &self.0
    }
}

impl DerefMut for Members {
    fn deref_mut(&mut self) -> &mut members::Members {
        &mut self.0
    }
}

/// Puts what was said into its place; what was not said leaves it as it is.
pub fn set<T: Clone>(to: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        to.clone_from(said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_its_place_in_the_body() {
        let mut members = Members::parse(br#"{"name": 7, "colour": "red", "name": 7}"#).unwrap();
        assert_eq!(members.required("name", owned_text), None);
        let problem = members.finish().unwrap_err();
        let pointers: Vec<&str> = problem.faults().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/name", "#/name", "#/colour"]);
    }

    #[test]
    fn what_is_no_object_is_refused_with_line_and_column() {
        for (body, part) in [("[1]", "a JSON object"), ("{\"a\": }", "line 1 column 7"), ("", "not JSON")] {
            let problem = Members::parse(body.as_bytes()).unwrap_err();
            assert!(problem.faults()[0].detail.contains(part), "{body}: {problem}");
        }
    }
}
