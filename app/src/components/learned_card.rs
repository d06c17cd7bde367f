//! What was learned of an asset: the life that is left, how far from normal it is, its state, what no sensor reads.

use leptos::prelude::*;
use twin::id::AssetId;

use super::{LearnedNote, LifeBar};
use crate::live::Live;

/// Nothing where the model has learned nothing.
#[component]
pub fn LearnedCard(live: Live, asset_id: AssetId) -> impl IntoView {
    let has_learned = live.read(&asset_id, |asset, _| !asset.model.gauges.is_empty()) == Some(true);
    has_learned.then(|| {
        let id = asset_id.clone();
        let html = Memo::new(move |_| live.watch(&id, |asset, _| asset.learned_html()).unwrap_or_default());
        view! {
            <section class="said learned-card" aria-labelledby="learned-title">
                <h2 id="learned-title">"What was learned"</h2>
                <div>
                    <LifeBar live asset_id=asset_id.clone() />
                    <LearnedNote live asset_id />
                    <div class="learned-card__all" inner_html=html></div>
                </div>
            </section>
        }
    })
}
