//! What goes wrong, as callers of the API read it: Problem Details (RFC 9457).
//!
//! Status and public text of an error of a use case are judged by the one table ([`crate::web::error`]); here they only get
//! their JSON form and a stable code. The internal text goes to the log with the request's id, never to the caller.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use marketgate_store::StoreError;
use serde::Serialize;
use tracing::Level;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::flow::Error;
use crate::web::error::judge;

/// Media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What to do without a valid token. The table's text speaks to procurement systems, which have other credentials.
const WHO_ARE_YOU: &str =
    "Send a valid API token in the header \"Authorization: Bearer TOKEN\". After many wrong ones wait a minute.";

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where: a JSON Pointer into the body (`#/invoice_url`), or a query parameter (`?limit`).
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl Fault {
    fn of_field(fault: &marketgate_domain::fault::Fault) -> Self {
        Self { pointer: format!("#/{}", fault.field), detail: fault.detail.clone() }
    }
}

/// Why a request was not carried out (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// Stable name of the kind of problem: `/problems/` and a code.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-found")]
    kind: String,
    /// The kind in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// What happened this time.
    detail: String,
    /// Identifier of this answer; the log has it too.
    instance: String,
    /// What is wrong with the request, part by part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Fault>,
}

/// A problem on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: String,
    detail: String,
    faults: Vec<Fault>,
    /// Methods that would be allowed.
    allow: Option<String>,
    level: Level,
    /// For the log.
    cause: String,
}

impl Problem {
    /// A problem of a kind of HTTP itself.
    pub fn http(status: StatusCode, detail: impl Into<String>) -> Self {
        let (code, detail) = (code_of(status).to_owned(), detail.into());
        let cause = detail.clone();
        Self(Box::new(Parts { status, code, detail, faults: Vec::new(), allow: None, level: Level::DEBUG, cause }))
    }

    /// Parts of the request are wrong.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [fault] => format!("{}: {}", fault.pointer, fault.detail),
            faults => format!("{} parts of the request are wrong, see errors.", faults.len()),
        };
        let mut problem = Self::http(StatusCode::BAD_REQUEST, detail);
        problem.0.faults = faults;
        problem
    }

    /// The path exists, but not with that method.
    pub fn wrong_method(allow: &str) -> Self {
        let detail = format!("This path takes {allow}.");
        let mut problem = Self::http(StatusCode::METHOD_NOT_ALLOWED, detail);
        problem.0.allow = Some(allow.to_owned());
        problem
    }

    /// Says which part of the body an otherwise unplaced bad request is about.
    pub fn about(mut self, pointer: &str) -> Self {
        if self.0.status == StatusCode::BAD_REQUEST && self.0.faults.is_empty() {
            self.0.faults.push(Fault { pointer: pointer.to_owned(), detail: self.0.detail.clone() });
        }
        self
    }

    /// What is wrong with the request, part by part.
    #[cfg(test)]
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The answer under an id that the log gets too.
    pub fn answer(&self, id: Uuid) -> HttpResponse {
        let instance = format!("urn:uuid:{id}");
        match self.0.level {
            Level::ERROR => tracing::error!(error = self.0.cause, request_id = instance, "an API request failed"),
            Level::WARN => tracing::warn!(error = self.0.cause, request_id = instance, "an API request was refused"),
            _ => tracing::debug!(error = self.0.cause, request_id = instance, "an API request was refused"),
        }
        let view = ProblemView {
            kind: format!("/problems/{}", self.0.code),
            title: self.0.status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            instance,
            errors: self.0.faults.clone(),
        };
        let mut response = HttpResponse::build(self.0.status);
        if self.0.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"marketgate\""));
        }
        if let Some(allow) = &self.0.allow {
            response.insert_header((header::ALLOW, allow.clone()));
        }
        // A text that cannot be written cannot happen: everything in it is text and numbers.
        let body = serde_json::to_string(&view).unwrap_or_default();
        response.content_type(MEDIA_TYPE).body(body)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let judgement = judge(&error);
        let (code, detail) = match &error {
            Error::Refused(refusal) => (refusal.code().to_ascii_lowercase().replace('_', "-"), judgement.text),
            Error::Unauthenticated => (code_of(judgement.http).to_owned(), WHO_ARE_YOU.to_owned()),
            _ => (code_of(judgement.http).to_owned(), judgement.text),
        };
        let (level, cause) = (judgement.level, error.to_string());
        let faults = match &error {
            Error::Faults(faults) => faults.iter().map(Fault::of_field).collect(),
            _ => Vec::new(),
        };
        let status = judgement.http;
        Self(Box::new(Parts { status, code, detail, faults, allow: None, level, cause }))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Error::Store(error).into()
    }
}

/// The code of a problem that has no better name than its status.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "invalid-request",
        StatusCode::UNAUTHORIZED => "unauthenticated",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "body-too-large",
        StatusCode::NOT_IMPLEMENTED => "not-implemented",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_client_error() => "refused",
        _ => "internal",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Only where the API's own middleware did not answer ([`Self::answer`]), which gives the problem its id.
    fn error_response(&self) -> HttpResponse {
        self.answer(Uuid::nil())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use marketgate_domain::refusal::Refusal;

    #[test]
    fn a_failing_store_keeps_its_details_to_itself() {
        let problem = Problem::from(StoreError::Corrupt { detail: "page 9".to_owned() });
        assert_eq!((problem.0.status, problem.0.code.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
        assert!(!problem.0.detail.contains("page 9") && problem.0.cause.contains("page 9"));
    }

    #[test]
    fn a_refusal_keeps_its_code() {
        let refusal = Refusal::AlreadyOrdered { purchase_order: "PO-1".to_owned() };
        let problem = Problem::from(Error::Refused(refusal));
        assert_eq!((problem.0.status, problem.0.code.as_str()), (StatusCode::CONFLICT, "already-ordered"));
    }

    #[test]
    fn only_an_unplaced_bad_request_gets_a_place() {
        let placed = Problem::from(Error::BadRequest("too far".to_owned())).about("#/advance");
        assert_eq!(placed.0.faults, [Fault { pointer: "#/advance".to_owned(), detail: "too far".to_owned() }]);
        assert_eq!(placed.clone().about("#/other").0.faults, placed.0.faults);
        assert_eq!(Problem::from(Error::NotFound).about("#/advance").0.faults, []);
    }
}
