//! Why an asset is not as expected, found by a worker: it takes longer than a frame may.

use leptos::{prelude::*, task::spawn_local};
use twin::Timestamp;

use super::{Lab, bench};
use crate::{
    live::{asset::LiveAsset, errand::Errand},
    pages::part,
};

impl Lab {
    /// Has a worker look for what would account for what is not as expected since `began`; the page itself does where there
    /// is no worker.
    pub fn explain(self, began: Timestamp) {
        self.asked.set_value(Some(began));
        if let Some(errand) = self.to_explain(began) {
            self.send_aside(&errand);
            if !bench::has_workers() {
                self.explain_here();
            }
        }
    }

    fn to_explain(self, began: Timestamp) -> Option<Errand> {
        let errand = |asset: &LiveAsset| {
            let (model, checkpoint) = (asset.packed.to_vec(), asset.twin.as_ref()?.checkpoint().bytes);
            Some(Errand::Explain { model, checkpoint, began })
        };
        self.live.read(&self.asset_id.get_value(), |asset, _| errand(asset)).flatten()
    }

    /// Takes in what a worker found.
    pub(super) fn hear_explained(self, began: Timestamp, causes: String) {
        if self.asked.get_value() == Some(began) {
            self.asked.set_value(None);
        }
        self.causes.set(Some((began, causes)));
    }

    /// Finds what was asked for and not found.
    pub(super) fn explain_here(self) {
        let Some(began) = self.asked.get_value() else { return };
        let Some(Errand::Explain { model, checkpoint, began }) = self.to_explain(began) else { return };
        spawn_local(async move {
            let causes = part::explained(model, checkpoint, began).await.unwrap_or_default();
            // The page may have closed meanwhile.
            if self.asked.try_get_value().is_some() {
                self.hear_explained(began, causes);
            }
        });
    }
}
