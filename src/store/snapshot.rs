//! A view of the committed state that does not change while it is looked at.
//!
//! A snapshot pins the pages it sees: one that is kept makes the file grow with every commit. So it lives inside one
//! closure, for milliseconds, and cannot be taken out of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable};

use crate::error::StoreError;
use crate::group::{Bytes, definition, stored_rows};
use crate::overlay::Row;
use crate::reader::{ReadBytes, Reader};
use crate::scan::RawScan;

/// The committed state at one moment. Reading is in [`Reader`].
pub struct Snapshot {
    transaction: ReadTransaction,
    tables: RefCell<BTreeMap<&'static str, ReadOnlyTable<Bytes, Bytes>>>,
    is_lost: Cell<bool>,
}

impl Snapshot {
    pub(crate) fn new(transaction: ReadTransaction) -> Self {
        Self { transaction, tables: RefCell::default(), is_lost: Cell::new(false) }
    }

    /// Whether the database was closed under this snapshot, so that what was read from it says nothing.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.get()
    }

    fn with_table<T>(
        &self,
        name: &'static str,
        act: impl FnOnce(&ReadOnlyTable<Bytes, Bytes>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tables = self.tables.borrow_mut();
        let table = match tables.entry(name) {
            Entry::Occupied(entry) => Ok(&*entry.into_mut()),
            Entry::Vacant(entry) => match self.transaction.open_table(definition(name)) {
                Ok(table) => Ok(&*entry.insert(table)),
                Err(error) => Err(StoreError::from_engine(error)),
            },
        };
        table.and_then(act).inspect_err(|error| self.is_lost.set(self.is_lost.get() || *error == StoreError::Closed))
    }
}

impl ReadBytes for Snapshot {
    fn read_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.with_table(table, |table| {
            let value = ReadableTable::get(table, key).map_err(StoreError::from_engine)?;
            Ok(value.map(|value| value.value().to_vec()))
        })
    }

    fn scan_bytes(&self, table: &'static str, scan: &RawScan) -> Result<Vec<Row>, StoreError> {
        if scan.is_empty() {
            return Ok(Vec::new());
        }
        self.with_table(table, |table| stored_rows(table, scan)?.take(scan.limit).collect())
    }
}

impl Reader for Snapshot {}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
