//! Pictures of an asset, painted on any backend; pure.

pub mod axis;
pub mod column;
pub mod compose;
pub mod frame;
pub mod hand;
pub mod palette;
pub mod table;
pub mod trend;
