//! What the process says of itself, on standard error: text for people or a JSON object a line.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, value::LogFormat};

/// Sets the log up, once for the process.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter.0).unwrap_or_else(|_| "info".into());
    // A closed terminal must not take the server's tasks down with what they wanted to say.
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
