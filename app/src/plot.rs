//! Pictures of an asset, painted on any backend; pure.

pub mod axis;
pub mod column;
pub mod compose;
pub mod fitted;
pub mod flag;
pub mod frame;
pub mod hand;
pub mod heat_map;
pub mod histogram;
pub mod layer;
pub mod palette;
pub mod pareto;
pub mod strip;
pub mod svg;
pub mod table;
pub mod timeline;
pub mod tones;
pub mod trend;
