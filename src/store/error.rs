//! What can go wrong in the store, in words that name the remedy.
//!
//! These are failures, not answers: a business "no" is decided by the domain and never appears here. The texts are for
//! the log and for the operator; they hold keys and table names, never stored values. Errors of the engine below are
//! turned into ours at one place, so that no other part of the program knows which engine that is.

use crate::access;

/// A failure of the store. Cloneable, because one failed commit is told to everybody who took part in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has the database open.
    #[error("the database {file} is open in another process: stop that process, or use its console or API instead")]
    AlreadyOpen {
        /// The file's name.
        file: String,
    },
    /// The store was closed; the process is ending, or opening again failed.
    #[error("the store is closed: repeat the request when the service is up again")]
    Closed,
    /// What is stored cannot be read.
    #[error("the store is damaged ({detail}): stop the service and run `marketgate restore` with the newest backup")]
    Corrupt {
        /// What was found, and where.
        detail: String,
    },
    /// A record to be inserted is there already.
    #[error("table {table} already has a record {key}: read it before deciding")]
    Exists {
        /// The table's name.
        table: &'static str,
        /// The key in words.
        key: String,
    },
    /// The disk has no room. Nothing of the transaction was stored.
    #[error("the disk is full, nothing was stored: free some space, then repeat; deleting old records works meanwhile")]
    Full,
    /// The commit failed in a way that leaves open whether it reached the disk.
    #[error("it is not known whether the transaction was stored ({detail}): repeat the request, repeating is safe")]
    InDoubt {
        /// What the engine said.
        detail: String,
    },
    /// Reading or writing the file failed. Nothing of the transaction was stored.
    #[error("the disk failed, nothing was stored ({detail}): check the disk, then repeat")]
    Io {
        /// What the engine said.
        detail: String,
    },
    /// A record that must be there is not.
    #[error("table {table} has no record {key}: check the identifier")]
    Missing {
        /// The table's name.
        table: &'static str,
        /// The key in words.
        key: String,
    },
    /// A transaction was started from inside another one, which would wait for itself.
    #[error("a transaction was started inside another one: hand the outer transaction down instead")]
    Nested,
    /// The file was written by a newer version of the program.
    #[error(
        "the store has schema version {found}, this program knows {known}: use the newer program, or restore a backup"
    )]
    NewerSchema {
        /// The version in the file.
        found: u32,
        /// The newest version that this program can read.
        known: u32,
    },
    /// The data directory or a file in it cannot be used by this process.
    #[error("{detail}")]
    Unusable {
        /// Path, cause and remedy in words.
        detail: String,
    },
    /// Too many transactions wait.
    #[error("too many transactions are waiting: repeat in a few seconds")]
    Overloaded,
    /// The deciding code panicked; nothing of its transaction was stored.
    #[error("the transaction was abandoned by a programming error ({detail}): please report it")]
    Panicked {
        /// The panic's message.
        detail: String,
    },
    /// A table that is not in the list of tables.
    #[error("there is no table {table}: declare it in the schema")]
    UnknownTable {
        /// The name used.
        table: String,
    },
    /// A demo store where a real one is expected, or the other way round.
    #[error("this is a {found} store, but a {expected} store is needed: choose another data directory")]
    WrongKind {
        /// What the file says.
        found: crate::meta::StoreKind,
        /// What the command needs.
        expected: crate::meta::StoreKind,
    },
    /// An outbox message is not in a state that allows the step.
    #[error("outbox message {message} is {state}, so it cannot be {step}: reload the page")]
    WrongState {
        /// The message.
        message: marketgate_domain::id::OutboxId,
        /// Where it stands, in a word.
        state: &'static str,
        /// What was wanted, in a word.
        step: &'static str,
    },
}

impl StoreError {
    /// Turns an error of the engine into ours.
    pub(crate) fn from_engine(error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::Corrupted(detail) => Self::Corrupt { detail },
            redb::Error::Io(error) => Self::from_io(&error),
            redb::Error::DatabaseClosed => Self::Closed,
            redb::Error::TableDoesNotExist(table) => Self::UnknownTable { table },
            other => Self::Io { detail: other.to_string() },
        }
    }

    /// Turns a file error into ours; a full disk is a case of its own, because it has a remedy of its own. So has a file that
    /// may not grow (a quota, a limit of the process).
    pub fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Io { detail: error.to_string() },
        }
    }

    /// [`Self::from_io`] for a path that this process cannot use: says which one, as which user, and what to do.
    pub(crate) fn in_place(path: &std::path::Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::NotFound => Self::Unusable { detail: access::explain(path, error) },
            _ => Self::from_io(error),
        }
    }

    /// A stored record that cannot be decoded.
    pub(crate) fn corrupt(table: &str, key: &str, detail: impl std::fmt::Display) -> Self {
        Self::Corrupt { detail: format!("table {table}, key {key}: {detail}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_failing_one() {
        use std::io::ErrorKind;
        for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
            let full = std::io::Error::from(kind);
            assert_eq!(StoreError::from_engine(redb::StorageError::Io(full)), StoreError::Full);
        }
        let broken = std::io::Error::from(ErrorKind::TimedOut);
        assert!(matches!(StoreError::from_engine(redb::StorageError::Io(broken)), StoreError::Io { .. }));
    }

    #[test]
    fn a_damaged_store_points_to_restore() {
        let text = StoreError::corrupt("audit", "1 / 0", "unknown version 9").to_string();
        assert!(text.contains("table audit, key 1 / 0") && text.contains("marketgate restore"), "{text}");
    }
}
