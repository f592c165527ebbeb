//! `marketgate check`: what `serve` would stumble over, without serving.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use marketgate_store::{Store, StoreError, StoreKind, StoreOptions};

use super::ConfigArgs;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::keyring::Keyring;
use crate::random::{Random, SystemEntropy};
use crate::tls;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        println!("configuration  ok, would listen on {}", config.server.listen);
        tls::install_provider();
        let mut failed = false;
        let mut report = |part: &str, result: Result<String, String>| {
            failed |= result.is_err();
            match result {
                Ok(text) => println!("{part:<14} ok, {text}"),
                Err(problem) => println!("{part:<14} FAILED: {problem}"),
            }
        };
        let dir = &config.store.dir;
        if dir.join("main.redb").exists() {
            report("keys", check_keys(&config, dir));
            report("certificates", check_certificates(&config, dir));
            report("database", check_database(dir));
        } else {
            println!("database       none yet in {}: the first start makes it", dir.display());
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn check_keys(config: &Config, dir: &Path) -> Result<String, String> {
    let file = config.keyring.key_file(dir);
    if !file.exists() {
        return Err(format!(
            "{} is missing, but there is a database: restore the key file that belongs to it",
            file.display()
        ));
    }
    let random = Random::new(Arc::new(SystemEntropy::default()), Arc::new(SystemClock));
    Keyring::from_file(&file, random).map(|_| file.display().to_string()).map_err(|error| error.to_string())
}

fn check_certificates(config: &Config, dir: &Path) -> Result<String, String> {
    let found = tls::server_tls(&config.tls, dir, "localhost")?;
    Ok(if found.is_some() { "usable".to_owned() } else { "TLS is off".to_owned() })
}

fn check_database(dir: &Path) -> Result<String, String> {
    let store = match Store::open(dir, &StoreOptions::new(StoreKind::Real)) {
        Ok(store) => store,
        // A running server has it open, which says that it can be opened.
        Err(StoreError::AlreadyOpen { .. }) => return Ok("in use by a running server".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    let report = store.check();
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    let closed = store.close().map_err(|error| error.to_string());
    match report.problems.first() {
        Some(first) => Err(format!("{} records cannot be read, the first: {first}", report.problems.len())),
        None => closed.map(|()| format!("{} tables, {rows} records", report.tables.len())),
    }
}
