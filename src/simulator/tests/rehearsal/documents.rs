//! The documents we write against the published DTDs, with `xmllint`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use marketgate_simulator::{ChangeOrder, InvoiceStatusKind, Operation, SetupDraft, StatusSubject};

use crate::market::Rehearsal;
use crate::network_invoices;

fn dtd(file: &str) -> PathBuf {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cxml");
    let root = std::env::var_os("MARKETGATE_CXML_DIR").map_or(default, PathBuf::from);
    root.join("dtd").join(file)
}

fn assert_valid(document: &str, dtd_file: &str) {
    let mut xmllint = Command::new("xmllint")
        .args(["--noout", "--nonet", "--dtdvalid"])
        .args([dtd(dtd_file).as_os_str(), "-".as_ref()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    xmllint.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = xmllint.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{document}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
#[ignore = "needs xmllint and the cXML DTDs"]
async fn what_we_send_is_valid_for_the_version_it_declares() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let mut draft = rehearsal.simulator.draft(cart.id).unwrap();
    draft.order_version = Some(2);
    draft.previous_payload_id = Some("old@sim".to_owned());
    draft.comments = Some("a comment".to_owned());
    rehearsal.simulator.send_order(draft).await.unwrap();
    rehearsal.simulator.approve(cart.id).await.unwrap();
    for document in rehearsal.received() {
        assert_valid(&document, "1.2.014/cXML.dtd");
    }
    rehearsal.end().await;
}

#[tokio::test]
#[ignore = "needs xmllint and the cXML DTDs"]
async fn what_a_network_sends_is_valid_for_the_version_it_declares() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let simulator = &rehearsal.simulator;
    let mut change = simulator.draft_change(&order.po_number, ChangeOrder::Update).unwrap();
    change.comments = Some("a comment".to_owned());
    change.confirmation_instruction = Some("allowed".to_owned());
    simulator.send_order(change).await.unwrap();
    let items = simulator.carts().remove(0).lines;
    let edit = SetupDraft { operation: Operation::Edit, items, ..SetupDraft::default() };
    simulator.punch_out_with("sap", &edit).await.unwrap();
    for subject in [
        StatusSubject::Document,
        StatusSubject::Confirmation { confirm_id: "C1".to_owned(), accepted: false },
        StatusSubject::Invoice {
            invoice_number: "NW-1".to_owned(),
            invoice_date: "2026-11-20T10:00:00+00:00".to_owned(),
            kind: InvoiceStatusKind::Paid,
        },
    ] {
        simulator.push_status(network_invoices::status(subject)).await.unwrap();
    }
    let received = rehearsal.received();
    assert_eq!(received.len(), 8, "profile, setup, order, change, setup, three statuses");
    for document in received {
        assert!(document.contains("/1.2.050/cXML.dtd"), "{document}");
        assert_valid(&document, "1.2.050/cXML.dtd");
    }
    rehearsal.end().await;
}

#[tokio::test]
#[ignore = "needs xmllint and the cXML DTDs"]
async fn our_answers_and_the_invoice_of_these_tests_are_valid() {
    let rehearsal = Rehearsal::start().await;
    let url = rehearsal.simulator.invoice_url();
    let answer = reqwest::Client::new().post(url).body("<cXML").send().await.unwrap().text().await.unwrap();
    assert_valid(&answer, "1.2.014/cXML.dtd");
    assert_valid(include_str!("invoice.xml"), "1.2.037/InvoiceDetail.dtd");
    rehearsal.end().await;
}
