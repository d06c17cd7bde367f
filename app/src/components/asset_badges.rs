//! What is to be said of an asset's data beside every picture of it.

use leptos::prelude::*;
use twin::{Clock, id::AssetId};

use crate::{
    live::{Live, asset::LiveAsset},
    wording,
};

#[component]
pub fn AssetBadges(live: Live, asset_id: AssetId) -> impl IntoView {
    let badges = Memo::new(move |_| live.watch(&asset_id, |asset, _| badges_of(asset)).unwrap_or_default());
    let listed = move || {
        let item = |badge| view! { <li class="asset-badges__one">{badge}</li> };
        super::all(badges.get().into_iter().map(item))
    };
    view! {
        <ul class="asset-badges" aria-label="About the data">
            {listed}
        </ul>
    }
}

fn badges_of(asset: &LiveAsset) -> Vec<String> {
    let mut badges = Vec::new();
    match (&asset.clock, asset.view.simulated) {
        (Clock::Wall, false) => {}
        (Clock::Wall, true) => badges.push("simulated".to_string()),
        (Clock::Replay(replay), true) => {
            badges.push("simulated".to_string());
            badges.push(format!("time \u{d7}{}", wording::rate(replay.rate)));
        }
        (Clock::Replay(replay), false) => {
            let recorded = wording::iso_date(replay.recorded);
            badges.push(format!("replay \u{d7}{}, recorded {recorded}", wording::rate(replay.rate)));
        }
    }
    if !asset.view.badge.is_empty() {
        badges.push(asset.view.badge.clone());
    }
    badges
}
