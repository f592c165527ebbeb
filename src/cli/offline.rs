//! The database of a server that does not run.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions};

use crate::app::{Parts, open_for};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::context::{Context, Installation};
use crate::random::{Entropy, SystemEntropy};

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

/// What use cases need, as the server would have it. `instead` as for [`open`].
pub(super) fn context(config: &Config, instead: &str) -> anyhow::Result<Context> {
    // Whatever is wrong with the database is said here.
    open(&config.store.dir, instead)?.close()?;
    let (clock, entropy): (SharedClock, Arc<dyn Entropy>) = (Arc::new(SystemClock), Arc::new(SystemEntropy::default()));
    let installation = Installation::default();
    let parts = Parts { config, kind: StoreKind::Real, clock: &clock, entropy: &entropy, installation: &installation };
    // No document is answered here, so nothing is handed to the message log.
    let (context, _) = open_for(parts, config.server.listen)?;
    Ok(context)
}
