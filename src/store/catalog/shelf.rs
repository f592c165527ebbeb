//! The catalogue as readers see it while an import is under way, and the one way to write it.
//!
//! An import stages rows, not records: for each table of the catalogue there is a staged one with the same rows under a generation
//! number, each the new row or the note that it is gone. So every read of the catalogue, whatever its index, is the same code over
//! a [`View`]: once a generation is live its staged rows lie over the stored ones, as the changes of a transaction lie over what is
//! committed. A write puts the row in its place and removes the staged one, which would hide it.

use std::ops::Bound;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::staging::{self, CatalogState};
use crate::error::StoreError;
use crate::keys::StoreKey;
use crate::overlay::{Row, merge};
use crate::reader::{ReadBytes, Reader};
use crate::scan::RawScan;
use crate::schema::{
    INVOICE_PREFIXES, OFFER_REVISIONS, OFFERS, OFFERS_BY_PRODUCT, OFFERS_BY_SELLER, OFFERS_ENDING, PRODUCTS,
    PRODUCTS_BY_CODE, PRODUCTS_BY_SELLER, SELLERS, STAGED_INVOICE_PREFIXES, STAGED_OFFER_REVISIONS, STAGED_OFFERS,
    STAGED_OFFERS_BY_PRODUCT, STAGED_OFFERS_BY_SELLER, STAGED_OFFERS_ENDING, STAGED_PRODUCTS, STAGED_PRODUCTS_BY_CODE,
    STAGED_PRODUCTS_BY_SELLER, STAGED_SELLERS,
};
use crate::table::{Table, hexadecimal};
use crate::tx::Tx;

/// Every table of the catalogue, with the one that its rows are staged in.
pub(super) const TABLES: [(&str, &str); 10] = [
    (SELLERS.name(), STAGED_SELLERS.name()),
    (INVOICE_PREFIXES.name(), STAGED_INVOICE_PREFIXES.name()),
    (PRODUCTS.name(), STAGED_PRODUCTS.name()),
    (PRODUCTS_BY_CODE.name(), STAGED_PRODUCTS_BY_CODE.name()),
    (PRODUCTS_BY_SELLER.name(), STAGED_PRODUCTS_BY_SELLER.name()),
    (OFFERS.name(), STAGED_OFFERS.name()),
    (OFFER_REVISIONS.name(), STAGED_OFFER_REVISIONS.name()),
    (OFFERS_BY_PRODUCT.name(), STAGED_OFFERS_BY_PRODUCT.name()),
    (OFFERS_BY_SELLER.name(), STAGED_OFFERS_BY_SELLER.name()),
    (OFFERS_ENDING.name(), STAGED_OFFERS_ENDING.name()),
];

/// Where the rows of a table of the catalogue are staged.
fn staged_in(table: &'static str) -> Result<&'static str, StoreError> {
    let found = TABLES.iter().find(|(base, _)| *base == table).map(|(_, staged)| *staged);
    found.ok_or_else(|| StoreError::UnknownTable { table: format!("staged rows of {table}") })
}

/// The key of a staged row: the generation, then the row's own.
fn staged_key(generation: u64, key: &[u8]) -> Vec<u8> {
    [&generation.to_be_bytes(), key].concat()
}

/// The stored form of a staged row: a list of the one record, or an empty list for a row that is gone.
fn staged_value(row: Option<&[u8]>) -> Vec<u8> {
    match row.and_then(<[u8]>::split_first) {
        Some((version, json)) => [&[*version, b'['], json, b"]"].concat(),
        None => b"\x01[]".to_vec(),
    }
}

/// The row that was staged; nothing where it is gone.
pub(super) fn unstaged(table: &'static str, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    match value {
        [_, b'[', b']'] => Ok(None),
        [version, b'[', json @ .., b']'] => Ok(Some([&[*version], json].concat())),
        _ => Err(StoreError::corrupt(table, &hexadecimal(key), "not a staged row")),
    }
}

/// What lies over the stored rows.
pub(super) struct View<'r, R> {
    reader: &'r R,
    /// The generation whose staged rows do.
    generation: Option<u64>,
}

impl<'r, R: Reader> View<'r, R> {
    /// What readers see now.
    pub(super) fn open(reader: &'r R) -> Result<Self, StoreError> {
        let live = staging::state(reader)?.and_then(CatalogState::live);
        Ok(Self { reader, generation: live })
    }

    /// The rows of a scan up to where both sides are known, and whether that is all.
    fn part(&self, tables: (&'static str, &'static str), scan: &RawScan, generation: u64) -> Result<Part, StoreError> {
        let stored = self.reader.scan_bytes(tables.0, scan)?;
        let staged = self.reader.scan_bytes(tables.1, &staged_scan(scan, generation))?;
        let mut changes = Vec::with_capacity(staged.len());
        for (key, value) in &staged {
            let own = key.get(size_of::<u64>()..).unwrap_or_default();
            changes.push((own.to_vec(), unstaged(tables.1, key, value)?));
        }
        // Behind the last row of a side that was cut off there may be more of it.
        let ends = [
            stored.last().filter(|_| stored.len() == scan.limit).map(|(key, _)| key.clone()),
            changes.last().filter(|_| changes.len() == scan.limit).map(|(key, _)| key.clone()),
        ];
        let ends = ends.into_iter().flatten();
        let known_to = if scan.backward { ends.max() } else { ends.min() };
        let is_known = |key: &[u8]| match &known_to {
            None => true,
            Some(end) if scan.backward => key >= end.as_slice(),
            Some(end) => key <= end.as_slice(),
        };
        let stored = stored.into_iter().filter(|(key, _)| is_known(key)).map(Ok);
        let changes = changes.iter().filter(|(key, _)| is_known(key)).map(|(key, value)| (key, value));
        Ok(Part { rows: merge(stored, changes, scan)?, known_to })
    }
}

/// A piece of a merged scan.
struct Part {
    rows: Vec<Row>,
    /// The key to go on behind; nothing if there is no more.
    known_to: Option<Vec<u8>>,
}

/// The same scan over the staged rows of a generation.
fn staged_scan(scan: &RawScan, generation: u64) -> RawScan {
    let whole = RawScan::prefix(generation.to_be_bytes().to_vec(), scan.limit);
    let within = |bound: &Bound<Vec<u8>>, outer: Bound<Vec<u8>>| match bound {
        Bound::Unbounded => outer,
        Bound::Included(key) => Bound::Included(staged_key(generation, key)),
        Bound::Excluded(key) => Bound::Excluded(staged_key(generation, key)),
    };
    let (lower, upper) = (within(&scan.lower, whole.lower), within(&scan.upper, whole.upper));
    RawScan { lower, upper, backward: scan.backward, limit: scan.limit }
}

impl<R: Reader> ReadBytes for View<'_, R> {
    fn read_bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(generation) = self.generation {
            let (staged, staged_key) = (staged_in(table)?, staged_key(generation, key));
            if let Some(value) = self.reader.read_bytes(staged, &staged_key)? {
                return unstaged(staged, &staged_key, &value);
            }
        }
        self.reader.read_bytes(table, key)
    }

    fn scan_bytes(&self, table: &'static str, scan: &RawScan) -> Result<Vec<Row>, StoreError> {
        let Some(generation) = self.generation else { return self.reader.scan_bytes(table, scan) };
        let tables = (table, staged_in(table)?);
        let (mut scan, mut rows) = (scan.clone(), Vec::new());
        while !scan.is_empty() {
            let part = self.part(tables, &scan, generation)?;
            scan.limit -= part.rows.len();
            rows.extend(part.rows);
            match part.known_to {
                None => break,
                Some(end) if scan.backward => scan.upper = Bound::Excluded(end),
                Some(end) => scan.lower = Bound::Excluded(end),
            }
        }
        Ok(rows)
    }
}

impl<R: Reader> Reader for View<'_, R> {}

/// Where the rows of the catalogue are written.
pub(super) struct Shelf<'t, 'g> {
    tx: &'t mut Tx<'g>,
    /// The generation whose staged rows lie over the stored ones.
    over: Option<u64>,
    /// Write staged rows of that generation, not stored ones.
    is_staging: bool,
}

impl<'t, 'g> Shelf<'t, 'g> {
    /// To change what readers see now. An import that is staging learns that it was decided on what is no longer so.
    pub(super) fn open(tx: &'t mut Tx<'g>) -> Result<Self, StoreError> {
        let state = staging::state(tx)?;
        if let Some(CatalogState::Staging { generation, disturbed: false }) = state {
            staging::put_state(tx, &CatalogState::Staging { generation, disturbed: true })?;
        }
        staging::note_change(tx)?;
        Ok(Self { tx, over: state.and_then(CatalogState::live), is_staging: false })
    }

    /// To change what readers will see once the generation is live.
    pub(super) fn staging(tx: &'t mut Tx<'g>, generation: u64) -> Self {
        Self { tx, over: Some(generation), is_staging: true }
    }

    /// The catalogue with what was written so far.
    pub(super) fn view(&self) -> View<'_, Tx<'g>> {
        View { reader: self.tx, generation: self.over }
    }

    pub(super) fn get<K, V>(&self, table: &Table<K, V>, key: &K) -> Result<Option<V>, StoreError>
    where
        K: StoreKey,
        V: DeserializeOwned,
    {
        self.view().get(table, key)
    }

    pub(super) fn put<K, V>(&mut self, table: &Table<K, V>, key: &K, value: &V) -> Result<(), StoreError>
    where
        K: StoreKey,
        V: Serialize,
    {
        let row = table.encode_value(key, value)?;
        self.write(table.name(), &key.encoded(), Some(row))
    }

    pub(super) fn delete<K: StoreKey, V>(&mut self, table: &Table<K, V>, key: &K) -> Result<(), StoreError> {
        self.write(table.name(), &key.encoded(), None)
    }

    fn write(&mut self, table: &'static str, key: &[u8], row: Option<Vec<u8>>) -> Result<(), StoreError> {
        if let (Some(generation), true) = (self.over, self.is_staging) {
            let value = staged_value(row.as_deref());
            self.tx.put_bytes(staged_in(table)?, &staged_key(generation, key), value);
            return Ok(());
        }
        match row {
            Some(row) => self.tx.put_bytes(table, key, row),
            None => delete_if_there(self.tx, table, key)?,
        }
        match self.over {
            Some(generation) => delete_if_there(self.tx, staged_in(table)?, &staged_key(generation, key)),
            None => Ok(()),
        }
    }
}

fn delete_if_there(tx: &mut Tx<'_>, table: &'static str, key: &[u8]) -> Result<(), StoreError> {
    if tx.read_bytes(table, key)?.is_some() {
        tx.delete_bytes(table, key);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::btree_map;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::store;

    fn key() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0_u8..4, 0..3)
    }

    fn value() -> impl Strategy<Value = Vec<u8>> {
        (0_u8..3).prop_map(|digit| vec![1, b'0' + digit])
    }

    #[test]
    fn what_is_no_staged_row_is_damage_and_is_named() {
        let error = unstaged("staged_offers", &[7], b"\x01{}").unwrap_err();
        assert_eq!(error, StoreError::corrupt("staged_offers", "07", "not a staged row"));
        assert!(staged_in("orders").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn a_scan_sees_what_a_plain_map_would_hold(
            stored in btree_map(key(), value(), 0..12),
            staged in btree_map(key(), prop::option::of(value()), 0..12),
            bounds in prop::collection::vec((key(), key(), any::<bool>(), 0_usize..6), 8),
        ) {
            let table = OFFERS_ENDING.name();
            let mut plain: BTreeMap<_, _> = stored.clone();
            for (key, value) in &staged {
                match value {
                    Some(value) => drop(plain.insert(key.clone(), value.clone())),
                    None => drop(plain.remove(key)),
                }
            }
            let found = store().transact(move |tx| {
                for (key, value) in &stored {
                    tx.put_bytes(table, key, value.clone());
                }
                for (key, value) in &staged {
                    tx.put_bytes(staged_in(table)?, &staged_key(7, key), staged_value(value.as_deref()));
                    // Rows of other generations are none of ours.
                    tx.put_bytes(staged_in(table)?, &staged_key(8, key), staged_value(None));
                }
                let view = View { reader: tx, generation: Some(7) };
                let scans = bounds.iter().map(|(low, high, backward, limit)| {
                    let (lower, upper) = (Bound::Included(low.clone()), Bound::Excluded(high.clone()));
                    let scan = RawScan { lower, upper, backward: *backward, limit: *limit };
                    let mut expected: Vec<Row> =
                        plain.iter().filter(|(key, _)| *key >= low && *key < high).map(|(k, v)| (k.clone(), v.clone())).collect();
                    if *backward {
                        expected.reverse();
                    }
                    expected.truncate(*limit);
                    Ok((view.scan_bytes(table, &scan)?, expected))
                });
                scans.collect::<Result<Vec<_>, StoreError>>()
            });
            for (found, expected) in found.unwrap() {
                prop_assert_eq!(found, expected);
            }
        }
    }
}
