//! Owns the public questions to a [`Dtd`]: is this document valid, and if not, why.

use roxmltree::Document;

use super::diagnose::explain_all;
use super::document::{declaration, well_formed};
use super::model::Dtd;
use super::report::ValidationError;
use super::validate::{Walk, violations};
use crate::error::WireError;
use crate::guard::Admitted;

/// Findings that are reported about one document. The verdict does not depend on it.
pub const MAX_FINDINGS: usize = 100;

impl Dtd {
    /// Every finding about a parsed document, by place; empty when it is valid, at most [`MAX_FINDINGS`].
    ///
    /// Any declared element may be the root. The document must not rely on entities of an internal subset; documents that the gate
    /// ([`crate::admit`]) lets through never do.
    pub fn validate(&self, document: &Document<'_>) -> Vec<ValidationError> {
        let walk = walk_of(document, MAX_FINDINGS);
        explain_all(self, document.input_text(), &violations(self, document.input_text(), walk))
    }

    /// Whether a parsed document is valid; stops at the first finding and puts nothing into words.
    pub fn is_valid(&self, document: &Document<'_>) -> bool {
        violations(self, document.input_text(), walk_of(document, 1)).is_empty()
    }

    /// The same as [`Dtd::validate`] for a document that only passed the gate. Also takes documents that use a prefix of the DTD
    /// (`ds:`) without declaring it, which a parser alone refuses.
    ///
    /// # Errors
    /// The text is not well-formed.
    pub fn validate_admitted(&self, admitted: &Admitted) -> Result<Vec<ValidationError>, WireError> {
        let root_at = well_formed(admitted)?.root_at;
        Ok(self.validate_text(admitted.text(), root_at, false))
    }

    pub(super) fn validate_text(&self, text: &str, root_at: usize, is_standalone: bool) -> Vec<ValidationError> {
        let walk = Walk { root_at, is_standalone, max_findings: MAX_FINDINGS };
        explain_all(self, text, &violations(self, text, walk))
    }
}

/// The gate blanks the XML declaration, so that `standalone` is known only for documents that were parsed without it.
fn walk_of(document: &Document<'_>, max_findings: usize) -> Walk {
    let root_at = document.root_element().range().start;
    let is_standalone = declaration(document.input_text().as_bytes()).is_standalone;
    Walk { root_at, is_standalone, max_findings }
}
