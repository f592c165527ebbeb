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
