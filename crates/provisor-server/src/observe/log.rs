//! The log: lines of JSON, or for people.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{ConfigError, Log, LogFormat};

/// Writes the log of this process to its standard error from now on.
///
/// # Errors
/// The level cannot be read; the process has a log already.
pub fn begin(log: &Log) -> Result<(), ConfigError> {
    let filter =
        EnvFilter::try_new(&log.level).map_err(|e| ConfigError::new(format!("log.level: {e}")))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr);
    let begun = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(false).with_target(false).try_init(),
    };
    begun.map_err(|e| ConfigError::new(format!("log: {e}")))
}
