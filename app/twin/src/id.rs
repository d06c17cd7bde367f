//! Names of assets and signals, as they stand in topics, files and links.

use alloc::{borrow::ToOwned, string::String};
use core::{borrow::Borrow, fmt};

use serde::{Deserialize, Serialize};

/// An id that does not match `[a-z0-9][a-z0-9_-]{0,62}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 1 to 63 of a-z, 0-9, `_` and `-`, and opens with a letter or digit")
    }
}

impl core::error::Error for InvalidId {}

/// Whether `text` may be the id of an asset or a signal.
pub fn is_valid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=63).contains(&bytes.len()) && plain(&bytes[0]) && bytes.iter().all(|b| plain(b) || *b == b'_' || *b == b'-')
}

/// The id of an asset, unique in a plant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId(String);

impl AssetId {
    /// Takes `text` as an id, or refuses it.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if is_valid(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for AssetId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AssetId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        if is_valid(&text) { Ok(Self(text)) } else { Err(InvalidId) }
    }
}

impl From<AssetId> for String {
    fn from(id: AssetId) -> String {
        id.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, fits: bool) {
        assert_eq!(AssetId::parse(text).is_ok(), fits, "{text:?}");
    }

    #[test]
    fn ids_are_short_lower_case_words() {
        check("cell-b0005", true);
        check("7_pumps", true);
        check("", false);
        check("-cell", false);
        check("Cell", false);
        check("a/b", false);
        check(&"a".repeat(63), true);
        check(&"a".repeat(64), false);
    }
}
