//! What people type: one file for each command.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong command line or configuration. Errors go to standard error and name the remedy.

mod check;
mod demo;
mod export;
mod import;
mod jobs;
mod lint;
mod offline;
mod progress_bar;
mod serve;
mod server;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::ConfigError;

/// The marketplace side of procurement system integration.
#[derive(Debug, Parser)]
#[command(name = "marketgate", version, about, long_about = None, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole thing: a sample marketplace, a procurement system simulator, and one complete purchase.
    ///
    /// Needs no configuration and no network. Plays PunchOut, cart, approval, order, agreement, e-mail and invoice over real
    /// HTTP, prints a transcript, and keeps serving for you to try it in a browser. The simulator's pages have buttons that move
    /// business time by a day, a month or a year; POST /api/v1/clock does the same.
    ///
    /// Example: `marketgate demo --listen 127.0.0.1:9000`
    Demo(demo::Demo),
    /// Run an installation.
    ///
    /// The first start prints a one-time link that creates the operator.
    ///
    /// Example: `marketgate serve --config /etc/marketgate/marketgate.toml`
    Serve(serve::Serve),
    /// Check everything that `serve` needs, without serving: settings, address, data directory, database, key, certificates, mail.
    ///
    /// Run it as the user that serves: what that user may read and write is part of the check. It leaves nothing behind.
    ///
    /// Example: `marketgate check --config /etc/marketgate/marketgate.toml`
    Check(check::Check),
    /// Hold cXML documents against their DTDs, with line, column and a hint for each finding.
    ///
    /// Exit code 0 if all are valid, 1 if not.
    ///
    /// Example: `marketgate lint order.xml --dtd /usr/share/cxml`
    Lint(lint::Lint),
    /// Write the catalogue as JSON: sellers, products and offers, one to a line.
    ///
    /// From the database of a server that does not run, or with --url from one that runs.
    ///
    /// Example: `marketgate export catalog.json --url https://market.example`
    Export(export::Export),
    /// Import a catalogue file: sellers, products and offers, completely or not at all.
    ///
    /// Everything is checked first, and every error has its line. What exists is changed, what is not in the file stays. Works on the
    /// database of a server that does not run; with --url over a running one. Exit code 1 if nothing was imported.
    ///
    /// Example: `marketgate import catalog.json --dry-run --url https://market.example`
    Import(import::Import),
    /// List the recurring jobs of a running server, or run one now.
    ///
    /// Example: `marketgate jobs run bill_due_charges --url https://market.example`
    Jobs(jobs::Jobs),
    /// Make an API token, with which machines use the JSON API.
    ///
    /// Works on the database of a server that does not run. A running one makes tokens with POST /api/v1/tokens.
    ///
    /// Example: `marketgate token create erp --config /etc/marketgate/marketgate.toml`
    Token(token::Token),
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
struct ConfigArgs {
    /// Configuration file; settings that it does not name keep their defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to listen on, in place of server.listen.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl ConfigArgs {
    fn load(&self) -> Result<crate::config::Config, ConfigError> {
        let mut config = crate::config::Config::load(self.config.as_deref(), std::env::vars())?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        Ok(config)
    }
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Lint(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Jobs(command) => command.run(),
        Command::Token(command) => command.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("marketgate: {error:#}");
            if error.is::<ConfigError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Waits until somebody asks the program to stop. Whoever asks from this call on is heard, also before anybody waits: what comes
/// back is to be awaited later.
///
/// # Errors
/// When signals cannot be listened for.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits until somebody asks the program to stop, from this call on.
///
/// # Errors
/// When Ctrl-C cannot be listened for.
#[cfg(windows)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[cfg(unix)]
    #[actix_web::test]
    async fn who_asks_to_stop_before_anybody_waits_for_it_is_heard() {
        let asked = stop_signal().unwrap();
        let id = std::process::id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        tokio::time::timeout(std::time::Duration::from_mins(1), asked).await.unwrap();
    }

    #[test]
    fn the_command_line_is_consistent_and_every_command_shows_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_long_about().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example: `marketgate "), "{}", command.get_name());
        }
    }
}
