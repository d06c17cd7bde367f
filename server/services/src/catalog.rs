//! The plant: its assets, their models and signals, read from `plant.toml`.

/// The plant.
pub struct Catalog;
