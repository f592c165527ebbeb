//! What this crate writes is valid to its own validator, without xmllint.

use super::corpus::{dtd_folder, load};
use crate::outgoing::{Reply, Stamp, write_response};
use crate::{DtdVersion, Limits, Status, StatusCode, admit};

#[test]
#[ignore = "needs the cXML DTDs"]
fn responses_are_valid_for_the_version_that_they_declare() {
    let set = crate::dtd::DtdSet::load(&dtd_folder()).unwrap();
    let stamp = Stamp { payload_id: "1@shop.example".into(), timestamp: "2026-01-31T09:05:00Z".parse().unwrap() };
    for version in [DtdVersion::PUNCHOUT, DtdVersion(1, 2, 20), DtdVersion(1, 2, 71)] {
        for code in [StatusCode::OK, StatusCode::CONFLICT] {
            let status = Status::new(code).with_content("already <ordered> & done");
            let written = write_response(&stamp, &status, Reply::StatusOnly, version);
            let report = set.lint(written.as_bytes()).unwrap();
            assert!(report.is_valid(), "{:?}\n{written}", report.findings);
            assert_eq!(report.dtd.unwrap().version, Some(version));
        }
    }
}

#[test]
#[ignore = "needs the cXML DTDs"]
fn an_admitted_document_is_checked_as_a_file_is() {
    let dtd = load(&dtd_folder().join("1.2.071/cXML.dtd"));
    let admitted = admit(b"<Status code='200' text='OK'/>", None, &Limits::default()).unwrap();
    assert_eq!(dtd.validate_admitted(&admitted), Ok(Vec::new()));
}
