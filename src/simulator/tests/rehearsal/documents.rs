//! The documents we write against the published DTDs, with `xmllint`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::market::Rehearsal;

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
async fn our_answers_and_the_invoice_of_these_tests_are_valid() {
    let rehearsal = Rehearsal::start().await;
    let url = rehearsal.simulator.invoice_url();
    let answer = reqwest::Client::new().post(url).body("<cXML").send().await.unwrap().text().await.unwrap();
    assert_valid(&answer, "1.2.014/cXML.dtd");
    assert_valid(include_str!("invoice.xml"), "1.2.037/InvoiceDetail.dtd");
    rehearsal.end().await;
}
