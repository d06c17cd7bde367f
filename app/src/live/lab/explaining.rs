//! Why an asset is not as expected, found by a worker: it takes longer than a frame may.

use leptos::prelude::*;
use twin::Timestamp;

use super::{Lab, bench};
use crate::live::errand::Errand;

impl Lab {
    /// Has a worker look for what would account for what is not as expected since `began`; the page itself does where there
    /// is no worker.
    pub fn explain(self, began: Timestamp) {
        self.asked.set_value(Some(began));
        let asset_id = self.asset_id.get_value();
        let errand = self.live.read(&asset_id, |asset, _| {
            let (model, checkpoint) = (asset.packed.to_vec(), asset.twin.as_ref()?.checkpoint().bytes);
            Some(Errand::Explain { model, checkpoint, began })
        });
        if let Some(errand) = errand.flatten() {
            self.send_aside(&errand);
            if !bench::has_workers() {
                self.explain_here();
            }
        }
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
        let causes = self.live.read(&self.asset_id.get_value(), |asset, _| asset.causes_since(began));
        self.hear_explained(began, causes.unwrap_or_default());
    }
}
