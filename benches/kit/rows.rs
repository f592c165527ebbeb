//! What an order writes, read back from the closed files row by row: the number and size of puts that the yardsticks repeat.
//!
//! Nothing is assumed about tables or records, so a change of the stored form changes the yardstick with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use marketgate::flow::receive_document::{Answer, Incoming, receive_document};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};

use super::market::Market;
use super::texts;

/// The rows of a file, by table and key.
type Rows = BTreeMap<(String, Vec<u8>), Vec<u8>>;

/// One row that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Name of the table.
    pub table: Arc<str>,
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

/// What one accepted order writes before it is answered.
#[derive(Debug, Clone)]
pub struct OrderPuts {
    /// Into the file of documents, first.
    pub document: Vec<Put>,
    /// Into the main file, in one transaction.
    pub order: Vec<Put>,
}

impl OrderPuts {
    /// Number and bytes of the rows of the main file, and bytes of the document as stored.
    pub fn describe(&self) -> String {
        let (order, document) = (bytes(&self.order), bytes(&self.document));
        format!("{} rows with {order} bytes in the main file, a document of {document} bytes", self.order.len())
    }
}

fn bytes(puts: &[Put]) -> usize {
    puts.iter().map(|put| put.key.len() + put.value.len()).sum()
}

/// Sends one order with so many lines through the program's own flow, on a directory that nobody has open, and gives back what
/// it wrote. The message log of answers is not running, so these are the order's own puts.
///
/// # Errors
/// What cannot be opened, and an order that is not accepted.
pub async fn of_one_order(dir: &Path, lines: usize) -> anyhow::Result<OrderPuts> {
    let market = Market::open(dir).await?;
    let requests = market.stored_requests(lines).await?;
    market.close()?;
    let (main, documents) = (dir.join("main.redb"), documents_file(dir));
    let before = read(&main)?;
    let documents_before = documents.map(|path| read(&path)).transpose()?.unwrap_or_default();
    let market = Market::open(dir).await?;
    let text = texts::order("MEASURED-1", &requests);
    accept(&market, &text).await?;
    market.close()?;
    let documents = documents_file(dir).context("the order's document was not stored")?;
    Ok(OrderPuts { document: changed(&documents_before, read(&documents)?), order: changed(&before, read(&main)?) })
}

/// Takes an order through the program's own flow, without HTTP.
///
/// # Errors
/// An order that is not accepted.
pub async fn accept(market: &Market, text: &str) -> anyhow::Result<()> {
    let incoming = Incoming {
        bytes: text.as_bytes().into(),
        content_type: Some("text/xml; charset=UTF-8".to_owned()),
        source: "127.0.0.1".to_owned(),
        at: market.context.clock.wall(),
    };
    let outcome = receive_document(&market.context, incoming).await;
    match outcome.result {
        Ok(Answer::Status(answer)) => {
            ensure!(answer.status == 200, "the order was refused: {}", answer.content);
            Ok(())
        }
        other => anyhow::bail!("the order got another answer: {other:?}"),
    }
}

fn documents_file(dir: &Path) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?;
    let is_documents = |name: &str| name.starts_with("messages-");
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_documents))
}

fn read(path: &Path) -> anyhow::Result<Rows> {
    let database = Database::open(path).with_context(|| path.display().to_string())?;
    let transaction = database.begin_read()?;
    let mut rows = Rows::new();
    for handle in transaction.list_tables()? {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(handle.name());
        let table = transaction.open_table(definition)?;
        for row in table.iter()? {
            let (key, value) = row?;
            rows.insert((handle.name().to_owned(), key.value().to_vec()), value.value().to_vec());
        }
    }
    Ok(rows)
}

/// Rows that are new or other than before. Deleted ones (an index entry or two) are not counted: the yardsticks only put.
fn changed(before: &Rows, after: Rows) -> Vec<Put> {
    after
        .into_iter()
        .filter(|(place, value)| before.get(place) != Some(value))
        .map(|((table, key), value)| Put { table: table.into(), key, value })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_that_are_new_or_different_count() {
        let rows = |entries: &[(&str, &str)]| -> Rows {
            entries
                .iter()
                .map(|(key, value)| (("t".to_owned(), key.as_bytes().to_vec()), value.as_bytes().to_vec()))
                .collect()
        };
        let puts =
            changed(&rows(&[("a", "1"), ("b", "1"), ("gone", "1")]), rows(&[("a", "1"), ("b", "2"), ("c", "3")]));
        let keys: Vec<&[u8]> = puts.iter().map(|put| put.key.as_slice()).collect();
        assert_eq!(keys, [b"b", b"c"]);
    }

    #[test]
    fn an_accepted_order_writes_its_document_and_its_records() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let puts = runtime.block_on(of_one_order(dir.path(), 2)).unwrap();
        let count = |puts: &[Put], name: &str| puts.iter().filter(|put| &*put.table == name).count();
        assert_eq!(count(&puts.document, "documents"), 1, "{:?}", puts.document);
        let of_order = ["orders", "agreements", "requests"].map(|name| count(&puts.order, name));
        assert_eq!(of_order, [1, 2, 2], "{:?}", puts.order);
    }
}
