//! The engine's write transaction while a group of transactions runs in it.
//!
//! The changes of every accepted transaction are applied here at once, so that the next one of the group sees them. The
//! first failure of the disk is remembered: after one, nothing of the group may be committed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use crate::error::StoreError;
use crate::overlay::{Overlay, Row};
use crate::scan::RawScan;
use crate::tx::Base;

/// How every table is stored: the engine knows bytes only.
pub(crate) type Bytes = &'static [u8];

/// The definition of a table by its name.
pub(crate) const fn definition(name: &str) -> TableDefinition<'_, Bytes, Bytes> {
    TableDefinition::new(name)
}

type OpenTable<'t> = redb::Table<'t, Bytes, Bytes>;

/// A write transaction with its open tables.
pub(crate) struct Group<'t> {
    transaction: &'t WriteTransaction,
    known: &'t [&'static str],
    tables: RefCell<BTreeMap<&'static str, OpenTable<'t>>>,
    failure: RefCell<Option<StoreError>>,
}

impl<'t> Group<'t> {
    /// Begins with nothing open; `known` are the tables that exist.
    pub(crate) fn new(transaction: &'t WriteTransaction, known: &'t [&'static str]) -> Self {
        Self { transaction, known, tables: RefCell::default(), failure: RefCell::default() }
    }

    /// The first failure of the disk, if there was one.
    pub(crate) fn failure(&self) -> Option<StoreError> {
        self.failure.borrow().clone()
    }

    /// Applies the changes of a transaction.
    pub(crate) fn apply(&self, changes: &Overlay) -> Result<(), StoreError> {
        for (name, changes) in changes.tables() {
            for (key, value) in changes {
                self.write(name, key, value.as_deref())?;
            }
        }
        Ok(())
    }

    /// Writes one row, or deletes it.
    pub(crate) fn write(&self, name: &'static str, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.with_table(name, |table| {
            let done = match value {
                Some(value) => table.insert(key, value).map(drop),
                None => table.remove(key).map(drop),
            };
            done.map_err(StoreError::from_engine)
        })
    }

    fn with_table<T>(
        &self,
        name: &'static str,
        act: impl FnOnce(&mut OpenTable<'t>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.known.contains(&name) {
            return Err(StoreError::UnknownTable { table: name.to_owned() });
        }
        let mut tables = self.tables.borrow_mut();
        let table = match tables.entry(name) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => match self.transaction.open_table(definition(name)) {
                Ok(table) => Ok(entry.insert(table)),
                Err(error) => Err(StoreError::from_engine(error)),
            },
        };
        table.and_then(act).inspect_err(|error| self.note(error))
    }

    /// Damage concerns whoever reads it; a failing disk concerns the whole group.
    fn note(&self, error: &StoreError) {
        if !matches!(error, StoreError::Corrupt { .. }) {
            self.failure.borrow_mut().get_or_insert_with(|| error.clone());
        }
    }
}

impl Base for Group<'_> {
    fn read(&self, name: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.with_table(name, |table| {
            let value = table.get(key).map_err(StoreError::from_engine)?;
            Ok(value.map(|value| value.value().to_vec()))
        })
    }

    fn scan(&self, name: &'static str, scan: &RawScan, own: &Overlay) -> Result<Vec<Row>, StoreError> {
        self.with_table(name, |table| own.merge(name, scan, stored_rows(table, scan)?))
    }
}

/// The stored rows of a scan that is not empty, in its direction.
pub(crate) fn stored_rows<'r>(
    table: &'r impl ReadableTable<Bytes, Bytes>,
    scan: &RawScan,
) -> Result<Box<dyn Iterator<Item = Result<Row, StoreError>> + 'r>, StoreError> {
    let bounds: (Bound<&[u8]>, Bound<&[u8]>) =
        (scan.lower.as_ref().map(Vec::as_slice), scan.upper.as_ref().map(Vec::as_slice));
    let range = table.range::<&[u8]>(bounds).map_err(StoreError::from_engine)?;
    let copy = |row: Result<(redb::AccessGuard<'_, Bytes>, redb::AccessGuard<'_, Bytes>), redb::StorageError>| {
        let (key, value) = row.map_err(StoreError::from_engine)?;
        Ok((key.value().to_vec(), value.value().to_vec()))
    };
    Ok(if scan.backward { Box::new(range.rev().map(copy)) } else { Box::new(range.map(copy)) })
}
