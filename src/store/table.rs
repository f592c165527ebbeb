//! The description of a table: its name, and the types of its keys and values.
//!
//! A description holds no data and opens nothing; the list of all tables is in [`crate::schema`].

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec;
use crate::error::StoreError;
use crate::keys::StoreKey;

/// A table with keys `K` and records `V`.
pub struct Table<K, V> {
    name: &'static str,
    version: u8,
    types: PhantomData<fn() -> (K, V)>,
}

/// A stored row in words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowText {
    /// The key, its parts separated by slashes.
    pub(crate) key: String,
    /// The record.
    pub(crate) value: serde_json::Value,
}

impl<K, V> Table<K, V> {
    /// Describes a table whose records have version 1.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, version: 1, types: PhantomData }
    }

    /// The name, the same for ever.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<K: StoreKey, V> Table<K, V> {
    pub(crate) fn decode_key(&self, bytes: &[u8]) -> Result<K, StoreError> {
        K::decoded(bytes).ok_or_else(|| StoreError::corrupt(self.name, &hexadecimal(bytes), "not a key of this table"))
    }
}

impl<K: StoreKey, V: Serialize> Table<K, V> {
    /// Fails only for a value that has no JSON form, which is a programming error.
    pub(crate) fn encode_value(&self, key: &K, value: &V) -> Result<Vec<u8>, StoreError> {
        codec::encode(self.version, value).map_err(|error| StoreError::Panicked {
            detail: format!("a record for table {}, key {} has no stored form: {error}", self.name, key.describe()),
        })
    }
}

impl<K: StoreKey, V: DeserializeOwned> Table<K, V> {
    pub(crate) fn decode_value(&self, key: &K, bytes: &[u8]) -> Result<V, StoreError> {
        codec::decode(self.version, bytes).map_err(|detail| StoreError::corrupt(self.name, &key.describe(), detail))
    }

    pub(crate) fn decode_row(&self, key: &[u8], value: &[u8]) -> Result<(K, V), StoreError> {
        let key = self.decode_key(key)?;
        let value = self.decode_value(&key, value)?;
        Ok((key, value))
    }
}

impl<K: StoreKey, V: Serialize + DeserializeOwned> Table<K, V> {
    /// A stored row in words. The record is read and written again, so what cannot be read is found.
    pub(crate) fn describe_row(&self, key: &[u8], value: &[u8]) -> Result<RowText, StoreError> {
        let (key, value) = self.decode_row(key, value)?;
        let json = serde_json::to_value(&value);
        let json = json.map_err(|error| StoreError::corrupt(self.name, &key.describe(), error))?;
        Ok(RowText { key: key.describe(), value: json })
    }
}

impl<K, V> std::fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.name)
    }
}

/// Bytes for an error text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// One line of the list of tables.
#[derive(Debug, Clone, Copy)]
pub struct TableInfo {
    /// The name in the file.
    pub name: &'static str,
    /// The parts of the key, in words.
    pub key: &'static str,
    /// The record, in words.
    pub value: &'static str,
    /// Who writes it.
    pub writer: &'static str,
    /// Who reads it.
    pub readers: &'static str,
    /// A stored row in words: the key, and the record as JSON. Fails if either cannot be read.
    pub(crate) describe: fn(&[u8], &[u8]) -> Result<RowText, StoreError>,
}

/// Declares the tables: a constant for each, and the list of all.
macro_rules! tables {
    ($(
        $(#[$doc:meta])*
        $constant:ident = $name:literal: $key_type:ty => $value_type:ty {
            key: $key:literal, value: $value:literal, writer: $writer:literal, readers: $readers:literal $(,)?
        }
    )*) => {
        $($(#[$doc])* pub const $constant: Table<$key_type, $value_type> = Table::new($name);)*

        /// Every table, in the order in which they are shown.
        pub const TABLES: &[TableInfo] = &[$(TableInfo {
            name: $name,
            key: $key,
            value: $value,
            writer: $writer,
            readers: $readers,
            describe: |key, value| $constant.describe_row(key, value),
        }),*];
    };
}
pub(crate) use tables;

#[cfg(test)]
mod tests {
    use super::*;

    const COLOURS: Table<u32, String> = Table::new("colours");

    #[test]
    fn damage_is_named_by_table_and_key() {
        let error = COLOURS.decode_row(&[0, 0, 0, 7], b"\x09\"red\"").unwrap_err();
        assert_eq!(error, StoreError::corrupt("colours", "7", "record version 9, expected 1"));
        let error = COLOURS.decode_row(&[7], b"\x01\"red\"").unwrap_err();
        assert_eq!(error, StoreError::corrupt("colours", "07", "not a key of this table"));
    }
}
