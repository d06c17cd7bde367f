//! A page that holds the study written out by hand and nothing else.
#![cfg(target_arch = "wasm32")]

mod hand;
#[expect(dead_code, reason = "what the kernel's page needs of it")]
mod study;

use wasm_bindgen::prelude::wasm_bindgen;

/// The study's day after, as the kernel's page gives it.
#[wasm_bindgen]
pub fn outcome() -> Vec<f64> {
    hand::outcome()
}
