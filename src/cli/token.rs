//! `marketgate token`: makes an API token in the database of a server that does not run.
//!
//! The token alone goes to standard output, so that a script can take it from there; it is not kept anywhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use marketgate_domain::event::Actor;
use marketgate_store::tokens::ApiToken;

use super::offline;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::flow::manage_tokens::{check_name, issue};
use crate::random::{Random, SystemEntropy};

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TokenCommand {
    /// Make a token and print it, once.
    ///
    /// Example: marketgate token create erp --config /etc/marketgate/marketgate.toml
    Create {
        /// Name of the token, unique: letters, digits, "-", "_" and ".".
        #[arg(value_parser = name)]
        name: String,
        /// Configuration file of the server.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

fn name(text: &str) -> Result<String, String> {
    check_name(text).map(|()| text.to_owned())
}

impl Token {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let TokenCommand::Create { name, config } = self.command;
        let config = Config::load(config.as_deref(), std::env::vars())?;
        let token = create(&config.store.dir, &name)?;
        println!("{token}");
        eprintln!("Token \"{name}\" is made. It is not kept and cannot be shown again.");
        Ok(ExitCode::SUCCESS)
    }
}

fn create(dir: &Path, name: &str) -> anyhow::Result<String> {
    let instead =
        format!("make the token with it (POST /api/v1/tokens with {{\"name\": \"{name}\"}} and a token that exists)");
    let store = offline::open(dir, &instead)?;
    let clock = SystemClock;
    let token = Random::new(Arc::new(SystemEntropy::default()), Arc::new(clock)).token();
    let made_by = "the command line".to_owned();
    let (record, issued) = (ApiToken { name: name.to_owned(), made_by, created_at: clock.wall() }, token.clone());
    let actor = Actor::System { part: "command line".to_owned() };
    let done = store.transact(move |tx| issue(tx, &issued, &record, clock.business(), actor.clone()));
    store.close()?;
    done?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use marketgate_store::{Store, StoreKind, StoreOptions, tokens};

    fn open(dir: &Path) -> Store {
        let options = StoreOptions { reserve_bytes: 0, cache_bytes: 4 << 20, ..StoreOptions::new(StoreKind::Real) };
        Store::open(dir, &options).unwrap()
    }

    #[test]
    fn a_token_that_was_made_offline_opens_the_server_later() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).close().unwrap();
        let token = create(dir.path(), "erp").unwrap();
        let taken = create(dir.path(), "erp").unwrap_err().to_string();
        assert!(taken.contains("\"erp\" already"), "{taken}");
        let store = open(dir.path());
        let found = store.read(|snapshot| tokens::find(snapshot, &token)).unwrap();
        assert_eq!(found.map(|record| record.name).as_deref(), Some("erp"));
    }

    #[test]
    fn a_running_server_is_named_as_the_one_to_ask() {
        let dir = tempfile::tempdir().unwrap();
        let running = open(dir.path());
        let error = create(dir.path(), "erp").unwrap_err().to_string();
        assert!(error.contains("POST /api/v1/tokens"), "{error}");
        running.close().unwrap();
    }

    #[test]
    fn without_a_database_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let error = create(dir.path(), "erp").unwrap_err().to_string();
        assert!(error.contains("no database"), "{error}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
