//! What an asset is and how it behaves, in the browser and on the server alike, bit for bit.
//!
//! No clock, no I/O, no randomness it was not given: time and seeds are arguments.
#![no_std]

extern crate alloc;

mod aside;
pub mod calibrate;
pub mod checkpoint;
pub mod detect;
mod ensemble;
pub mod entry;
pub mod explain;
mod filter;
pub mod gauge;
pub mod hex;
pub mod id;
mod integrate;
pub mod kpi;
#[allow(
    unsafe_code,
    reason = "instructions that not every machine has, and places in memory checked once an operation"
)]
pub mod lanes;
pub mod learned;
pub mod maths;
pub mod model;
mod open_loop;
pub mod philox;
mod prior;
pub mod quantile;
pub mod rehearsal;
pub mod series;
pub mod simulate;
pub mod streams;
pub mod sum;
pub mod time;
pub mod twin;
pub mod unit;
mod wander;
pub mod whatif;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Entry, What};
pub use model::{Model, ModelHash, packed::PackedError};
pub use time::{Clock, Span, Timestamp};
pub use twin::{Twin, View};
pub use whatif::{Horizon, Projection, Scenario, Sensitivity, project, sensitivities};

/// The version of everything that can change a bit of a state: it is part of every state hash.
pub const KERNEL_VERSION: u32 = 7;
