//! Learns from recordings, once and away from any asset; what it learned is evaluated in `twin::learned`.

pub mod predict;
pub mod train;
