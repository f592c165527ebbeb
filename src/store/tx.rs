//! One transaction: reads through its own changes, writes into its own overlay.
//!
//! A transaction never touches the database before its closure has answered Ok; then its group takes the changes over.
//! What it reads is: its own changes, over what earlier transactions of the group changed, over what is committed.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::CommitSeq;
use crate::error::StoreError;
use crate::keys::StoreKey;
use crate::overlay::{Change, Overlay, Row};
use crate::reader::{ReadBytes, Reader};
use crate::scan::RawScan;
use crate::table::Table;

/// The state that a transaction starts from.
pub(crate) trait Base {
    /// Reads one row.
    fn read(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Reads the rows of a scan that is not empty, with a transaction's own changes over them.
    fn scan(&self, table: &'static str, scan: &RawScan, own: &Overlay) -> Result<Vec<Row>, StoreError>;
}

/// A transaction: what a closure given to `transact` reads and writes through. Reading is in [`Reader`].
pub struct Tx<'g> {
    base: &'g dyn Base,
    overlay: Overlay,
    commit_seq: CommitSeq,
    ordinals: u32,
}

impl<'g> Tx<'g> {
    /// Begins without changes; `commit_seq` is the number it has if it changes anything.
    pub(crate) fn new(base: &'g dyn Base, commit_seq: CommitSeq) -> Self {
        Self { base, overlay: Overlay::default(), commit_seq, ordinals: 0 }
    }

    /// The number of this transaction in the order of commits: greater than that of everything committed before. It is
    /// used up only if the transaction changes something.
    pub fn commit_seq(&self) -> CommitSeq {
        self.commit_seq
    }

    /// Counts 0, 1, 2 ... within this transaction: with [`Self::commit_seq`] a place in the order of everything.
    pub fn next_ordinal(&mut self) -> u32 {
        let ordinal = self.ordinals;
        self.ordinals += 1;
        ordinal
    }

    /// Stores a record, replacing one of the same key.
    pub fn put<K: StoreKey, V: Serialize>(
        &mut self,
        table: &Table<K, V>,
        key: &K,
        value: &V,
    ) -> Result<(), StoreError> {
        let value = table.encode_value(key, value)?;
        self.put_bytes(table.name(), &key.encoded(), value);
        Ok(())
    }

    /// Stores a record that must not be there yet; [`StoreError::Exists`] if it is.
    pub fn insert_new<K, V>(&mut self, table: &Table<K, V>, key: &K, value: &V) -> Result<(), StoreError>
    where
        K: StoreKey,
        V: Serialize + DeserializeOwned,
    {
        if self.contains(table, key)? {
            return Err(StoreError::Exists { table: table.name(), key: key.describe() });
        }
        self.put(table, key, value)
    }

    /// Deletes a record; true if it was there.
    pub fn delete<K: StoreKey, V>(&mut self, table: &Table<K, V>, key: &K) -> Result<bool, StoreError> {
        let key = key.encoded();
        let was_there = self.read_bytes(table.name(), &key)?.is_some();
        if was_there {
            self.delete_bytes(table.name(), &key);
        }
        Ok(was_there)
    }

    /// Stores bytes under a key of bytes.
    pub(crate) fn put_bytes(&mut self, table: &'static str, key: &[u8], value: Vec<u8>) {
        self.overlay.set(table, key, Some(value));
    }

    /// Deletes what is under a key of bytes.
    pub(crate) fn delete_bytes(&mut self, table: &'static str, key: &[u8]) {
        self.overlay.set(table, key, None);
    }

    /// The changes, for the group to apply.
    pub(crate) fn into_changes(self) -> Overlay {
        self.overlay
    }

    /// How many bytes were written so far, counting rows as often as they were written.
    pub(crate) fn changed_bytes(&self) -> usize {
        self.overlay.bytes()
    }

    /// Whether nothing was changed so far.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.overlay.is_empty()
    }
}

impl ReadBytes for Tx<'_> {
    fn read_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.overlay.change(table, key) {
            Some(Change::New(value)) => Ok(Some(value.to_vec())),
            Some(Change::Deleted) => Ok(None),
            None => self.base.read(table, key),
        }
    }

    fn scan_bytes(&self, table: &'static str, scan: &RawScan) -> Result<Vec<Row>, StoreError> {
        if scan.is_empty() { Ok(Vec::new()) } else { self.base.scan(table, scan, &self.overlay) }
    }
}

impl Reader for Tx<'_> {}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("commit_seq", &self.commit_seq).finish_non_exhaustive()
    }
}
