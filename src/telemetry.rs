//! Logging: to standard error, for people or as JSON lines. Texts that go into a log never contain a secret; the types that
//! hold secrets print nothing. Colours are for terminals: what goes to a file or a pipe is plain text.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::log::{Log, LogFormat};

/// Starts logging. Once per process; a second call changes nothing.
///
/// # Errors
/// When the filter cannot be understood.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = filter(log)?;
    let registry = tracing_subscriber::registry().with(filter);
    let is_coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(is_coloured);
    // A second start happens in tests only, where the first one is as good.
    let _ = match log.format {
        LogFormat::Json => registry.with(lines.json()).try_init(),
        LogFormat::Pretty => registry.with(lines.compact()).try_init(),
    };
    Ok(())
}

/// What is logged.
///
/// # Errors
/// When the filter cannot be understood.
pub fn filter(log: &Log) -> Result<EnvFilter, String> {
    EnvFilter::try_new(&log.filter).map_err(|error| format!("log.filter: {error}"))
}
