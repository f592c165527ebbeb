//! Owns what callers see of a finding: a place, an expectation, a hint, and one sentence of all of them.
//!
//! Never carries text content, only names and attribute values, so that the sentence may travel in a log or in a cXML Status.

use std::fmt;

use crate::error::{Place, WireError};

/// The class of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValidationErrorKind {
    /// The text is not XML, or uses what the gate refuses (entities, sizes). Nothing else was checked.
    NotWellFormed,
    /// An element that the DTD does not declare.
    UnknownElement,
    /// An element where its parent cannot take it.
    UnexpectedElement,
    /// An element that had to come before one that did come.
    WrongOrder,
    /// A required element is not there.
    MissingElement,
    /// Something in an element that is declared EMPTY.
    NotEmpty,
    /// Text or a CDATA section between elements, where only elements may be.
    TextBetweenElements,
    /// White space between elements of a document that calls itself standalone (XML 2.9).
    BlankInStandalone,
    /// An attribute that the element does not have.
    UnknownAttribute,
    /// A required attribute is not there.
    MissingAttribute,
    /// An attribute value that its type does not allow, or that is not the fixed one.
    WrongValue,
    /// An ID twice.
    DuplicateId,
    /// A reference to something that is not there.
    UnknownReference,
}

/// One way in which a document is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    /// Line, from 1. 0 when the place is unknown.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Element names from the root to the element at fault, such as `cXML/Request/OrderRequest`. For a child that does not fit it
    /// is the path of the parent.
    pub path: String,
    /// The element at fault, the last of the path.
    pub element: String,
    /// The class of the finding.
    pub kind: ValidationErrorKind,
    /// What should have been there.
    pub expected: String,
    /// What was there instead.
    pub found: String,
    /// What the author can do, as a sentence without a full stop.
    pub hint: String,
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Place { path: &self.path, line: self.line, column: self.column };
        write!(f, "expected {}, found {}{place}; {}.", self.expected, self.found, self.hint)
    }
}

impl std::error::Error for ValidationError {}

/// What the gate or the parser refused, in the same shape.
impl From<WireError> for ValidationError {
    fn from(error: WireError) -> Self {
        Self {
            line: error.line,
            column: error.column,
            path: error.path.to_string(),
            element: error.path.rsplit('/').next().unwrap_or_default().to_owned(),
            kind: ValidationErrorKind::NotWellFormed,
            expected: error.expected.to_string(),
            found: error.found.to_string(),
            hint: error.remedy.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::WireErrorKind;

    #[test]
    fn a_finding_reads_as_a_sentence() {
        let error = ValidationError {
            line: 12,
            column: 7,
            path: "cXML/Request/OrderRequest".into(),
            element: "OrderRequest".into(),
            kind: ValidationErrorKind::MissingElement,
            expected: "ItemOut".into(),
            found: "the end of OrderRequest".into(),
            hint: "add ItemOut to OrderRequest".into(),
        };
        assert_eq!(
            error.to_string(),
            "expected ItemOut, found the end of OrderRequest in cXML/Request/OrderRequest at line 12, column 7; \
             add ItemOut to OrderRequest."
        );
    }

    #[test]
    fn a_parser_error_keeps_its_place() {
        let error = WireError::new(WireErrorKind::Malformed, "well-formed XML", "unexpected close tag").at(4, 9);
        let sentence = ValidationError::from(error).to_string();
        assert_eq!(
            sentence,
            "expected well-formed XML, found unexpected close tag at line 4, column 9; send well-formed XML."
        );
    }
}
