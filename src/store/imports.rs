//! Imports of the catalogue: what each was to do and what came of it.

use jiff::Timestamp;
use marketgate_domain::event::Actor;
use marketgate_domain::id::CatalogImportId;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::CATALOG_IMPORTS;
use crate::tx::Tx;

/// So many imports are kept.
const IMPORTS_KEPT: usize = 100;

/// An import of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogImport {
    /// Identifier.
    pub id: CatalogImportId,
    /// Who imported.
    pub actor: Actor,
    /// Whether the file was only to be checked.
    pub dry_run: bool,
    /// Wall time of the beginning.
    pub started_at: Timestamp,
    /// Wall time at which it was applied or failed.
    pub ended_at: Option<Timestamp>,
    /// How it ended, or that it goes on.
    pub outcome: ImportOutcome,
    /// What it changes.
    pub counts: ImportCounts,
    /// What is wrong with the file, the first ones.
    pub faults: Vec<ImportFault>,
    /// How much is wrong with the file.
    pub fault_count: u64,
}

/// How an import ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ImportOutcome {
    /// It goes on; nothing is applied so far.
    Running,
    /// The file is good, and was only to be checked.
    Checked,
    /// Everybody sees the new catalogue.
    Applied,
    /// Nothing was applied.
    Failed {
        /// Why, in words.
        error: String,
    },
}

/// How many records of a kind were made, changed and found as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCount {
    /// Made.
    pub new: u64,
    /// Changed.
    pub changed: u64,
    /// As they were.
    pub unchanged: u64,
}

/// What an import changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Sellers.
    pub sellers: ImportCount,
    /// Products.
    pub products: ImportCount,
    /// Offers.
    pub offers: ImportCount,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFault {
    /// The line, from 1.
    pub line: u64,
    /// A JSON Pointer into the file, or the name of a column.
    pub field: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

/// Stores an import; the oldest ones beyond the number that is kept go.
pub fn put(tx: &mut Tx<'_>, import: &CatalogImport) -> Result<(), StoreError> {
    tx.put(&CATALOG_IMPORTS, &import.id, import)?;
    let kept = tx.scan_keys(&CATALOG_IMPORTS, &Scan::all(IMPORTS_KEPT + 10).backward())?;
    for old in kept.iter().skip(IMPORTS_KEPT) {
        tx.delete(&CATALOG_IMPORTS, old)?;
    }
    Ok(())
}

/// An import.
pub fn find(reader: &impl Reader, id: CatalogImportId) -> Result<Option<CatalogImport>, StoreError> {
    reader.get(&CATALOG_IMPORTS, &id)
}

/// The newest imports, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    before: Option<CatalogImportId>,
    limit: usize,
) -> Result<Vec<CatalogImport>, StoreError> {
    let rows = reader.scan(&CATALOG_IMPORTS, &Scan::all(limit).newest_first(before))?;
    Ok(rows.into_iter().map(|(_, import)| import).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, moment, store};

    fn import(id: u128) -> CatalogImport {
        CatalogImport {
            id: CatalogImportId::from_value(id),
            actor: Actor::Anonymous,
            dry_run: false,
            started_at: moment(0),
            ended_at: None,
            outcome: ImportOutcome::Running,
            counts: ImportCounts::default(),
            faults: Vec::new(),
            fault_count: 0,
        }
    }

    #[test]
    fn the_stored_form_is_as_it_was() {
        let fault = ImportFault { line: 3, field: "/products/0/code".to_owned(), detail: "d".to_owned() };
        let failed = CatalogImport {
            ended_at: Some(moment(1)),
            outcome: ImportOutcome::Failed { error: "1 errors".to_owned() },
            counts: ImportCounts {
                offers: ImportCount { new: 1, changed: 2, unchanged: 3 },
                ..ImportCounts::default()
            },
            faults: vec![fault],
            fault_count: 1,
            ..import(7)
        };
        let none = r#"{"new":0,"changed":0,"unchanged":0}"#;
        let json = format!(
            r#"{{"id":"imp-00000000000000000000000000000007","actor":{{"kind":"anonymous"}},"dry_run":false,"started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","outcome":{{"outcome":"failed","error":"1 errors"}},"counts":{{"sellers":{none},"products":{none},"offers":{{"new":1,"changed":2,"unchanged":3}}}},"faults":[{{"line":3,"field":"/products/0/code","detail":"d"}}],"fault_count":1}}"#
        );
        golden(&CATALOG_IMPORTS, failed.id, &failed, &json);
        for (outcome, word) in [
            (ImportOutcome::Running, "running"),
            (ImportOutcome::Checked, "checked"),
            (ImportOutcome::Applied, "applied"),
        ] {
            assert_eq!(serde_json::to_value(&outcome).unwrap(), serde_json::json!({ "outcome": word }));
        }
    }

    #[test]
    fn the_newest_imports_are_kept() {
        let store = store();
        for id in 0..150 {
            store.transact(move |tx| put(tx, &import(id))).unwrap();
        }
        let kept = store.read(|snapshot| newest(snapshot, None, 1000)).unwrap();
        assert_eq!((kept.len(), kept[0].id), (IMPORTS_KEPT, CatalogImportId::from_value(149)));
    }
}
