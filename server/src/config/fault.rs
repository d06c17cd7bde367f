//! What is wrong with a configuration, all of it at once, each by its key.

use std::{fmt, net::SocketAddr};

/// A key or value that is wrong, by name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("`{file}`: {why}")]
    File { file: String, why: String },
    #[error("there is no setting `{key}` ({place}){}", .nearest.as_ref().map(|key| format!("; is `{key}` meant?")).unwrap_or_default())]
    Unknown { key: String, place: String, nearest: Option<String> },
    #[error("`{key}` cannot be `{value}` ({place}): expected {expected}")]
    Value { key: String, value: String, place: String, expected: String },
    #[error(
        "`{key}` is {address}, which others can reach, and there are no accounts yet: \
         set `server.allow_unauthenticated` (TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED=1) to let everybody in"
    )]
    Open { key: &'static str, address: SocketAddr },
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<Fault>);

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match &self.0[..] {
            [fault] => write!(out, "{fault}"),
            faults => {
                write!(out, "{} settings are wrong:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(out, "\n  {fault}"))
            }
        }
    }
}

/// The known key that is most like `key`, if one is.
pub fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    const ALIKE: f64 = 0.75;
    let likeness = |known: &'a str| (strsim::normalized_damerau_levenshtein(key, known), known);
    let (alike, found) = known.map(likeness).max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (alike >= ALIKE).then(|| found.to_string())
}
