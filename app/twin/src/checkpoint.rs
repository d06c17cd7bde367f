//! A twin as bytes: the ensemble before the window, the window's entries and the seed; versioned.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    KERNEL_VERSION,
    detect::Charts,
    ensemble::Ensemble,
    entry::What,
    gauge::KeptRun,
    lanes::F,
    model::{
        Model, ModelHash,
        program::{Block, MEMBERS, WIDTH},
    },
    time::Timestamp,
    twin::{Group, LARGEST_GROUP, StateHash, Twin, WINDOW},
    wander::Wander,
};

/// The version of the bytes themselves.
const FORMAT: u8 = 5;

/// A twin as bytes, with the hash of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub bytes: Vec<u8>,
    pub hash: StateHash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointError {
    /// Made with another version of the kernel.
    KernelVersion { got: u32 },
    /// Made with another model file.
    OtherModel,
    /// Not a checkpoint.
    Malformed,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckpointError::KernelVersion { got } => {
                write!(f, "made with kernel {got}, this is kernel {KERNEL_VERSION}")
            }
            CheckpointError::OtherModel => f.write_str("made with another model file"),
            CheckpointError::Malformed => f.write_str("not a checkpoint"),
        }
    }
}

impl core::error::Error for CheckpointError {}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u8,
    kernel_version: u32,
    model_hash: ModelHash,
    seed: u64,
}

#[derive(Serialize, Deserialize)]
struct Body {
    ensemble: Option<Kept>,
    window: Vec<(Timestamp, Vec<What>)>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    step: i64,
    components: Vec<Vec<f64>>,
    inputs: Vec<f64>,
    wanders: Vec<Wander>,
    charts: Charts,
    runs: Vec<KeptRun>,
}

impl Twin {
    pub fn checkpoint(&self) -> Checkpoint {
        let header =
            Header { format: FORMAT, kernel_version: KERNEL_VERSION, model_hash: self.model().hash, seed: self.seed() };
        let (mark, window) = self.parts();
        let body = Body {
            ensemble: mark.map(|mark| Kept::of(self.model(), mark)),
            window: window.iter().map(|group| (group.t, group.entries.clone())).collect(),
        };
        let bytes = postcard::to_extend(&(header, body), Vec::new()).unwrap_or_default();
        Checkpoint { bytes, hash: self.hash() }
    }

    /// The twin of a checkpoint, worked out again from the ensemble before its window.
    pub fn restore(model: Arc<Model>, bytes: &[u8]) -> Result<Twin, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let (header, rest): (Header, _) = postcard::take_from_bytes(bytes).map_err(|_| malformed)?;
        if header.format != FORMAT {
            return Err(malformed);
        }
        if header.kernel_version != KERNEL_VERSION {
            return Err(CheckpointError::KernelVersion { got: header.kernel_version });
        }
        if header.model_hash != model.hash {
            return Err(CheckpointError::OtherModel);
        }
        let (body, []): (Body, _) = postcard::take_from_bytes(rest).map_err(|_| malformed)? else {
            return Err(malformed);
        };
        let is_sorted = body.window.is_sorted_by(|(a, _), (b, _)| a < b);
        let fits = body
            .window
            .iter()
            .all(|(_, entries)| entries.len() <= LARGEST_GROUP && entries.iter().all(|what| model.knows(what)));
        if !is_sorted || !fits || body.window.len() > WINDOW || body.ensemble.is_none() != body.window.is_empty() {
            return Err(malformed);
        }
        let ensemble = body.ensemble.map(|kept| kept.ensemble(&model).ok_or(malformed)).transpose()?;
        let window: VecDeque<Group> = body.window.into_iter().map(|(t, entries)| Group { t, entries }).collect();
        Ok(Twin::from_parts(model, header.seed, ensemble, window))
    }
}

impl Kept {
    fn of(model: &Model, ensemble: &Ensemble) -> Kept {
        let members = |block: &Block| block.iter().flat_map(|pair| pair.to_array()).collect();
        Kept {
            step: ensemble.step,
            components: ensemble.components.iter().map(members).collect(),
            inputs: ensemble.inputs.clone(),
            wanders: ensemble.wanders.clone(),
            charts: ensemble.charts.clone(),
            runs: ensemble.runs.iter().zip(&model.gauges).map(|(run, gauge)| run.keep(gauge)).collect(),
        }
    }

    /// The ensemble, where its shape is that of `model`.
    fn ensemble(self, model: &Model) -> Option<Ensemble> {
        let fits = self.components.len() == model.inside.components.len()
            && self.components.iter().all(|members| members.len() == MEMBERS)
            && self.inputs.len() == model.inside.inputs
            && Wander::fit(&self.wanders, model)
            && self.charts.fits(model)
            && self.runs.len() == model.gauges.len();
        let block = |members: Vec<f64>| {
            let mut block = Block::splat(0.0);
            for (pair, [a, b]) in block.iter_mut().zip(members.as_chunks::<WIDTH>().0) {
                *pair = F::new([*a, *b]);
            }
            block
        };
        if !fits {
            return None;
        }
        let runs = self.runs.into_iter().zip(&model.gauges).map(|(kept, gauge)| kept.run(gauge));
        Some(Ensemble {
            step: self.step,
            components: self.components.into_iter().map(block).collect(),
            inputs: self.inputs,
            wanders: self.wanders,
            charts: self.charts,
            runs: runs.collect::<Option<_>>()?,
        })
    }
}
