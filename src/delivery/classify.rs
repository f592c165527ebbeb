//! What an answer means: delivered, try again, or a person must look (B5). Pure.
//!
//! The rules come from what buyers document: 5xx and silence are temporary, 4xx is not; Coupa's cXML 500 on an invoice is
//! often permanent; "number already used" after an answer that never came means that the invoice probably arrived.

use actix_web::http::header::HttpDate;
use jiff::{SignedDuration, Timestamp};

use super::email::MailFailure;

/// What came of posting a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// An answer with a cXML Status.
    Cxml {
        /// HTTP status.
        http_status: u16,
        /// `Status/@code`.
        code: u16,
        /// `Status/@text` and its content.
        text: String,
    },
    /// An answer without a cXML Status.
    Foreign {
        /// HTTP status.
        http_status: u16,
        /// The beginning of the body.
        text: String,
    },
    /// Nothing left: no connection, or an address that must not be sent to.
    NotSent {
        /// In words.
        reason: String,
        /// Whether another try could help.
        temporary: bool,
    },
    /// It may have arrived: the bytes left, no answer came.
    NoAnswer {
        /// In words.
        reason: String,
    },
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// Try again later.
    Retry {
        /// A limit of its own, below the general one.
        limit: Option<RetryLimit>,
    },
    /// A person must look.
    Park(String),
    /// A person must find out whether it arrived.
    Verify(String),
    /// The credentials were refused: nothing more over this connection until a person has looked.
    HoldConnection(String),
}

/// Reasons to try less often than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryLimit {
    /// Looks temporary, often is not.
    OftenPermanent,
}

/// The longest wait that a receiver may ask for.
const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// When a receiver wants the next try, by its `Retry-After` header (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u32),
    /// At this moment, by the receiver's clock.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header; none where it has neither form.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Seconds(value.parse().unwrap_or(u32::MAX)));
        }
        let date: HttpDate = value.parse().ok()?;
        Timestamp::try_from(std::time::SystemTime::from(date)).ok().map(Self::At)
    }

    /// The wait from `now`: not negative, and at most six hours.
    pub fn wait(self, now: Timestamp) -> SignedDuration {
        let wanted = match self {
            Self::Seconds(seconds) => SignedDuration::from_secs(i64::from(seconds)),
            Self::At(moment) => moment.duration_since(now),
        };
        wanted.clamp(SignedDuration::ZERO, LONGEST_RETRY_AFTER)
    }
}

impl Exchange {
    /// HTTP status, if an answer came.
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Cxml { http_status, .. } | Self::Foreign { http_status, .. } => Some(*http_status),
            Self::NotSent { .. } | Self::NoAnswer { .. } => None,
        }
    }

    /// cXML status, if the answer was cXML.
    pub fn cxml_status(&self) -> Option<u16> {
        match self {
            Self::Cxml { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the document may have arrived although no answer says so.
    pub fn in_doubt(&self) -> bool {
        match self {
            Self::Cxml { http_status, code, .. } => *http_status >= 500 || *code >= 500,
            Self::Foreign { http_status, .. } => *http_status >= 500 || (200..300).contains(http_status),
            Self::NotSent { .. } => false,
            Self::NoAnswer { .. } => true,
        }
    }

    /// For the attempt record and the message log.
    pub fn in_words(&self) -> String {
        match self {
            Self::Cxml { code, text, .. } => format!("cXML {code}: {text}"),
            Self::Foreign { http_status, text } => format!("HTTP {http_status} without a cXML Status: {text}"),
            Self::NotSent { reason, .. } => format!("Not sent: {reason}"),
            Self::NoAnswer { reason } => format!("No answer came: {reason}"),
        }
    }
}

/// Judges the answer to a document.
pub fn document(exchange: &Exchange, earlier_doubt: bool) -> Verdict {
    let words = exchange.in_words();
    match exchange {
        Exchange::Cxml { code, text, .. } => match code {
            200..=299 => Verdict::Delivered,
            401 | 403 => Verdict::HoldConnection(words),
            400..=499 if earlier_doubt && says_already_there(text) => Verdict::Verify(format!(
                "An earlier try got no clear answer, and now the receiver says that it has the document already. {words}"
            )),
            500 => Verdict::Retry { limit: Some(RetryLimit::OftenPermanent) },
            501..=599 => Verdict::Retry { limit: None },
            _ => Verdict::Park(words),
        },
        Exchange::Foreign { http_status, .. } => match http_status {
            401 | 403 => Verdict::HoldConnection(words),
            408 | 425 | 429 => Verdict::Retry { limit: None },
            // Redirects are not followed: a document with a secret goes only where it was told to go.
            300..=499 => Verdict::Park(words),
            _ => Verdict::Retry { limit: None },
        },
        Exchange::NotSent { temporary: false, .. } => Verdict::Park(words),
        Exchange::NotSent { temporary: true, .. } | Exchange::NoAnswer { .. } => Verdict::Retry { limit: None },
    }
}

fn says_already_there(text: &str) -> bool {
    let text = text.to_lowercase();
    ["already", "duplicate", "not unique", "must be unique"].iter().any(|phrase| text.contains(phrase))
}

/// Judges the end of sending a mail: SMTP 4xx and silence are temporary, 5xx is not.
pub fn mail(sent: &Result<String, MailFailure>) -> Verdict {
    match sent {
        Ok(_) => Verdict::Delivered,
        Err(failure) if failure.permanent => Verdict::Park(failure.text.clone()),
        Err(_) => Verdict::Retry { limit: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cxml(code: u16, text: &str) -> Exchange {
        Exchange::Cxml { http_status: 200, code, text: text.to_owned() }
    }

    fn foreign(http_status: u16) -> Exchange {
        Exchange::Foreign { http_status, text: "<html>".to_owned() }
    }

    #[test]
    fn the_cxml_status_counts_and_not_the_http_status_around_it() {
        assert_eq!(document(&cxml(200, "Successful - invoice id: 7"), false), Verdict::Delivered);
        assert_eq!(document(&cxml(201, "Accepted"), false), Verdict::Delivered);
        assert!(matches!(document(&cxml(417, "Invalid order/document reference"), false), Verdict::Park(_)));
        assert!(matches!(document(&cxml(406, "not valid"), false), Verdict::Park(_)));
    }

    #[test]
    fn refused_credentials_stop_the_whole_connection() {
        for exchange in [cxml(401, "Unauthorized"), cxml(403, "Forbidden"), foreign(401)] {
            assert!(matches!(document(&exchange, false), Verdict::HoldConnection(_)), "{exchange:?}");
        }
    }

    #[test]
    fn what_looks_temporary_is_tried_again_and_a_cxml_500_not_for_long() {
        let no_answer = Exchange::NoAnswer { reason: "timed out".into() };
        for exchange in [cxml(560, "later"), foreign(503), foreign(429), foreign(200), no_answer] {
            assert_eq!(document(&exchange, false), Verdict::Retry { limit: None }, "{exchange:?}");
        }
        let often_permanent = Verdict::Retry { limit: Some(RetryLimit::OftenPermanent) };
        assert_eq!(document(&cxml(500, "Unexpected server error"), false), often_permanent);
    }

    #[test]
    fn a_number_that_is_used_already_is_verified_only_after_an_answer_that_never_came() {
        let used = cxml(417, "Invalid attributes in document: invoice number already used");
        assert!(matches!(document(&used, true), Verdict::Verify(_)));
        assert!(matches!(document(&used, false), Verdict::Park(_)));
    }

    #[test]
    fn redirects_and_forbidden_addresses_need_a_person() {
        assert!(matches!(document(&foreign(302), false), Verdict::Park(_)));
        assert!(matches!(document(&foreign(404), false), Verdict::Park(_)));
        let private = Exchange::NotSent { reason: "10.0.0.1 is a private address".into(), temporary: false };
        assert!(matches!(document(&private, false), Verdict::Park(_)));
    }

    #[test]
    fn only_tries_that_may_have_arrived_leave_a_doubt() {
        assert!(Exchange::NoAnswer { reason: "timed out".into() }.in_doubt());
        assert!(foreign(502).in_doubt());
        assert!(foreign(200).in_doubt());
        assert!(cxml(500, "Unexpected server error").in_doubt());
        assert!(!Exchange::NotSent { reason: "No answer came from the resolver".into(), temporary: true }.in_doubt());
        assert!(!cxml(417, "no such order").in_doubt());
    }

    #[test]
    fn a_receiver_may_ask_for_a_later_try_within_bounds() {
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let wait = |value| RetryAfter::parse(value).map(|after| after.wait(now));
        assert_eq!(wait("120"), Some(SignedDuration::from_secs(120)));
        assert_eq!(wait("Tue, 01 Dec 2026 10:05:00 GMT"), Some(SignedDuration::from_mins(5)));
        assert_eq!(wait("Tue, 01 Dec 2026 09:00:00 GMT"), Some(SignedDuration::ZERO));
        assert_eq!(wait("99999999999999999999"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("-5"), None);
        assert_eq!(wait("soon"), None);
    }
}
