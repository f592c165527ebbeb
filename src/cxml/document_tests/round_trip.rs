//! Parse after write is the identity, for everything that we write; and what is written is valid for its version.

use std::process::Command;

use proptest::prelude::*;

use super::fixtures::*;
use super::generated::Source;
use super::samples::reference_folder;
use crate::catalog_index::{read_index, write_index};
use crate::envelope::DeploymentMode;
use crate::outgoing::{Cart, OutgoingRequest, write_cart, write_request};
use crate::write::{Charset, DtdVersion};
use crate::{Body, Limits, MessagePayload, RequestPayload, admit};

const NEWEST: DtdVersion = DtdVersion(1, 2, 71);

fn sent(outgoing: OutgoingRequest<'_>, version: DtdVersion) -> String {
    write_request(&stamp(), &header(), DeploymentMode::Production, outgoing, version)
}

fn returned(outgoing: OutgoingRequest<'_>) -> RequestPayload {
    request(reading(sent(outgoing, NEWEST).as_bytes()))
}

fn cart_text(source: &mut Source, version: DtdVersion, charset: Charset) -> String {
    let message = source.cart();
    let cart = Cart { message: &message, in_reply_to: None, status: None, mode: DeploymentMode::Production };
    write_cart(&stamp(), &header(), cart, version, charset)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn carts_come_back(seed: u64) {
        for charset in [Charset::Utf8, Charset::Ascii] {
            let written = cart_text(&mut Source::new(seed), NEWEST, charset);
            let Body::Message { payload, .. } = reading(written.as_bytes()).body else { panic!("not a message") };
            prop_assert_eq!(payload, MessagePayload::PunchOutOrderMessage(Box::new(Source::new(seed).cart())));
        }
    }

    #[test]
    fn confirmations_come_back(seed: u64) {
        let confirmation = Source::new(seed).confirmation();
        let back = returned(OutgoingRequest::Confirmation(&confirmation));
        prop_assert_eq!(back, RequestPayload::ConfirmationRequest(Box::new(confirmation)));
    }

    #[test]
    fn invoices_come_back(seed: u64) {
        let invoice = Source::new(seed).invoice();
        let back = returned(OutgoingRequest::Invoice(&invoice));
        prop_assert_eq!(back, RequestPayload::InvoiceDetailRequest(Box::new(invoice)));
    }

    #[test]
    fn catalogue_uploads_come_back(seed: u64) {
        let upload = Source::new(seed).upload();
        let back = returned(OutgoingRequest::CatalogUpload(&upload));
        prop_assert_eq!(back, RequestPayload::CatalogUploadRequest(Box::new(upload)));
    }

    #[test]
    fn setup_requests_come_back(seed: u64) {
        let setup = Source::new(seed).setup();
        let back = returned(OutgoingRequest::PunchOutSetup(&setup));
        prop_assert_eq!(back, RequestPayload::PunchOutSetupRequest(Box::new(setup)));
    }

    #[test]
    fn orders_come_back(seed: u64) {
        let order = Source::new(seed).order();
        let back = returned(OutgoingRequest::Order(&order));
        prop_assert_eq!(back, RequestPayload::OrderRequest(Box::new(order)));
    }

    #[test]
    fn indexes_come_back(seed: u64) {
        let index = Source::new(seed).index();
        let written = write_index(&index, NEWEST);
        let admitted = admit(written.as_bytes(), None, &Limits::default()).unwrap();
        prop_assert_eq!(read_index(&admitted.parse().unwrap()).unwrap(), index);
    }
}

/// What stands at a place of the list, for a version and a seed.
type Writer = fn(&mut Source, DtdVersion) -> String;

const WRITERS: [(&str, &[DtdVersion], Writer); 7] = [
    ("cXML", ORDERS, |source, version| cart_text(source, version, Charset::Utf8)),
    ("Fulfill", FULFILL, |source, version| sent(OutgoingRequest::Confirmation(&source.confirmation()), version)),
    ("InvoiceDetail", INVOICES, |source, version| sent(OutgoingRequest::Invoice(&source.invoice()), version)),
    ("cXML", ORDERS, |source, version| sent(OutgoingRequest::CatalogUpload(&source.upload()), version)),
    ("cXML", ORDERS, |source, version| sent(OutgoingRequest::PunchOutSetup(&source.setup()), version)),
    ("cXML", ORDERS, |source, version| sent(OutgoingRequest::Order(&source.order()), version)),
    ("cXML", ORDERS, |source, version| write_index(&source.index(), version)),
];

const ORDERS: &[DtdVersion] =
    &[DtdVersion::PUNCHOUT, DtdVersion(1, 2, 20), DtdVersion(1, 2, 36), DtdVersion(1, 2, 53), NEWEST];
const FULFILL: &[DtdVersion] = &[DtdVersion(1, 2, 50), DtdVersion(1, 2, 63), NEWEST];
const INVOICES: &[DtdVersion] = &[DtdVersion::INVOICE, DtdVersion(1, 2, 37), NEWEST];

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn generated_documents_are_valid_for_their_version() {
    for (number, (dtd, versions, write)) in WRITERS.into_iter().enumerate() {
        for version in versions {
            let folder = tempfile::tempdir().unwrap();
            let files: Vec<_> = (0..60).map(|seed| folder.path().join(format!("{seed}.xml"))).collect();
            for (file, seed) in files.iter().zip(0..) {
                std::fs::write(file, write(&mut Source::new(seed), *version)).unwrap();
            }
            let dtd = reference_folder().join(format!("dtd/{version}/{dtd}.dtd"));
            let mut command = Command::new("xmllint");
            let output = command.args(["--noout", "--nonet", "--dtdvalid"]).arg(&dtd).args(&files).output().unwrap();
            let message = String::from_utf8_lossy(&output.stderr);
            let first: Vec<&str> = message.lines().filter(|line| line.contains("validity error")).take(6).collect();
            assert!(output.status.success(), "writer {number}, {}: {first:#?}", dtd.display());
        }
    }
}
