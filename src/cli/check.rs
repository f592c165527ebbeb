//! `marketgate check`: proves what `serve` needs, without serving and without leaving anything behind.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use marketgate_cxml::dtd::DtdSet;
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions, access};

use super::ConfigArgs;
use crate::app::{bind, key_fits};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::config::mail::MailTransport;
use crate::config::tls::TlsMode;
use crate::delivery::email::Mailer;
use crate::keyring::Keyring;
use crate::random::{Random, SystemEntropy};
use crate::{telemetry, tls};

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigArgs,
}

/// What a part was found to be: in words, or what is wrong with it.
type Found = Result<String, String>;

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        tls::install_provider();
        let dir = std::path::absolute(&config.store.dir)?;
        let has_database = dir.join("main.redb").exists();
        let keys = check_keys(&config, &dir, has_database);
        let opened = if has_database { Some(Store::open(&dir, &unreserved())) } else { None };
        let is_running = matches!(opened, Some(Err(StoreError::AlreadyOpen { .. })));
        let parts: [(&str, Found); 8] = [
            ("configuration", telemetry::filter(&config.log).map(|_| "every setting can be used".to_owned())),
            ("address", check_address(&config, is_running)),
            ("data directory", check_directory(&dir)),
            ("database", check_database(opened, keys.as_ref().ok().and_then(Option::as_ref), &dir)),
            ("keys", keys.map(|keyring| told_of_key(&config, &dir, keyring.is_some()))),
            ("certificates", check_certificates(&config, &dir)),
            ("mail", check_mail(&config)),
            ("DTDs", check_dtds(&config)),
        ];
        let mut failed = false;
        for (part, found) in parts {
            match found {
                Ok(text) => println!("{part:<14} ok, {text}"),
                Err(problem) => {
                    failed = true;
                    println!("{part:<14} FAILED: {problem}");
                }
            }
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A check sets no space aside.
fn unreserved() -> StoreOptions {
    StoreOptions { reserve_bytes: 0, ..StoreOptions::new(StoreKind::Real) }
}

fn check_address(config: &Config, is_running: bool) -> Found {
    let address = config.server.listen;
    match bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(_) if is_running => Ok(format!("{address} is in use, and so is the database: the server runs")),
        Err(error) => Err(error.to_string()),
    }
}

fn check_directory(dir: &Path) -> Found {
    access::prove_directory(dir)?;
    let word = if dir.exists() { "can be written by" } else { "does not exist yet, it can be created by" };
    Ok(format!("{} {word} {}", dir.display(), access::current_user()))
}

/// The key; none where the first start makes one.
fn check_keys(config: &Config, dir: &Path, has_database: bool) -> Result<Option<Keyring>, String> {
    let file = config.keyring.key_file(dir);
    if !file.exists() {
        if has_database {
            return Err(format!(
                "{} is missing, but there is a database: restore the key file that belongs to it",
                file.display()
            ));
        }
        let folder = file.parent().unwrap_or(dir);
        if folder != dir && !folder.is_dir() {
            return Err(format!("{} cannot be made: create the directory {}", file.display(), folder.display()));
        }
        access::prove_directory(folder)?;
        return Ok(None);
    }
    let random = Random::new(Arc::new(SystemEntropy::default()), Arc::new(SystemClock));
    Keyring::from_file(&file, random).map(Some).map_err(|error| error.to_string())
}

fn told_of_key(config: &Config, dir: &Path, is_there: bool) -> String {
    let file = config.keyring.key_file(dir);
    let word = if is_there { "can be read" } else { "does not exist yet: the first start makes it" };
    format!("{} {word}", file.display())
}

fn check_certificates(config: &Config, dir: &Path) -> Found {
    let is_made = dir.join("self-signed.crt").is_file() && dir.join("self-signed.key").is_file();
    if config.tls.mode == TlsMode::SelfSigned && !is_made {
        return Ok("the start makes a self-signed one".to_owned());
    }
    let found = tls::server_tls(&config.tls, dir, "localhost")?;
    Ok(if found.is_some() { "usable".to_owned() } else { "TLS is off".to_owned() })
}

fn check_mail(config: &Config) -> Found {
    Mailer::new(&config.mail, "localhost")?;
    Ok(match config.mail.transport {
        MailTransport::Smtp => "the server is not asked".to_owned(),
        MailTransport::Log => "it goes to the log only (mail.transport)".to_owned(),
    })
}

fn check_dtds(config: &Config) -> Found {
    match config.cxml.dtd_dir() {
        None => Ok("documents are not validated (cxml.dtd_dir)".to_owned()),
        Some(folder) => DtdSet::load(folder).map(|_| "usable".to_owned()).map_err(|error| error.to_string()),
    }
}

fn check_database(opened: Option<Result<Store, StoreError>>, keyring: Option<&Keyring>, dir: &Path) -> Found {
    let store = match opened {
        None => return Ok(format!("none yet in {}: the first start makes it", dir.display())),
        Some(Ok(store)) => store,
        // A running server has it open, which says that it can be opened.
        Some(Err(StoreError::AlreadyOpen { .. })) => return Ok("in use by a running server".to_owned()),
        Some(Err(error)) => return Err(error.to_string()),
    };
    let report = store.check();
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    let fits = keyring.map_or(Ok(true), |keyring| key_fits(&store, keyring));
    store.close().map_err(|error| error.to_string())?;
    fits.map_err(|error| format!("{error:#}"))?;
    match report.problems.first() {
        Some(first) => Err(format!("{} records cannot be read, the first: {first}", report.problems.len())),
        None => Ok(format!("{} tables, {rows} records", report.tables.len())),
    }
}
