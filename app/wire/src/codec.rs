//! Frames to bytes and back: one byte of version, then postcard.

use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, de::DeserializeOwned};

/// The version of the frames. A change of any byte of `tests/golden` needs a new one.
pub const VERSION: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireError {
    /// The other side speaks another version: the page was loaded from another release.
    Version { got: u8 },
    /// Not a frame.
    Malformed,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WireError::Version { got } => write!(f, "frames of version {got}, this side speaks {VERSION}"),
            WireError::Malformed => f.write_str("not a frame"),
        }
    }
}

impl core::error::Error for WireError {}

/// Encodes a `ServerFrame` or `ClientFrame`.
pub fn encode<F: Serialize>(frame: &F) -> Vec<u8> {
    postcard::to_extend(frame, alloc::vec![VERSION]).expect("a frame has no value that postcard cannot write")
}

/// Decodes a whole frame; bytes left over are an error.
pub fn decode<F: DeserializeOwned>(bytes: &[u8]) -> Result<F, WireError> {
    let (version, body) = bytes.split_first().ok_or(WireError::Malformed)?;
    if *version != VERSION {
        return Err(WireError::Version { got: *version });
    }
    match postcard::take_from_bytes(body) {
        Ok((frame, [])) => Ok(frame),
        _ => Err(WireError::Malformed),
    }
}
