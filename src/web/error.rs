//! THE table of errors: what each becomes outside. Internal text goes to the log with the request's id, never to the caller.

use actix_web::http::StatusCode;
use marketgate_store::StoreError;
use tracing::Level;

use crate::flow::Error;

/// What an error becomes outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Status of a page.
    pub http: StatusCode,
    /// Status in a cXML answer (which itself travels in HTTP 200).
    pub cxml: u16,
    /// How loud the log is.
    pub level: Level,
    /// What the caller may read.
    pub text: String,
}

/// Judges an error. Exhaustive: a new variant does not compile until it has a line here.
pub fn judge(error: &Error) -> Judgement {
    let said = error.to_string();
    let (http, cxml, level, text) = match error {
        Error::Refused(refusal) => (StatusCode::CONFLICT, refusal.cxml_status(), Level::INFO, said),
        Error::Wire(wire) => (StatusCode::BAD_REQUEST, wire.status().0, Level::INFO, said),
        Error::Invalid(_) => (StatusCode::BAD_REQUEST, 406, Level::INFO, said),
        Error::Signature(refusal) => (StatusCode::BAD_REQUEST, refusal.status().0, Level::INFO, said),
        Error::Unauthenticated | Error::BlankAroundSecret => (StatusCode::UNAUTHORIZED, 401, Level::WARN, said),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, 403, Level::WARN, said),
        Error::NotImplemented(_) => (StatusCode::NOT_IMPLEMENTED, 450, Level::INFO, said),
        Error::BadRequest(_) => (StatusCode::BAD_REQUEST, 400, Level::INFO, said),
        Error::Faults(_) => (StatusCode::BAD_REQUEST, 400, Level::INFO, said),
        Error::Conflict(_) => (StatusCode::CONFLICT, 409, Level::INFO, said),
        Error::NotFound => (StatusCode::NOT_FOUND, 417, Level::INFO, said),
        Error::Keyring(_) => (StatusCode::INTERNAL_SERVER_ERROR, 500, Level::ERROR, OURS.to_owned()),
        Error::Store(store) => return judge_store(store),
    };
    Judgement { http, cxml, level, text }
}

const OURS: &str = "Something failed on our side. Nothing was accepted; send the request again later.";

/// Failures of the store are temporary towards the sender: it must come again, nothing was acknowledged.
fn judge_store(error: &StoreError) -> Judgement {
    let (http, cxml, level) = match error {
        StoreError::Overloaded | StoreError::Closed | StoreError::Full => {
            (StatusCode::SERVICE_UNAVAILABLE, 560, Level::WARN)
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, 500, Level::ERROR),
    };
    Judgement { http, cxml, level, text: OURS.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_store_tells_the_sender_to_come_again_and_nothing_else() {
        for (error, cxml) in [
            (StoreError::Overloaded, 560),
            (StoreError::Full, 560),
            (StoreError::InDoubt { detail: "sector 7".into() }, 500),
            (StoreError::Corrupt { detail: "page 9".into() }, 500),
        ] {
            let judgement = judge(&Error::Store(error));
            assert_eq!(judgement.cxml, cxml);
            assert!(judgement.http.is_server_error());
            assert!(!judgement.text.contains("sector") && !judgement.text.contains("page 9"));
        }
    }

    #[test]
    fn what_a_person_must_mend_is_never_a_server_error() {
        for error in [
            Error::Unauthenticated,
            Error::Forbidden("x".into()),
            Error::NotImplemented("x".into()),
            Error::BadRequest("x".into()),
            Error::Conflict("x".into()),
            Error::NotFound,
        ] {
            assert!((400..500).contains(&judge(&error).cxml), "{error:?}");
        }
    }
}
