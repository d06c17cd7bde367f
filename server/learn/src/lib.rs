//! Learns from recordings, once and away from any asset; what it learned is evaluated in `twin::learned`.
//!
//! The same recordings, mapping and seed give the same bytes, on any machine.

pub mod predict;
pub mod streams;
pub mod train;

pub mod cell;
pub mod draft;
pub mod instant;
pub mod mapping;
pub mod read;
pub mod seen;

pub mod boost;
pub mod chance;
mod crew;
pub mod life;
pub mod nets;
pub mod outlook;
mod progress;
pub mod ridge;
