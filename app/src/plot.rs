//! Pictures of an asset, painted on any backend; pure.

pub mod axis;
pub mod column;
pub mod compose;
pub mod flag;
pub mod frame;
pub mod hand;
pub mod layer;
pub mod palette;
pub mod strip;
pub mod table;
pub mod trend;
