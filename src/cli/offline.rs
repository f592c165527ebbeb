//! The database of a server that does not run.

use std::path::Path;

use anyhow::bail;
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions};

/// Opens the database. `instead` says what to do while the server runs.
pub(super) fn open(dir: &Path, instead: &str) -> anyhow::Result<Store> {
    if !dir.join("main.redb").exists() {
        bail!(
            "there is no database in {}: name the server's configuration with --config, or start it once",
            dir.display()
        );
    }
    match Store::open(dir, &StoreOptions::new(StoreKind::Real)) {
        Ok(store) => Ok(store),
        Err(StoreError::AlreadyOpen { .. }) => bail!(
            "the server runs and has the database in {} open: {instead}, or stop it for this command",
            dir.display()
        ),
        Err(error) => Err(error.into()),
    }
}
