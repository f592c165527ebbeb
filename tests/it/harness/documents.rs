//! Every cXML document that the marketplace sends, whoever asked for it: valid for the DTD version that it declares, and
//! without a secret in what is kept.
//!
//! The DTDs are not part of this repository. With `MARKETGATE_REQUIRE_DTD=1` a missing `xmllint` or DTD folder is a
//! failure; otherwise documents go unvalidated where either is missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use marketgate::demo::seed::CONNECTIONS;
use marketgate_simulator::Simulator;
use marketgate_store::messages::{self, Direction};
use marketgate_store::{Snapshot, Store, StoreError};

use super::cxml_folder;

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// For people.
    pub what: String,
    /// The document.
    pub text: String,
    /// Whether the marketplace wrote it.
    pub is_ours: bool,
}

/// What the procurement system got.
pub fn of_simulator(simulator: &Simulator) -> Vec<Document> {
    let ours = |what: &str, text: String| Document { what: what.to_owned(), text, is_ours: true };
    let answers = simulator.orders().into_iter().flat_map(|order| order.attempts);
    let mut documents: Vec<Document> = answers
        .filter(|attempt| !attempt.response_xml.is_empty())
        .map(|attempt| ours("the answer to an order", attempt.response_xml))
        .collect();
    documents.extend(simulator.carts().into_iter().map(|cart| ours("a cart", cart.cxml)));
    documents.extend(simulator.invoice_documents().into_iter().map(|received| ours("an invoice", received.raw)));
    documents.extend(simulator.confirmations().into_iter().map(|received| ours("a confirmation", received.raw)));
    documents
}

/// The summaries of all documents in the message log, the answers among them.
pub fn summaries(snapshot: &Snapshot) -> Result<Vec<messages::MessageSummary>, StoreError> {
    let listed = messages::newest(snapshot, None, 10_000)?;
    let answers = listed.iter().filter_map(|message| messages::reply(snapshot, message.id).transpose());
    let answers = answers.map(|id| messages::find(snapshot, id?)).filter_map(Result::transpose);
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    Ok([listed, answers].concat())
}

/// The whole message log.
pub fn of_log(store: &Store) -> Vec<Document> {
    let summaries = store.read(summaries).unwrap();
    let document = |summary: messages::MessageSummary| {
        let bytes = store.messages().read(summary.id).unwrap().expect("a summary has its document");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Document { what: summary.document_type, text, is_ours: summary.direction == Direction::Out }
    };
    summaries.into_iter().map(document).collect()
}

/// None of the connections' secrets is in a text.
pub fn assert_no_secret(place: &str, text: &str) {
    for fixed in &CONNECTIONS {
        assert!(!text.contains(fixed.secret), "{place} holds the secret of {}", fixed.connection);
    }
}

/// Every document is valid.
pub fn assert_valid(documents: &[Document]) {
    let folder = cxml_folder().join("dtd");
    let required = std::env::var_os("MARKETGATE_REQUIRE_DTD").is_some_and(|value| value == "1");
    if !folder.is_dir() || !has_xmllint() {
        assert!(!required, "MARKETGATE_REQUIRE_DTD is set, but xmllint or {} is missing", folder.display());
        return;
    }
    let written = tempfile::tempdir().unwrap();
    let mut by_dtd: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for (number, document) in documents.iter().enumerate() {
        let path = written.path().join(format!("{number:04}.xml"));
        std::fs::write(&path, &document.text).unwrap();
        by_dtd.entry(dtd_of(document, &folder)).or_default().push(path);
    }
    for (dtd, paths) in by_dtd {
        validate(&dtd, &paths, documents);
    }
}

fn has_xmllint() -> bool {
    Command::new("xmllint").arg("--version").output().is_ok()
}

fn validate(dtd: &Path, paths: &[PathBuf], documents: &[Document]) {
    let checked = Command::new("xmllint").args(["--noout", "--nonet", "--dtdvalid"]).arg(dtd).args(paths).output();
    let checked = checked.unwrap();
    if !checked.status.success() {
        let complaints = String::from_utf8_lossy(&checked.stderr).into_owned();
        let blamed = |path: &&PathBuf| complaints.contains(&path.display().to_string());
        let path = paths.iter().find(blamed).unwrap_or(&paths[0]);
        let number: usize = path.file_stem().unwrap().to_string_lossy().parse().unwrap();
        let Document { what, text, .. } = &documents[number];
        panic!("not valid for {}: {what}\n{complaints}\n{text}", dtd.display());
    }
}

/// The DTD that the document's DOCTYPE names. Some versions are not to be had any more (Fulfill.dtd of 1.2.036 among
/// them): the nearest later one stands in, because the standard only ever adds.
fn dtd_of(document: &Document, folder: &Path) -> PathBuf {
    let Document { what, text, .. } = document;
    let (_, system) = text.split_once("/schemas/cXML/").unwrap_or_else(|| panic!("{what} names no DTD:\n{text}"));
    let (version, rest) = system.split_once('/').unwrap();
    let (file, _) = rest.split_once('"').unwrap();
    let wanted = order_of(version);
    let mut candidates: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join(file).is_file())
        .map(|path| (order_of(&path.file_name().unwrap().to_string_lossy()), path.join(file)))
        .filter(|(version, _)| *version >= wanted)
        .collect();
    candidates.sort();
    let nearest = candidates.into_iter().next();
    nearest.unwrap_or_else(|| panic!("no {file} of version {version} or later in {}", folder.display())).1
}

fn order_of(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: &str) -> Document {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\n\
             <cXML payloadID=\"1@test\" timestamp=\"2026-03-02T09:00:00+00:00\"><Response>{status}</Response></cXML>"
        );
        Document { what: "a response".to_owned(), text, is_ours: true }
    }

    #[test]
    #[ignore = "needs xmllint and the cXML DTDs"]
    fn a_valid_document_passes() {
        assert_valid(&[response("<Status code=\"200\" text=\"OK\"/>")]);
    }

    #[test]
    #[ignore = "needs xmllint and the cXML DTDs"]
    #[should_panic(expected = "not valid for")]
    fn an_invalid_document_among_valid_ones_is_noticed() {
        assert_valid(&[response("<Status code=\"200\" text=\"OK\"/>"), response("<Status code=\"200\"/>")]);
    }

    #[test]
    #[should_panic(expected = "holds the secret of")]
    fn a_secret_is_noticed() {
        assert_no_secret("a text", "<SharedSecret>demo-coupa-secret</SharedSecret>");
    }
}
