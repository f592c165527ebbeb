//! Leads an older store to the schema that this program knows, in small committed steps.
//!
//! A migration is a list of chunks: each is one transaction that also records where the next one starts, so a migration
//! that is interrupted goes on where it was. The version is raised by the same transaction that ends the migration. Old
//! versions are never written again; a store from the future is refused before this module is asked.

use crate::engine::Engine;
use crate::error::StoreError;
use crate::meta::{self, MigrationProgress, SCHEMA_VERSION};
use crate::tx::Tx;

/// How a chunk of a migration ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// There is more to do after this key.
    #[cfg_attr(not(test), expect(dead_code, reason = "the first schema has no migration yet"))]
    More(Vec<u8>),
    /// Everything is converted.
    #[cfg_attr(not(test), expect(dead_code, reason = "the first schema has no migration yet"))]
    Done,
}

/// One step from a version to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// The version that it leads to; it starts from the one before.
    pub(crate) to: u32,
    /// Converts some hundred records after the cursor. Runs again with the same cursor if it was interrupted.
    pub(crate) chunk: fn(&mut Tx<'_>, Option<&[u8]>) -> Result<Chunk, StoreError>,
}

/// The migrations of this program, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[];

/// Runs what is missing between the version `found` and ours.
pub(crate) fn run(engine: &Engine, found: u32, migrations: &'static [Migration]) -> Result<(), StoreError> {
    for migration in migrations.iter().filter(|migration| migration.to > found) {
        tracing::info!(to = migration.to, "converting the store to a newer schema");
        while !engine.transact(move |tx| run_chunk(tx, migration))?.value {}
    }
    let reached = migrations.iter().map(|migration| migration.to).chain([found]).max().unwrap_or(found);
    if reached < SCHEMA_VERSION {
        let detail = format!("schema version {found} is too old to be converted");
        return Err(StoreError::Corrupt { detail });
    }
    Ok(())
}

/// One transaction of a migration; true if it was the last.
fn run_chunk(tx: &mut Tx<'_>, migration: &Migration) -> Result<bool, StoreError> {
    let progress = meta::migration(tx)?.filter(|progress| progress.to == migration.to);
    let cursor = progress.as_ref().map(|progress| progress.cursor.as_slice());
    match (migration.chunk)(tx, cursor)? {
        Chunk::More(cursor) => {
            meta::set_migration(tx, Some(MigrationProgress { to: migration.to, cursor }))?;
            Ok(false)
        }
        Chunk::Done => {
            meta::set_migration(tx, None)?;
            meta::set_schema_version(tx, migration.to)?;
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadBytes;
    use crate::scan::RawScan;
    use crate::testing::store;
    use std::ops::Bound;

    const TABLE: &str = "audit";

    /// Gives every row of a table a second byte, two rows at a time; trips over a row that says so.
    fn widen(tx: &mut Tx<'_>, cursor: Option<&[u8]>) -> Result<Chunk, StoreError> {
        let lower = cursor.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
        let rows = tx.scan_bytes(TABLE, &RawScan { lower, ..RawScan::all(2) })?;
        for (key, value) in &rows {
            if value == b"trip" {
                return Err(StoreError::corrupt(TABLE, "trip", "test"));
            }
            tx.put_bytes(TABLE, key, [value.as_slice(), b"!"].concat());
        }
        Ok(rows.last().map_or(Chunk::Done, |(key, _)| Chunk::More(key.clone())))
    }

    const WIDEN: &[Migration] = &[Migration { to: 2, chunk: widen }];

    #[test]
    fn an_interrupted_migration_goes_on_where_it_was() {
        let store = store();
        let put = |key: u8, value: &'static [u8]| {
            store.transact(move |tx| {
                tx.put_bytes(TABLE, &[key], value.to_vec());
                Ok::<_, StoreError>(())
            })
        };
        (1..=5).for_each(|key| put(key, if key == 3 { b"trip" } else { b"v" }).unwrap());
        assert!(run(store.engine(), 1, WIDEN).is_err());
        assert_eq!(store.read(meta::schema_version), Ok(Some(1)));
        put(3, b"v").unwrap();
        run(store.engine(), 1, WIDEN).unwrap();
        let rows = store.read(|snapshot| snapshot.scan_bytes(TABLE, &RawScan::all(10))).unwrap();
        assert!(rows.iter().all(|(_, value)| value == b"v!"), "each row is converted once: {rows:?}");
        assert_eq!(store.read(meta::schema_version), Ok(Some(2)));
        assert_eq!(store.read(meta::migration), Ok(None));
    }

    #[test]
    fn a_store_too_old_to_be_converted_is_refused() {
        assert!(matches!(run(store().engine(), 0, &[]), Err(StoreError::Corrupt { .. })));
    }
}
