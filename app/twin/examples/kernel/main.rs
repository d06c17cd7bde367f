//! A page that holds the kernel and nothing else: what the kernel's figures are measured on.
#![cfg(target_arch = "wasm32")]

mod hand;
mod study;

use std::sync::Arc;

use twin::{Model, Twin, hex, rehearsal};
use wasm_bindgen::prelude::wasm_bindgen;

/// The end of the scripted life of a packed model in hexadecimal; empty where it is none.
#[wasm_bindgen]
pub fn rehearse(packed: &str, steps: f64, seed: f64) -> String {
    let model = hex::read(packed).and_then(|bytes| Model::unpack(&bytes).ok()).map(Arc::new);
    model.map_or(String::new(), |model| rehearsal::rehearse(&model, steps as i64, seed as u64).to_string())
}

/// The study's twin, told its day.
#[wasm_bindgen]
pub struct Study(Twin);

#[wasm_bindgen]
impl Study {
    pub fn told() -> Option<Study> {
        Model::parse(study::MODEL).ok().map(|model| Study(study::twin(model)))
    }

    /// The day after by the model file's program.
    pub fn ours(&self) -> Vec<f64> {
        study::outcome(&study::ours(&self.0))
    }

    /// The same by code written by hand.
    pub fn by_hand(&self) -> Vec<f64> {
        hand::outcome()
    }
}
