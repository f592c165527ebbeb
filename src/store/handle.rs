//! The open database, behind a handle that can be swapped while the program runs.
//!
//! After a failed write the engine refuses every further one until its file is closed and opened again; a process that
//! had to end for that would lose its PunchOut sessions and its listeners. Whoever wants a transaction takes it here
//! and never keeps the database itself, so closing it never waits for anybody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use redb::{Builder, Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase, WriteTransaction};

use crate::backend::BackendFactory;
use crate::error::StoreError;

/// A database that can be closed and opened again under the same handle.
#[derive(Debug)]
pub(crate) struct Handle {
    files: Arc<dyn BackendFactory>,
    name: String,
    cache_bytes: usize,
    database: RwLock<Option<Database>>,
}

impl Handle {
    /// Opens the database `name`.
    pub(crate) fn open(files: Arc<dyn BackendFactory>, name: &str, cache_bytes: usize) -> Result<Self, StoreError> {
        let database = open(&*files, name, cache_bytes)?;
        Ok(Self { files, name: name.to_owned(), cache_bytes, database: RwLock::new(Some(database)) })
    }

    /// A snapshot of the committed state. Fails with [`StoreError::Closed`] when the database is closed.
    pub(crate) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or(StoreError::Closed)?;
        database.begin_read().map_err(StoreError::from_engine)
    }

    /// The one write transaction: its commit is on disk before it returns, and needs no long repair after a power cut.
    pub(crate) fn begin_write(&self) -> Result<WriteTransaction, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or(StoreError::Closed)?;
        let mut transaction = database.begin_write().map_err(StoreError::from_engine)?;
        transaction.set_durability(Durability::Immediate).map_err(StoreError::from_engine)?;
        transaction.set_quick_repair(true);
        Ok(transaction)
    }

    /// Closes the database and opens it again. Snapshots taken before fail from here on; nothing waits for them.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = slot.take() {
            // It failed already; a failure to close it cleanly adds nothing, opening decides.
            drop(close(database, &self.name));
        }
        *slot = Some(open(&*self.files, &self.name, self.cache_bytes)?);
        Ok(())
    }

    /// Closes the database for good.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let database = self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        database.map_or(Ok(()), |database| close(database, &self.name))
    }

    /// Whether a database is open at the moment.
    pub(crate) fn is_open(&self) -> bool {
        self.database.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Where the bytes are.
    pub(crate) fn files(&self) -> &dyn BackendFactory {
        &*self.files
    }
}

fn open(files: &dyn BackendFactory, name: &str, cache_bytes: usize) -> Result<Database, StoreError> {
    let mut builder = Builder::new();
    builder.set_cache_size(cache_bytes);
    // A flipped bit can make the engine panic while it opens a file: that is damage, not a reason to abort.
    let opened = catch_unwind(AssertUnwindSafe(|| files.open(name, &builder)));
    let opened = opened.map_err(|_| StoreError::Corrupt { detail: format!("{name} cannot be opened") })?;
    opened.map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::AlreadyOpen { file: name.to_owned() },
        DatabaseError::Storage(redb::StorageError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            StoreError::Corrupt { detail: format!("{name}: {error}") }
        }
        DatabaseError::Storage(redb::StorageError::Io(error)) => files.explain(name, &error),
        other => StoreError::from_engine(other),
    })
}

fn close(database: Database, name: &str) -> Result<(), StoreError> {
    catch_unwind(AssertUnwindSafe(|| database.close()))
        .unwrap_or_else(|_| Err(DatabaseError::Storage(redb::StorageError::Corrupted(format!("{name} while closing")))))
        .map_err(StoreError::from_engine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Directory;

    #[test]
    fn a_file_that_is_no_database_is_reported_as_damage_and_points_to_restore() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.redb"), vec![7; 10_000]).unwrap();
        let files = Arc::new(Directory::new(dir.path(), 0).unwrap());
        let error = Handle::open(files, "main.redb", 1 << 20).unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("marketgate restore"));
    }

    #[test]
    fn a_database_is_open_only_once() {
        let dir = tempfile::tempdir().unwrap();
        let files = Arc::new(Directory::new(dir.path(), 0).unwrap());
        let first = Handle::open(files.clone(), "main.redb", 1 << 20).unwrap();
        let second = Handle::open(files, "main.redb", 1 << 20).unwrap_err();
        assert_eq!(second, StoreError::AlreadyOpen { file: "main.redb".to_owned() });
        first.reopen().unwrap();
        first.close().unwrap();
        assert!(!first.is_open());
        assert_eq!(first.begin_read().err(), Some(StoreError::Closed));
    }
}
