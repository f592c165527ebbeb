//! The database of a server that does not run.

use std::path::Path;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions};

use crate::app::{Parts, open_for};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::context::{Context, Installation};
use crate::random::{Entropy, SystemEntropy};

/// Opens the database. `instead` says what to do while the server runs.
pub(super) fn open(dir: &Path, instead: &str) -> anyhow::Result<Store> {
    must_exist(dir)?;
    Store::open(dir, &StoreOptions::new(StoreKind::Real)).map_err(|error| explained(error, dir, instead))
}

fn must_exist(dir: &Path) -> anyhow::Result<()> {
    if !dir.join("main.redb").exists() {
        bail!(
            "there is no database in {}: name the server's configuration with --config, or start it once",
            dir.display()
        );
    }
    Ok(())
}

fn explained(error: StoreError, dir: &Path, instead: &str) -> anyhow::Error {
    match error {
        StoreError::AlreadyOpen { .. } => anyhow!(
            "the server runs and has the database in {} open: {instead}, or stop it for this command",
            dir.display()
        ),
        error => error.into(),
    }
}

/// What use cases need, as the server would have it. `instead` as for [`open`].
pub(super) fn context(config: &Config, instead: &str) -> anyhow::Result<Context> {
    let dir = &config.store.dir;
    must_exist(dir)?;
    let (clock, entropy): (SharedClock, Arc<dyn Entropy>) = (Arc::new(SystemClock), Arc::new(SystemEntropy::default()));
    let installation = Installation::default();
    let parts = Parts { config, kind: StoreKind::Real, clock: &clock, entropy: &entropy, installation: &installation };
    // No document is answered here, so nothing is handed to the message log.
    match open_for(parts, config.server.listen) {
        Ok((context, _)) => Ok(context),
        // Said as by `open`, without where it was opened.
        Err(error) => {
            Err(error.downcast::<StoreError>().map_or_else(|other| other, |error| explained(error, dir, instead)))
        }
    }
}
