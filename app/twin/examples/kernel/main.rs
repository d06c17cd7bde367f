//! A page that holds the kernel and nothing else: what the kernel's figures are measured on.
#![cfg(target_arch = "wasm32")]

mod crowd;
mod study;

use std::sync::Arc;

use twin::{Model, Twin, hex, rehearsal};
use wasm_bindgen::prelude::wasm_bindgen;

fn read(packed: &str) -> Option<Model> {
    hex::read(packed).and_then(|bytes| Model::unpack(&bytes).ok())
}

/// The end of the scripted life of a packed model in hexadecimal; empty where it is none.
#[wasm_bindgen]
pub fn rehearse(packed: &str, steps: f64, seed: f64) -> String {
    let model = read(packed).map(Arc::new);
    model.map_or(String::new(), |model| rehearsal::rehearse(&model, steps as i64, seed as u64).to_string())
}

/// What is counted in the chunks from number `first` up to `end`, in hexadecimal.
#[wasm_bindgen]
pub fn count(packed: &str, steps: f64, seed: f64, first: u32, end: u32) -> Option<String> {
    let counted = crowd::count_share(&Arc::new(read(packed)?), steps as i64, seed as u64, first..end)?;
    Some(hex::write(&counted))
}

/// What two have counted together.
#[wasm_bindgen]
pub fn join(one: &str, other: &str) -> Option<String> {
    Some(hex::write(&crowd::join(&[&hex::read(one)?, &hex::read(other)?])?))
}

/// The study's twin, told its day.
#[wasm_bindgen]
pub struct Study(Twin);

#[wasm_bindgen]
impl Study {
    /// Of the transformer, packed.
    pub fn told(packed: &str) -> Option<Study> {
        read(packed).map(|model| Study(study::twin(model)))
    }

    /// The day after by the model file's program.
    pub fn outcome(&self) -> Vec<f64> {
        study::outcome(&study::ours(&self.0))
    }
}
