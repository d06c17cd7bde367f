//! What a twin estimates of its parameters as each hour of the asset's time begins.

use twin::{Twin, model::LatentKind};

use crate::store::estimates::Estimate;

/// The hour of which it was told last; none of a twin that begins anew.
#[derive(Debug, Default)]
pub(super) struct Hours(Option<i64>);

impl Hours {
    /// Of a twin that goes on: what it knows was told.
    pub(super) fn known(twin: &Twin) -> Hours {
        Hours(twin.newest().map(Estimate::hour))
    }

    /// What `twin` estimates after its newest entry, where that is the first of another hour.
    pub(super) fn look(&mut self, twin: &Twin) -> Vec<Estimate> {
        let Some(t) = twin.newest() else { return Vec::new() };
        if self.0.is_some_and(|told| Estimate::hour(t) <= told) {
            return Vec::new();
        }
        self.0 = Some(Estimate::hour(t));
        let all = twin.model().latents.iter().zip(twin.latents());
        let parameters = all.filter(|(latent, _)| latent.kind == LatentKind::Parameter);
        let finite = parameters.filter(|(_, band)| [band.low, band.mean, band.high].iter().all(|x| x.is_finite()));
        finite
            .map(|(latent, band)| Estimate {
                name: latent.name.clone(),
                t,
                low: band.low,
                mean: band.mean,
                high: band.high,
            })
            .collect()
    }
}
