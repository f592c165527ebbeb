//! Owns the whole check of one file's bytes: gate, parser, choice of the DTD, validation, and hints across DTD versions.
//!
//! It reads and prints nothing itself; a command line or a server gives it bytes and a [`DtdSet`] and shows the result.

use super::catalog::{CatalogError, DtdName, DtdSet};
use super::document::{declaration, well_formed};
use super::model::Dtd;
use super::report::{ValidationError, ValidationErrorKind};
use crate::guard::{Admitted, Limits, admit};

/// What was found out about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the document is about, such as `OrderRequest`; empty when it could not be read.
    pub payload: String,
    /// The DTD that it was measured by; `None` when it could not be read.
    pub dtd: Option<DtdName>,
    /// Every finding, by place; empty means valid.
    pub findings: Vec<ValidationError>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }
}

impl DtdSet {
    /// Checks a file: a bare document, in any encoding that the gate takes.
    ///
    /// # Errors
    /// The DTD is missing or unusable. A document that is not XML is not an error but a finding.
    pub fn lint(&self, bytes: &[u8]) -> Result<Report, CatalogError> {
        let prolog = declaration(bytes);
        let mut report = match admit(bytes, None, &Limits::default()) {
            Ok(admitted) => self.report(&admitted, prolog.is_standalone)?,
            Err(error) => Report::unreadable(error.into()),
        };
        if prolog.is_malformed {
            report.findings.insert(0, malformed_declaration());
        }
        if prolog.is_late {
            report.findings.insert(0, late_declaration());
        }
        Ok(report)
    }

    /// Checks a document that has already passed the gate, as a server does before it answers or sends. The gate does not pass
    /// on the XML declaration, so `standalone="yes"` is not judged here.
    ///
    /// # Errors
    /// See [`DtdSet::lint`].
    pub fn check(&self, admitted: &Admitted) -> Result<Report, CatalogError> {
        self.report(admitted, false)
    }

    fn report(&self, admitted: &Admitted, is_standalone: bool) -> Result<Report, CatalogError> {
        let document = match well_formed(admitted) {
            Ok(document) => document,
            Err(error) => return Ok(Report::unreadable(error.into())),
        };
        let name = self.choose(&document.payload, admitted.doctype.as_ref())?;
        let mut findings = self.dtd(name)?.validate_text(admitted.text(), document.root_at, is_standalone);
        for finding in &mut findings {
            self.mention_newer_version(name, finding);
        }
        if admitted.doctype.as_ref().is_some_and(|doctype| !doctype.is_well_formed) {
            findings.insert(0, malformed_doctype());
        }
        Ok(Report { payload: document.payload, dtd: Some(name.clone()), findings })
    }

    /// Says so when a newer version of the same DTD knows what this one does not.
    fn mention_newer_version(&self, name: &DtdName, finding: &mut ValidationError) {
        let Some(unknown) = finding.found.rsplit(' ').next() else { return };
        let knows = |dtd: &Dtd| match finding.kind {
            ValidationErrorKind::UnknownElement => dtd.declares_element(unknown),
            ValidationErrorKind::UnknownAttribute => dtd.declares_attribute(&finding.element, unknown),
            _ => false,
        };
        if !matches!(finding.kind, ValidationErrorKind::UnknownElement | ValidationErrorKind::UnknownAttribute) {
            return;
        }
        if let Some(newer) =
            self.oldest_that(&name.file, knows).filter(|newer| name.version.is_some_and(|it| *newer > it))
        {
            finding.hint.push_str(&format!("; {}.dtd knows it from version {newer} on, of those at hand", name.file));
        }
    }
}

impl Report {
    fn unreadable(finding: ValidationError) -> Self {
        Self { payload: String::new(), dtd: None, findings: vec![finding] }
    }
}

fn late_declaration() -> ValidationError {
    in_prolog(
        "the XML declaration as the very first characters",
        "white space before it",
        "remove what stands before <?xml",
    )
}

fn malformed_declaration() -> ValidationError {
    in_prolog(
        "an XML declaration of version, encoding and standalone, in this order",
        "another one",
        "write <?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    )
}

fn malformed_doctype() -> ValidationError {
    in_prolog(
        "a DOCTYPE of a name and SYSTEM with an address",
        "another one",
        "write <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\"> with the version that is meant",
    )
}

fn in_prolog(expected: &str, found: &str, hint: &str) -> ValidationError {
    ValidationError {
        line: 1,
        column: 1,
        path: String::new(),
        element: String::new(),
        kind: ValidationErrorKind::NotWellFormed,
        expected: expected.to_owned(),
        found: found.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<!ELEMENT cXML (Request)><!ELEMENT Request (OrderRequest)><!ELEMENT OrderRequest (#PCDATA)>";
    const NEW: &str = "<!ELEMENT cXML (Request)><!ELEMENT Request (OrderRequest)><!ELEMENT OrderRequest (#PCDATA|Fresh)*>\
                       <!ELEMENT Fresh EMPTY><!ATTLIST Request late CDATA #IMPLIED>";

    fn linted(text: &str) -> Report {
        let directory = tempfile::tempdir().unwrap();
        for (version, text) in [("1.2.014", OLD), ("1.2.071", NEW)] {
            std::fs::create_dir(directory.path().join(version)).unwrap();
            std::fs::write(directory.path().join(version).join("cXML.dtd"), text).unwrap();
        }
        DtdSet::load(directory.path()).unwrap().lint(text.as_bytes()).unwrap()
    }

    fn order(request: &str) -> String {
        let doctype = "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">";
        format!("<?xml version=\"1.0\"?>\n{doctype}\n<cXML>{request}</cXML>")
    }

    #[test]
    fn a_valid_document_has_no_findings() {
        let report = linted(&order("<Request><OrderRequest>x</OrderRequest></Request>"));
        assert!(report.is_valid(), "{:?}", report.findings);
        assert_eq!(
            (report.payload.as_str(), report.dtd.unwrap().to_string().as_str()),
            ("OrderRequest", "cXML.dtd 1.2.014")
        );
    }

    #[test]
    fn what_a_newer_version_knows_is_said() {
        let report = linted(&order("<Request late=''><OrderRequest><Fresh/></OrderRequest></Request>"));
        let hints: Vec<&str> = report.findings.iter().map(|finding| finding.hint.as_str()).collect();
        assert_eq!(hints.len(), 2);
        assert!(
            hints.iter().all(|hint| hint.ends_with("cXML.dtd knows it from version 1.2.071 on, of those at hand")),
            "{hints:?}"
        );
    }

    #[test]
    fn what_is_not_xml_is_a_finding_with_its_place() {
        let report = linted(&order("<Request>"));
        assert_eq!(report.findings[0].kind, ValidationErrorKind::NotWellFormed);
        assert_eq!((report.findings[0].line, report.dtd), (3, None));
        assert_eq!(linted("").findings.len(), 1);
    }

    #[test]
    fn a_late_declaration_is_a_finding_and_the_rest_is_still_checked() {
        let report = linted(&format!("\n{}", order("<Request><OrderRequest/><No/></Request>")));
        let kinds: Vec<ValidationErrorKind> = report.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [ValidationErrorKind::NotWellFormed, ValidationErrorKind::UnknownElement]);
    }

    #[test]
    fn a_prolog_that_parsers_refuse_is_a_finding() {
        let right = order("<Request><OrderRequest/></Request>");
        for (from, to) in [("version=\"1.0\"", "foo"), ("SYSTEM ", "SYSTEMS "), ("<cXML>", "<?XML x?><cXML>")] {
            let text = right.replacen(from, to, 1);
            let kinds: Vec<_> = linted(&text).findings.iter().map(|finding| finding.kind).collect();
            assert_eq!(kinds, [ValidationErrorKind::NotWellFormed], "{text}");
        }
    }

    #[test]
    fn white_space_in_a_standalone_document_is_a_finding() {
        let text = "<?xml version='1.0' standalone='yes'?><cXML> <Request><OrderRequest/></Request></cXML>";
        assert_eq!(linted(text).findings[0].kind, ValidationErrorKind::BlankInStandalone);
        assert!(linted(&text.replace("<cXML> ", "<cXML>")).is_valid());
    }
}
