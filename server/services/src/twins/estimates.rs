//! What a twin estimates of its parameters as each hour of the asset's time begins.

use twin::{
    Twin,
    id::AssetId,
    model::{Latent, LatentKind},
    twin::Band,
};

use crate::store::{Store, estimates::Estimate};

/// More wait for no writer.
const WAITING: usize = 2_048;

/// What was noted of one twin.
#[derive(Debug, Default)]
pub(super) struct Hours {
    /// The hour that was noted last; none of a twin that begins anew.
    last: Option<i64>,
    /// What the store has not taken on yet.
    waiting: Vec<Estimate>,
}

impl Hours {
    /// Of a twin that goes on: what it knows was told.
    pub(super) fn known(twin: &Twin) -> Hours {
        Hours { last: twin.newest().map(Estimate::hour), waiting: Vec::new() }
    }

    /// Notes what `twin` estimates after its newest entry, where that is the first of another hour.
    pub(super) fn look(&mut self, twin: &Twin) {
        let Some(t) = twin.newest() else { return };
        if self.last.is_some_and(|last| Estimate::hour(t) <= last) {
            return;
        }
        self.last = Some(Estimate::hour(t));
        let all = twin.model().latents.iter().zip(twin.latents());
        let parameters = all.filter(|(latent, _)| latent.kind == LatentKind::Parameter);
        let finite = parameters.filter(|(_, band)| [band.low, band.mean, band.high].iter().all(|x| x.is_finite()));
        let estimate = |(latent, band): (&Latent, Band)| {
            let Band { low, mean, high, .. } = band;
            Estimate { name: latent.name.clone(), t, low, mean, high }
        };
        self.waiting.extend(finite.map(estimate));
        let surplus = self.waiting.len().saturating_sub(WAITING);
        self.waiting.drain(..surplus);
    }

    /// Has the store keep what was noted; what it has no room for now waits for the next time.
    pub(super) fn keep(&mut self, store: &Store, asset: &AssetId) {
        if !self.waiting.is_empty() && store.keep_estimates(asset, &self.waiting) {
            self.waiting.clear();
        }
    }
}
