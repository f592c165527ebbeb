//! Owns the names of one DTD, each stored once and known by a number.
//!
//! Names are qualified names as written (`ds:Signature`), because a DTD knows no namespaces. Lookups never store anything, so
//! documents of strangers cannot make the table grow.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// The number of a name within its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameId(usize);

impl NameId {
    /// The place of the name in tables that are indexed by it.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The table of names.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    ids: HashMap<Arc<str>, NameId, BuildHasherDefault<Fnv>>,
    texts: Vec<Arc<str>>,
}

impl Names {
    /// The number of `text`, which is stored if it is new.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(id) = self.find(text) {
            return id;
        }
        let id = NameId(self.texts.len());
        let stored: Arc<str> = text.into();
        self.texts.push(Arc::clone(&stored));
        self.ids.insert(stored, id);
        id
    }

    /// The number of `text`, if the DTD mentions it anywhere.
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
    }

    /// The name behind a number of this table.
    pub fn text(&self, id: NameId) -> &str {
        self.texts.get(id.0).map_or("", |text| text)
    }

    /// Every name with its number.
    pub fn all(&self) -> impl Iterator<Item = (NameId, &str)> {
        self.texts.iter().enumerate().map(|(index, text)| (NameId(index), &**text))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }
}

/// FNV-1a. The keys come from the DTD that the operator chose, so nobody can aim at collisions, and names are short.
#[derive(Debug, Clone)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_and_a_lookup_stores_nothing() {
        let mut names = Names::default();
        let money = names.intern("Money");
        let signature = names.intern("ds:Signature");
        assert_eq!(names.intern("Money"), money);
        assert_ne!(money, signature);
        assert_eq!(names.find("Signature"), None);
        assert_eq!((names.len(), names.text(signature)), (2, "ds:Signature"));
    }
}
