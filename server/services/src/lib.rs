//! All the server does that is not HTTP: ingest, validate, keep, stream, run twins.

pub mod catalog;
pub mod store;

use std::sync::Arc;

use twin::{Timestamp, id::AssetId};
use wire::view::{HistoryView, PlantView};

pub use store::StoreError;

/// Every service, ready to use; cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The plant: assets, models, signals.
    pub catalog: Arc<catalog::Catalog>,
    /// What was taken in, durably.
    pub store: store::Store,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
}

impl Services {
    /// The plant as a page needs it, `now` being the wall clock.
    pub async fn plant(&self, now: Timestamp) -> Result<PlantView, StoreError> {
        let _ = now;
        unreachable!()
    }

    /// The samples of `signal` in `from..=to`, thinned to `width_px` columns (first, min, max and last a column).
    pub async fn history(
        &self,
        asset: &AssetId,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
        width_px: u32,
    ) -> Result<HistoryView, StoreError> {
        let _ = (asset, signal, from, to, width_px);
        unreachable!()
    }
}
