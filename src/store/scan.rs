//! Which rows of a table are wanted: bounds, direction and a limit.
//!
//! A scan without a limit does not exist: whoever wants more rows pages with [`Scan::after`] or [`Scan::before`], so
//! that no transaction and no snapshot can grow with the data.

use std::marker::PhantomData;
use std::ops::Bound;

use crate::keys::{Prefix, StoreKey};

/// A scan over encoded keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawScan {
    pub(crate) lower: Bound<Vec<u8>>,
    pub(crate) upper: Bound<Vec<u8>>,
    pub(crate) backward: bool,
    pub(crate) limit: usize,
}

impl RawScan {
    /// Every row, up to `limit`.
    pub(crate) fn all(limit: usize) -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Unbounded, backward: false, limit }
    }

    /// The rows whose key begins with the given bytes.
    pub(crate) fn prefix(prefix: Vec<u8>, limit: usize) -> Self {
        let upper = successor(&prefix).map_or(Bound::Unbounded, Bound::Excluded);
        Self { lower: Bound::Included(prefix), upper, backward: false, limit }
    }

    /// Whether no key can lie between the bounds; maps refuse such ranges.
    pub(crate) fn is_empty(&self) -> bool {
        use Bound::{Excluded, Included, Unbounded};
        match (&self.lower, &self.upper) {
            (Unbounded, _) | (_, Unbounded) => self.limit == 0,
            (Included(low), Included(high)) => self.limit == 0 || low > high,
            (Included(low) | Excluded(low), Excluded(high)) | (Excluded(low), Included(high)) => {
                self.limit == 0 || low >= high
            }
        }
    }
}

/// The smallest byte string above everything that begins with `prefix`; nothing if there is none.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix.get(..=last)?.to_vec();
    *next.last_mut()? += 1;
    Some(next)
}

/// A scan over the typed keys of a table. In key order unless [`Scan::backward`].
#[derive(Debug, Clone)]
pub struct Scan<K> {
    raw: RawScan,
    key: PhantomData<fn() -> K>,
}

impl<K: StoreKey> Scan<K> {
    /// The first `limit` rows of the table.
    pub fn all(limit: usize) -> Self {
        Self { raw: RawScan::all(limit), key: PhantomData }
    }

    /// The first `limit` rows whose key begins with the given leading parts.
    pub fn prefix<P: Prefix<K>>(prefix: &P, limit: usize) -> Self {
        Self { raw: RawScan::prefix(prefix.encoded(), limit), key: PhantomData }
    }

    /// Only rows with a key greater than or equal to this one.
    pub fn from(mut self, key: &K) -> Self {
        self.raise(Bound::Included(key.encoded()));
        self
    }

    /// Only rows with a key greater than this one: the next page forward.
    pub fn after(mut self, key: &K) -> Self {
        self.raise(Bound::Excluded(key.encoded()));
        self
    }

    /// Only rows with a key less than this one: the next page backward.
    pub fn before(mut self, key: &K) -> Self {
        self.lower(Bound::Excluded(key.encoded()));
        self
    }

    /// Only rows whose leading parts are less than or equal to these.
    pub fn through<P: Prefix<K>>(mut self, prefix: &P) -> Self {
        self.lower(RawScan::prefix(prefix.encoded(), 0).upper);
        self
    }

    /// Only rows whose leading parts are greater than or equal to these.
    pub fn from_prefix<P: Prefix<K>>(mut self, prefix: &P) -> Self {
        self.raise(RawScan::prefix(prefix.encoded(), 0).lower);
        self
    }

    /// From the greatest key down: newest first where keys grow with time.
    pub fn backward(mut self) -> Self {
        self.raw.backward = true;
        self
    }

    /// [`Self::backward`], and only the rows before a key if one is named: the first page of a list, or the next older one.
    pub fn newest_first(self, before: Option<K>) -> Self {
        match before {
            Some(key) => self.backward().before(&key),
            None => self.backward(),
        }
    }

    pub(crate) fn raw(&self) -> &RawScan {
        &self.raw
    }

    /// Bounds only ever become narrower, so a page key cannot lead out of a prefix.
    fn raise(&mut self, bound: Bound<Vec<u8>>) {
        let is_narrower = match (&self.raw.lower, &bound) {
            (Bound::Unbounded, _) => true,
            (Bound::Included(old) | Bound::Excluded(old), Bound::Included(new)) => new > old,
            (Bound::Included(old) | Bound::Excluded(old), Bound::Excluded(new)) => new >= old,
            (_, Bound::Unbounded) => false,
        };
        if is_narrower {
            self.raw.lower = bound;
        }
    }

    fn lower(&mut self, bound: Bound<Vec<u8>>) {
        let is_narrower = match (&self.raw.upper, &bound) {
            (Bound::Unbounded, _) => true,
            (Bound::Included(old) | Bound::Excluded(old), Bound::Included(new)) => new < old,
            (Bound::Included(old) | Bound::Excluded(old), Bound::Excluded(new)) => new <= old,
            (_, Bound::Unbounded) => false,
        };
        if is_narrower {
            self.raw.upper = bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_exactly_what_begins_with_it() {
        assert_eq!(RawScan::prefix(vec![1, 255], 1).upper, Bound::Excluded(vec![2]));
        assert_eq!(RawScan::prefix(vec![255, 255], 1).upper, Bound::Unbounded);
        assert_eq!(RawScan::prefix(vec![], 1).upper, Bound::Unbounded);
    }

    #[test]
    fn a_page_key_cannot_lead_out_of_a_prefix() {
        let scan = Scan::<(u32, u32)>::prefix(&7_u32, 10).after(&(3, 1)).before(&(9, 1));
        assert_eq!(*scan.raw(), RawScan::prefix(7_u32.encoded(), 10));
        let scan = Scan::<(u32, u32)>::prefix(&7_u32, 10).after(&(7, 1)).before(&(7, 5));
        assert_eq!(scan.raw().lower, Bound::Excluded((7_u32, 1_u32).encoded()));
        assert_eq!(scan.raw().upper, Bound::Excluded((7_u32, 5_u32).encoded()));
    }

    #[test]
    fn a_scan_between_crossed_bounds_is_empty() {
        assert!(Scan::<u32>::all(10).after(&5).before(&5).raw().is_empty());
        assert!(Scan::<u32>::all(10).from(&6).before(&5).raw().is_empty());
        assert!(Scan::<u32>::all(0).raw().is_empty());
        assert!(!Scan::<u32>::all(10).from(&5).before(&6).raw().is_empty());
    }
}
