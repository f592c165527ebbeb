//! What the store knows about itself: its schema version, its kind, and the keyring's canary.
//!
//! These facts are checked before anything else is read: a newer schema and a store of the other kind are refused at
//! once, with nothing changed.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::schema::META;
use crate::tx::Tx;

/// The schema version that this program writes.
pub const SCHEMA_VERSION: u32 = 1;

const VERSION: &str = "schema_version";
const KIND: &str = "kind";
const CANARY: &str = "canary";
const MIGRATION: &str = "migration";

/// Whether a store holds real data or the demo's (R1): the two are never mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// An installation's data.
    Real,
    /// Throw-away data of the demo.
    Demo,
}

impl std::fmt::Display for StoreKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Real => "real",
            Self::Demo => "demo",
        })
    }
}

/// How far an unfinished migration has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationProgress {
    /// The version that it leads to.
    pub to: u32,
    /// The key after which it goes on.
    pub cursor: Vec<u8>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetaValue {
    /// A sealed value whose unsealing proves that the right key is configured.
    Canary(Vec<u8>),
    /// Real or demo.
    Kind(StoreKind),
    /// How far an unfinished migration has come.
    Migration(MigrationProgress),
    /// The version of everything stored.
    SchemaVersion(u32),
}

/// Marks a new store, or checks that an old one is what the caller expects. Answers its schema version.
pub(crate) fn check_or_mark(tx: &mut Tx<'_>, expected: StoreKind) -> Result<u32, StoreError> {
    let (Some(version), Some(found)) = (schema_version(tx)?, kind(tx)?) else {
        set_schema_version(tx, SCHEMA_VERSION)?;
        tx.put(&META, &KIND.to_owned(), &MetaValue::Kind(expected))?;
        return Ok(SCHEMA_VERSION);
    };
    if version > SCHEMA_VERSION {
        return Err(StoreError::NewerSchema { found: version, known: SCHEMA_VERSION });
    }
    if found != expected {
        return Err(StoreError::WrongKind { found, expected });
    }
    Ok(version)
}

/// The version of what is stored; nothing in a store that was never marked.
pub fn schema_version(reader: &impl Reader) -> Result<Option<u32>, StoreError> {
    match reader.get(&META, &VERSION.to_owned())? {
        None => Ok(None),
        Some(MetaValue::SchemaVersion(version)) => Ok(Some(version)),
        Some(_) => Err(unexpected(VERSION)),
    }
}

pub(crate) fn set_schema_version(tx: &mut Tx<'_>, version: u32) -> Result<(), StoreError> {
    tx.put(&META, &VERSION.to_owned(), &MetaValue::SchemaVersion(version))
}

/// Whether the store is real or the demo's; nothing in a store that was never marked.
pub fn kind(reader: &impl Reader) -> Result<Option<StoreKind>, StoreError> {
    match reader.get(&META, &KIND.to_owned())? {
        None => Ok(None),
        Some(MetaValue::Kind(kind)) => Ok(Some(kind)),
        Some(_) => Err(unexpected(KIND)),
    }
}

/// The keyring's canary; nothing before the keyring has set one.
pub fn canary(reader: &impl Reader) -> Result<Option<Vec<u8>>, StoreError> {
    match reader.get(&META, &CANARY.to_owned())? {
        None => Ok(None),
        Some(MetaValue::Canary(sealed)) => Ok(Some(sealed)),
        Some(_) => Err(unexpected(CANARY)),
    }
}

/// Stores the keyring's canary: opaque, sealed bytes.
pub fn set_canary(tx: &mut Tx<'_>, sealed: &[u8]) -> Result<(), StoreError> {
    tx.put(&META, &CANARY.to_owned(), &MetaValue::Canary(sealed.to_vec()))
}

/// The progress of an unfinished migration.
pub(crate) fn migration(reader: &impl Reader) -> Result<Option<MigrationProgress>, StoreError> {
    match reader.get(&META, &MIGRATION.to_owned())? {
        None => Ok(None),
        Some(MetaValue::Migration(progress)) => Ok(Some(progress)),
        Some(_) => Err(unexpected(MIGRATION)),
    }
}

pub(crate) fn set_migration(tx: &mut Tx<'_>, progress: Option<MigrationProgress>) -> Result<(), StoreError> {
    match progress {
        Some(progress) => tx.put(&META, &MIGRATION.to_owned(), &MetaValue::Migration(progress)),
        None => tx.delete(&META, &MIGRATION.to_owned()).map(drop),
    }
}

fn unexpected(name: &str) -> StoreError {
    StoreError::corrupt(META.name(), name, "a fact of another kind")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, store};

    #[test]
    fn a_new_store_is_marked_and_an_old_one_is_recognized() {
        let store = store();
        let versions = store.transact(|tx| {
            Ok::<_, StoreError>((check_or_mark(tx, StoreKind::Real)?, check_or_mark(tx, StoreKind::Demo)))
        });
        let wrong = StoreError::WrongKind { found: StoreKind::Real, expected: StoreKind::Demo };
        assert_eq!(versions, Ok((SCHEMA_VERSION, Err(wrong))));
    }

    #[test]
    fn a_newer_store_is_refused_before_its_kind_is_looked_at() {
        let store = store();
        let found = store.transact(|tx| {
            set_schema_version(tx, SCHEMA_VERSION + 1)?;
            Ok::<_, StoreError>(check_or_mark(tx, StoreKind::Demo))
        });
        assert_eq!(found.unwrap(), Err(StoreError::NewerSchema { found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION }));
    }

    #[test]
    fn the_stored_forms_are_as_they_were() {
        let progress = MigrationProgress { to: 2, cursor: vec![7] };
        let forms = [
            (MetaValue::Canary(vec![1, 2]), r#"{"canary":[1,2]}"#),
            (MetaValue::Kind(StoreKind::Demo), r#"{"kind":"demo"}"#),
            (MetaValue::Migration(progress), r#"{"migration":{"to":2,"cursor":[7]}}"#),
            (MetaValue::SchemaVersion(1), r#"{"schema_version":1}"#),
        ];
        for (value, json) in forms {
            golden(&META, "fact".to_owned(), &value, json);
        }
    }

    #[test]
    fn the_canary_comes_back_as_it_was_put() {
        let store = store();
        assert_eq!(store.read(canary), Ok(None));
        store.transact(|tx| set_canary(tx, b"\x00sealed")).unwrap();
        assert_eq!(store.read(canary), Ok(Some(b"\x00sealed".to_vec())));
    }
}
