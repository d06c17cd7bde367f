//! What crosses the network: socket frames, and what server functions return.
#![no_std]

extern crate alloc;

pub mod batch;
pub mod codec;
pub mod frame;
pub mod number;
pub mod taken;
pub mod view;

pub use batch::{Batch, Entry, What};
pub use codec::{VERSION, WireError, decode, encode};
pub use frame::{ClientFrame, ServerFrame, StoreId};
