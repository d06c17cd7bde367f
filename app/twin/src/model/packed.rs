//! A compiled model as text: what a page is given, so that it reads no model files itself.

use alloc::{string::String, vec::Vec};

use super::Model;
use crate::KERNEL_VERSION;

/// The version of the form itself.
const FORMAT: u8 = 1;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl Model {
    /// The model in hexadecimal.
    pub fn pack(&self) -> String {
        let bytes = postcard::to_extend(&(FORMAT, KERNEL_VERSION, self), Vec::new()).unwrap_or_default();
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }

    /// A packed model; `None` where it is none, or of another version of the kernel.
    ///
    /// It is only as good as who packed it: names, units and numbers are taken as they are.
    pub fn unpack(text: &str) -> Option<Model> {
        let digit = |letter: &u8| DIGITS.iter().position(|digit| digit == letter).map(|digit| digit as u8);
        let byte = |pair: &[u8; 2]| Some(digit(&pair[0])? << 4 | digit(&pair[1])?);
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let bytes = pairs.iter().map(byte).collect::<Option<Vec<u8>>>()?;
        let ((format, kernel), rest): ((u8, u32), _) = postcard::take_from_bytes(&bytes).ok()?;
        if (format, kernel) != (FORMAT, KERNEL_VERSION) {
            return None;
        }
        let (model, []): (Model, _) = postcard::take_from_bytes(rest).ok()? else { return None };
        Some(model)
    }
}
