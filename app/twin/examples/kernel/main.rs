//! A page that holds the kernel and nothing else: what the kernel's figures are measured on.
#![cfg(target_arch = "wasm32")]

mod crowd;
mod follow;
mod study;

use std::sync::Arc;

use twin::{Model, Twin, hex, rehearsal};
use wasm_bindgen::prelude::wasm_bindgen;

fn read(packed: &str) -> Option<Model> {
    hex::read(packed).and_then(|bytes| Model::unpack_closed(&bytes).ok())
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

/// Twins that follow simulated assets of a packed model.
#[wasm_bindgen]
pub struct Followers {
    all: Vec<follow::Follower>,
    next: Vec<twin::Entry>,
}

#[wasm_bindgen]
impl Followers {
    pub fn new(packed: &str, count: usize) -> Option<Followers> {
        let model = Arc::new(read(packed)?);
        let all = (0..count).map(|_| follow::Follower::new(model.clone())).collect();
        Some(Followers { all, next: Vec::new() })
    }

    /// Has the first one's asset go on for so many samples, which are not told yet.
    pub fn prepare(&mut self, samples: usize) {
        self.next = self.all[0].next(samples);
    }

    /// Tells the first what was prepared.
    pub fn tell(&mut self) {
        self.all[0].tell(&self.next);
    }

    /// Has all of them follow so many samples.
    pub fn fill(&mut self, samples: usize) {
        for follower in &mut self.all {
            let entries = follower.next(samples);
            follower.tell(&entries);
        }
    }
}

/// The memory of this program in bytes.
#[wasm_bindgen]
pub fn bytes_held() -> f64 {
    core::arch::wasm32::memory_size(0) as f64 * 65_536.0
}
