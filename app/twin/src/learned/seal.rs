//! What was learned as bytes: its form, a hash, and what it is.

use alloc::vec::Vec;
use core::fmt;

use super::Learned;

/// The version of the form.
const FORMAT: u8 = 1;
/// No sealed file is larger.
pub const LARGEST: usize = 1 << 20;
const HASH: usize = blake3::OUT_LEN;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealError {
    /// Sealed in another form.
    Version { format: u8 },
    /// More than a sealed file may have.
    TooLarge { bytes: usize },
    /// Not what was sealed.
    Damaged,
    /// It cannot be evaluated: what is wrong with it.
    Malformed(&'static str),
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SealError::Version { format } => write!(f, "sealed in form {format}, this reads form {FORMAT}"),
            SealError::TooLarge { bytes } => write!(f, "{bytes} bytes are more than the {LARGEST} of a sealed file"),
            SealError::Damaged => f.write_str("these are not the bytes that were sealed"),
            SealError::Malformed(what) => write!(f, "it cannot be evaluated: {what}"),
        }
    }
}

impl core::error::Error for SealError {}

impl Learned {
    pub fn seal(&self) -> Result<Vec<u8>, SealError> {
        let body = postcard::to_extend(self, Vec::new()).map_err(|_| SealError::Malformed("it has no bytes"))?;
        let bytes = 1 + HASH + body.len();
        if bytes > LARGEST {
            return Err(SealError::TooLarge { bytes });
        }
        Ok([&[FORMAT][..], blake3::hash(&body).as_bytes(), &body].concat())
    }

    /// What was sealed.
    ///
    /// Any bytes may come: what is returned can be evaluated without a place that leads nowhere, within the bounds of a
    /// sealed file and of a course. What it says is only as good as who sealed it.
    pub fn unseal(bytes: &[u8]) -> Result<Learned, SealError> {
        if bytes.len() > LARGEST {
            return Err(SealError::TooLarge { bytes: bytes.len() });
        }
        let (format, rest) = bytes.split_first().ok_or(SealError::Damaged)?;
        if *format != FORMAT {
            return Err(SealError::Version { format: *format });
        }
        let (hash, body) = rest.split_at_checked(HASH).ok_or(SealError::Damaged)?;
        if blake3::hash(body).as_bytes() != hash {
            return Err(SealError::Damaged);
        }
        Learned::decode(body)
    }

    /// What a body without its hash says.
    pub fn decode(body: &[u8]) -> Result<Learned, SealError> {
        let malformed = |_| SealError::Malformed("it is cut off, or in another form");
        let (learned, rest): (Learned, _) = postcard::take_from_bytes(body).map_err(malformed)?;
        if !rest.is_empty() {
            return Err(SealError::Malformed("something follows it"));
        }
        learned.checked()
    }
}
