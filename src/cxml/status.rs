//! Owns cXML status codes and the `Status` element.
//!
//! Unknown codes are legal and are handled by their class: 2xx done, 4xx permanent (never retried by the sender), 5xx
//! transient (retried). A wrong class loses orders or brings them back hourly, so the classes are methods, not guesses.

use std::fmt;

use crate::error::WireError;
use crate::read::Cursor;
use crate::write::Element;

/// A cXML status code. It resembles an HTTP status and travels inside of an HTTP 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusCode(pub u16);

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $text:literal;)+) => {
        impl StatusCode {
            $($(#[doc = $doc])+ pub const $name: Self = Self($code);)+

            /// The standard text of the code; for unknown codes the name of the class.
            pub fn text(self) -> &'static str {
                match self.0 {
                    $($code => $text,)+
                    200..=299 => "Success",
                    500..=599 => "Transient Error",
                    _ => "Permanent Error",
                }
            }
        }
    };
}

codes! {
    /// Parsed and acted on; no further status follows.
    OK = 200, "OK";
    /// Queued, not examined: the peer now expects a `StatusUpdateRequest`.
    ACCEPTED = 201, "Accepted";
    /// Valid, nothing to return; in a `PunchOutOrderMessage`: leave the cart as it is.
    NO_CONTENT = 204, "No Content";
    /// Parsed but unacceptable (a business rule).
    BAD_REQUEST = 400, "Bad Request";
    /// The Sender credential is not recognised.
    UNAUTHORIZED = 401, "Unauthorized";
    /// A complete Payment element is needed.
    PAYMENT_REQUIRED = 402, "Payment Required";
    /// Known, but not allowed.
    FORBIDDEN = 403, "Forbidden";
    /// Parser or DTD failure.
    NOT_ACCEPTABLE = 406, "Not Acceptable";
    /// The current state forbids the update; the same request will fail again.
    CONFLICT = 409, "Conflict";
    /// The document refers to a state that is not there, such as a cart to edit.
    PRECONDITION_FAILED = 412, "Precondition Failed";
    /// An implied resource is missing (an unknown reference).
    EXPECTATION_FAILED = 417, "Expectation Failed";
    /// Request type or operation not supported.
    NOT_IMPLEMENTED = 450, "Not Implemented";
    /// A digital signature is demanded.
    SIGNATURE_REQUIRED = 475, "Signature Required";
    /// The digital signature does not match.
    SIGNATURE_VERIFICATION_FAILED = 476, "Signature Verification Failed";
    /// The digital signature is valid but not accepted.
    SIGNATURE_UNACCEPTABLE = 477, "Signature Unacceptable";
    /// The document is too large.
    DOCUMENT_SIZE_ERROR = 499, "Document Size Error";
    /// Could not complete.
    INTERNAL_SERVER_ERROR = 500, "Internal Server Error";
    /// A server behind this one is unreachable.
    UNABLE_TO_REACH_SERVER = 550, "Unable to reach cXML server";
    /// A server behind this one is misconfigured.
    UNABLE_TO_FORWARD = 551, "Unable to forward request";
    /// Maintenance or overload; the sender retries later.
    TEMPORARY_SERVER_ERROR = 560, "Temporary server error";
}

impl StatusCode {
    /// 2xx: done.
    pub fn is_success(self) -> bool {
        (200..300).contains(&self.0)
    }

    /// 4xx: permanent, the sender must not retry.
    pub fn is_permanent(self) -> bool {
        (400..500).contains(&self.0)
    }

    /// 5xx: transient, the sender retries.
    pub fn is_transient(self) -> bool {
        (500..600).contains(&self.0)
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The `Status` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `@code`.
    pub code: StatusCode,
    /// `@text`: the short standard text.
    pub text: String,
    /// Content: what a person should read, strongly recommended by the guide for every error.
    pub content: String,
    /// `@xml:lang` of the content.
    pub lang: Option<String>,
}

impl Status {
    /// A status with its standard text and no content.
    pub fn new(code: StatusCode) -> Self {
        Self { code, text: code.text().to_owned(), content: String::new(), lang: None }
    }

    /// Adds an English explanation for people.
    pub fn with_content(mut self, content: impl Into<String>) -> Self {
        self.content = content.into();
        self.lang = Some("en".to_owned());
        self
    }

    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let code = at.required_attr("code")?;
        let number = code.trim().parse().map_err(|_| at.invalid("a number in Status/@code", code))?;
        let code = StatusCode(number);
        let text = at.attr("text").map_or_else(|| code.text().to_owned(), str::to_owned);
        Ok(Self { code, text, content: at.trimmed_text(), lang: at.lang().map(str::to_owned) })
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Status")
            .attr("code", &self.code.to_string())
            .attr("text", &self.text)
            .attr_opt("xml:lang", self.lang.as_deref())
            .text(&self.content)
    }
}

/// A refusal of the reader, ready to be sent.
impl From<&WireError> for Status {
    fn from(error: &WireError) -> Self {
        Self::new(error.status()).with_content(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_are_handled_by_their_class() {
        assert!(StatusCode(298).is_success());
        assert!(StatusCode(461).is_permanent() && !StatusCode(461).is_transient());
        assert!(StatusCode(599).is_transient() && !StatusCode(599).is_permanent());
        assert_eq!(StatusCode(461).text(), "Permanent Error");
    }

    #[test]
    fn a_parse_failure_is_permanent_so_that_it_does_not_come_back_hourly() {
        let error = WireError::new(crate::error::WireErrorKind::Malformed, "a tag", "nothing");
        assert!(Status::from(&error).code.is_permanent());
    }
}
