//! What a transaction has changed so far, on top of what is stored. Pure.
//!
//! Nothing here touches a database: an overlay is a map per table from key to new value (or to "deleted"), and a scan
//! is the merge of two sorted sequences. A dropped overlay leaves no trace, which is how a refused transaction ends.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::error::StoreError;
use crate::scan::RawScan;

/// A key and its value, as bytes.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// Changed rows of one table: the new value, or nothing for a deleted row.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change<'o> {
    /// It is gone.
    Deleted,
    /// It has this value.
    New(&'o [u8]),
}

/// The changes of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    tables: BTreeMap<&'static str, Changes>,
    bytes: usize,
}

impl Overlay {
    /// The change of one row, if it was touched.
    pub(crate) fn change(&self, table: &str, key: &[u8]) -> Option<Change<'_>> {
        let change = self.tables.get(table)?.get(key)?;
        Some(change.as_deref().map_or(Change::Deleted, Change::New))
    }

    /// Notes a new value, or a deletion.
    pub(crate) fn set(&mut self, table: &'static str, key: &[u8], value: Option<Vec<u8>>) {
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.tables.entry(table).or_default().insert(key.to_vec(), value);
    }

    /// Whether nothing was changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// How many bytes were written, counting rows as often as they were written.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All changes, table by table.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&'static str, &Changes)> {
        self.tables.iter().map(|(name, changes)| (*name, changes))
    }

    /// The rows of a scan: what is stored (already in the scan's bounds and direction), with the changes applied.
    pub(crate) fn merge<S>(&self, table: &str, scan: &RawScan, stored: S) -> Result<Vec<Row>, StoreError>
    where
        S: Iterator<Item = Result<Row, StoreError>>,
    {
        let range = (bound(&scan.lower), bound(&scan.upper));
        let changes = self.tables.get(table).into_iter().flat_map(|changes| changes.range::<[u8], _>(range));
        if scan.backward { merge(stored, changes.rev(), scan) } else { merge(stored, changes, scan) }
    }
}

fn bound(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}

/// Merges two sequences sorted the same way; of two rows with one key the change wins.
pub(crate) fn merge<'c>(
    stored: impl Iterator<Item = Result<Row, StoreError>>,
    changes: impl Iterator<Item = (&'c Vec<u8>, &'c Option<Vec<u8>>)>,
    scan: &RawScan,
) -> Result<Vec<Row>, StoreError> {
    let mut stored = stored.peekable();
    let mut changes = changes.peekable();
    let mut rows = Vec::new();
    while rows.len() < scan.limit {
        let order = match (stored.peek(), changes.peek()) {
            (None, None) => break,
            (Some(Err(error)), _) => return Err(error.clone()),
            (Some(Ok(_)), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(Ok((stored_key, _))), Some((changed_key, _))) if scan.backward => (*changed_key).cmp(stored_key),
            (Some(Ok((stored_key, _))), Some((changed_key, _))) => stored_key.cmp(changed_key),
        };
        if order.is_le() {
            let row = stored.next().transpose()?;
            rows.extend(row.filter(|_| order.is_lt()));
        }
        if order.is_ge() {
            let change = changes.next().and_then(|(key, value)| Some((key.clone(), value.clone()?)));
            rows.extend(change);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    use super::*;

    type Stored = BTreeMap<Vec<u8>, Vec<u8>>;

    fn rows(stored: &Stored, overlay: &Overlay, scan: &RawScan) -> Vec<Row> {
        let all = stored.range::<[u8], _>((bound(&scan.lower), bound(&scan.upper)));
        let mut all: Vec<_> = all.map(|(key, value)| Ok((key.clone(), value.clone()))).collect();
        if scan.backward {
            all.reverse();
        }
        overlay.merge("t", scan, all.into_iter()).unwrap()
    }

    #[test]
    fn a_failing_read_is_not_mistaken_for_the_end() {
        let stored = [Ok((vec![1], vec![1])), Err(StoreError::Closed)];
        let merged = Overlay::default().merge("t", &RawScan::all(10), stored.into_iter());
        assert_eq!(merged, Err(StoreError::Closed));
    }

    fn key() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0_u8..4, 0..3)
    }

    proptest! {
        #[test]
        fn a_scan_sees_what_a_plain_map_would_hold(
            stored in btree_map(key(), prop::collection::vec(any::<u8>(), 0..2), 0..12),
            changes in btree_map(key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..2)), 0..12),
            (low, high) in (key(), key()),
            backward in any::<bool>(),
            limit in 0_usize..8,
        ) {
            prop_assume!(low < high);
            let mut overlay = Overlay::default();
            let mut plain = stored.clone();
            for (key, value) in &changes {
                overlay.set("t", key, value.clone());
                match value {
                    Some(value) => drop(plain.insert(key.clone(), value.clone())),
                    None => drop(plain.remove(key)),
                }
            }
            let scan = RawScan { lower: Bound::Included(low), upper: Bound::Excluded(high), backward, limit };
            prop_assert_eq!(rows(&stored, &overlay, &scan), rows(&plain, &Overlay::default(), &scan));
        }
    }
}
