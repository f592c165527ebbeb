//! Logging: to standard error, for people or as JSON lines. Texts that go into a log never contain a secret; the types that
//! hold secrets print nothing.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::log::{Log, LogFormat};

/// Starts logging. Once per process; a second call changes nothing.
///
/// # Errors
/// When the filter cannot be understood.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| format!("log.filter: {error}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    // A second start happens in tests only, where the first one is as good.
    let _ = match log.format {
        LogFormat::Json => registry.with(lines.json()).try_init(),
        LogFormat::Pretty => registry.with(lines.compact()).try_init(),
    };
    Ok(())
}
