//! A compiled model as bytes: what a page is given, so that it reads no model files itself.

mod sound;

use alloc::vec::Vec;
use core::fmt;

use super::Model;
use crate::{
    KERNEL_VERSION,
    gauge::{Gauge, LARGEST},
};

/// The version of the form itself.
const FORMAT: u8 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedError {
    /// Compiled for another version of the kernel, or packed in another form.
    Version { format: u8, kernel: u32 },
    /// No model, or one that cannot be stepped: what is wrong with it.
    Malformed(&'static str),
}

impl fmt::Display for PackedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackedError::Version { format, kernel } => {
                write!(f, "made with kernel {kernel} in form {format}, this is kernel {KERNEL_VERSION}, form {FORMAT}")
            }
            PackedError::Malformed(what) => write!(f, "not a packed model: {what}"),
        }
    }
}

impl core::error::Error for PackedError {}

impl Model {
    /// With what its gauges learned, as far as that is there.
    pub fn pack(&self) -> Vec<u8> {
        let there = self.gauges.iter().map(Gauge::sealed).filter(|sealed| !sealed.is_empty());
        self.pack_with(&there.collect::<Vec<&[u8]>>())
    }

    /// Without what its gauges learned, of which it has the seals: who needs that asks for it.
    pub fn pack_closed(&self) -> Vec<u8> {
        self.pack_with(&[])
    }

    fn pack_with(&self, sealed: &[&[u8]]) -> Vec<u8> {
        postcard::to_extend(&(FORMAT, KERNEL_VERSION, self, sealed), Vec::new()).unwrap_or_default()
    }

    /// The model that was packed, on the widest lanes of this machine.
    ///
    /// Any bytes may come: a model that is returned can be stepped without a place or number that leads nowhere. What
    /// it says is only as good as who packed it.
    pub fn unpack(bytes: &[u8]) -> Result<Model, PackedError> {
        Model::unpack_with(bytes, Vec::new())
    }

    /// The same of a model that was packed closed: `sealed` is what its gauges learned, in their order.
    pub fn unpack_with(bytes: &[u8], sealed: Vec<Vec<u8>>) -> Result<Model, PackedError> {
        let mut model = Model::unpack_closed(bytes)?;
        model.gauges.iter_mut().zip(sealed).for_each(|(gauge, sealed)| gauge.sealed = sealed);
        model.gauges.iter_mut().try_for_each(Gauge::open).map_err(PackedError::Malformed)?;
        Ok(model)
    }

    /// The same whose gauges read nothing, for whom has no need of what they say: the future of an asset has none of it.
    pub fn unpack_closed(bytes: &[u8]) -> Result<Model, PackedError> {
        let cut = |_| PackedError::Malformed("it is cut off or damaged");
        let ((format, kernel), rest): ((u8, u32), _) = postcard::take_from_bytes(bytes).map_err(cut)?;
        if (format, kernel) != (FORMAT, KERNEL_VERSION) {
            return Err(PackedError::Version { format, kernel });
        }
        let ((mut model, sealed), rest): ((Model, Vec<&[u8]>), _) = postcard::take_from_bytes(rest).map_err(cut)?;
        if !rest.is_empty() {
            return Err(PackedError::Malformed("something follows it"));
        }
        sound::check(&model).map_err(PackedError::Malformed)?;
        if !sealed.is_empty() && sealed.len() != model.gauges.len() {
            return Err(PackedError::Malformed("what other gauges learned"));
        }
        if sealed.iter().any(|sealed| sealed.len() > LARGEST) {
            return Err(PackedError::Malformed("more than a gauge can have learned"));
        }
        model.gauges.iter_mut().zip(sealed).for_each(|(gauge, sealed)| gauge.sealed = sealed.to_vec());
        Ok(model.with_apart())
    }
}
