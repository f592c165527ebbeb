//! Owns the one error of this crate: what is wrong with a document, where it is, and what its sender can do about it.
//!
//! Never carries the content of an element that may hold a secret: `found` is an element name, an attribute value that the
//! reader named on purpose, or a parser message. The `Display` text may therefore travel in a cXML Status.

use std::fmt;

use crate::status::StatusCode;

/// The class of a wire error. Callers choose log levels by it; the answer to the peer comes from [`WireError::status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireErrorKind {
    /// More bytes than the limit allows.
    TooLarge,
    /// Deeper, wider or with more nodes than any honest document.
    TooComplex,
    /// The bytes are not text in the encoding that they claim.
    Encoding,
    /// The text is not well-formed XML.
    Malformed,
    /// An entity is used that XML itself does not define.
    Entity,
    /// Well-formed XML, but not a cXML envelope.
    NotCxml,
    /// A required element or attribute is missing.
    Missing,
    /// A value is outside of what the element allows.
    Invalid,
    /// A MIME envelope cannot be taken apart.
    Mime,
}

/// Why a document was not read. `line` and `column` count from 1 in the document as it was received; 0 means unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// The class of the error.
    pub kind: WireErrorKind,
    /// Element names from the root, such as `cXML/Request/OrderRequest`; empty where there is no element yet.
    pub path: Box<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What should have been there.
    pub expected: Box<str>,
    /// What was there instead.
    pub found: Box<str>,
    /// What the sender can do, as a sentence without a full stop.
    pub remedy: &'static str,
}

impl WireError {
    /// An error without a place yet.
    pub fn new(kind: WireErrorKind, expected: impl Into<Box<str>>, found: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            path: "".into(),
            line: 0,
            column: 0,
            expected: expected.into(),
            found: shortened(found.into()),
            remedy: kind.remedy(),
        }
    }

    /// Says where it happened.
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = line;
        self.column = column;
        self
    }

    /// Says in which element it happened.
    pub fn in_element(mut self, path: impl Into<Box<str>>) -> Self {
        self.path = path.into();
        self
    }

    /// Replaces the general advice by a better one.
    pub fn with_remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = remedy;
        self
    }

    /// The cXML status for the peer: 499 when only the size is wrong, else 406, the code that the guide prefers for
    /// parser and validation errors and that senders do not retry.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            WireErrorKind::TooLarge => StatusCode::DOCUMENT_SIZE_ERROR,
            _ => StatusCode::NOT_ACCEPTABLE,
        }
    }
}

impl WireErrorKind {
    fn remedy(self) -> &'static str {
        match self {
            Self::TooLarge => "send a smaller document",
            Self::TooComplex => "send a document with fewer or less deeply nested elements and attributes",
            Self::Encoding => "send UTF-8, and name that encoding in the Content-Type and in the XML declaration",
            Self::Malformed => "send well-formed XML",
            Self::Entity => "use only the entities amp, lt, gt, quot and apos, and numeric character references",
            Self::NotCxml => "send a cXML envelope with Header and Request or Message, or with Response",
            Self::Missing => "add it as the cXML DTD describes it",
            Self::Invalid => "send one of the values that the cXML DTD allows",
            Self::Mime => {
                "send the cXML document as the first part, closed by the boundary that the Content-Type names"
            }
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Place { path: &self.path, line: self.line, column: self.column };
        write!(f, "expected {}, found {}{place}; {}.", self.expected, self.found, self.remedy)
    }
}

/// Where in a document, as the end of a phrase: what is unknown is left out.
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, " in {}", self.path)?;
        }
        if self.line > 0 {
            write!(f, " at line {}, column {}", self.line, self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for WireError {}

/// Keeps messages readable when a peer sends a megabyte where a word belongs.
fn shortened(text: Box<str>) -> Box<str> {
    const MAX_CHARS: usize = 120;
    match text.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => format!("{}...", text.get(..cut).unwrap_or_default()).into(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_a_sentence_with_place_and_advice() {
        let error = WireError::new(WireErrorKind::Missing, "element OrderRequestHeader", "nothing")
            .in_element("cXML/Request/OrderRequest")
            .at(12, 7);
        assert_eq!(
            error.to_string(),
            "expected element OrderRequestHeader, found nothing in cXML/Request/OrderRequest at line 12, column 7; \
             add it as the cXML DTD describes it."
        );
    }

    #[test]
    fn only_size_is_answered_499() {
        assert_eq!(WireError::new(WireErrorKind::TooLarge, "", "").status(), StatusCode::DOCUMENT_SIZE_ERROR);
        for kind in [WireErrorKind::Malformed, WireErrorKind::TooComplex, WireErrorKind::Encoding, WireErrorKind::Mime]
        {
            assert_eq!(WireError::new(kind, "", "").status(), StatusCode::NOT_ACCEPTABLE);
        }
    }

    #[test]
    fn a_huge_value_is_shortened_on_a_character_boundary() {
        let error = WireError::new(WireErrorKind::Invalid, "a word", "\u{e9}".repeat(5000));
        assert_eq!(error.found.chars().count(), 123);
    }
}
