//! What is to be said of an asset's data beside every picture of it.

use leptos::prelude::*;
use twin::{Clock, Timestamp, id::AssetId};

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
    let badge = &asset.view.badge;
    // Who simulated it belongs to that it is simulated.
    let simulated = || if badge.is_empty() { "simulated".to_string() } else { format!("simulated ({badge})") };
    match (&asset.clock, asset.view.simulated) {
        (Clock::Wall, false) => {}
        (Clock::Wall, true) => badges.push(simulated()),
        (Clock::Replay(replay), true) => {
            badges.push(simulated());
            badges.push(format!("time \u{d7}{}", wording::rate(replay.rate)));
        }
        (Clock::Replay(replay), false) => {
            let rate = wording::rate(replay.rate);
            badges.push(match replay.recorded {
                // Of some recordings nobody says when they were made.
                Timestamp(0) => format!("replay \u{d7}{rate}"),
                recorded => format!("replay \u{d7}{rate}, recorded {}", wording::iso_date(recorded)),
            });
        }
    }
    if !badge.is_empty() && !asset.view.simulated {
        badges.push(badge.clone());
    }
    badges
}
