//! What can be read, the same inside a transaction and on a snapshot.
//!
//! Code that only reads takes `&impl Reader`, so that one function serves the transaction that decides and the page
//! that shows. Everything is copied out: no row outlives the call as a borrow, hence no snapshot escapes.

use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::keys::StoreKey;
use crate::overlay::Row;
use crate::scan::{RawScan, Scan};
use crate::table::Table;

/// Reading of bytes: what a transaction and a snapshot each do in their own way.
pub(crate) trait ReadBytes {
    /// The value under a key.
    fn read_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The rows of a scan.
    fn scan_bytes(&self, table: &'static str, scan: &RawScan) -> Result<Vec<Row>, StoreError>;
}

/// Typed reading.
#[expect(private_bounds, reason = "only transactions and snapshots can be read from; bytes stay inside this crate")]
pub trait Reader: ReadBytes {
    /// The record under a key, if there is one.
    fn get<K: StoreKey, V: DeserializeOwned>(&self, table: &Table<K, V>, key: &K) -> Result<Option<V>, StoreError> {
        let value = self.read_bytes(table.name(), &key.encoded())?;
        value.map(|value| table.decode_value(key, &value)).transpose()
    }

    /// The record under a key that must be there; [`StoreError::Missing`] if it is not.
    fn require<K: StoreKey, V: DeserializeOwned>(&self, table: &Table<K, V>, key: &K) -> Result<V, StoreError> {
        self.get(table, key)?.ok_or_else(|| StoreError::Missing { table: table.name(), key: key.describe() })
    }

    /// Whether there is a record under a key.
    fn contains<K: StoreKey, V>(&self, table: &Table<K, V>, key: &K) -> Result<bool, StoreError> {
        Ok(self.read_bytes(table.name(), &key.encoded())?.is_some())
    }

    /// The records of a scan.
    fn scan<K: StoreKey, V: DeserializeOwned>(
        &self,
        table: &Table<K, V>,
        scan: &Scan<K>,
    ) -> Result<Vec<(K, V)>, StoreError> {
        let rows = self.scan_bytes(table.name(), scan.raw())?;
        rows.iter().map(|(key, value)| table.decode_row(key, value)).collect()
    }

    /// The keys of a scan: for indexes, whose values say nothing.
    fn scan_keys<K: StoreKey, V>(&self, table: &Table<K, V>, scan: &Scan<K>) -> Result<Vec<K>, StoreError> {
        let rows = self.scan_bytes(table.name(), scan.raw())?;
        rows.iter().map(|(key, _)| table.decode_key(key)).collect()
    }
}
