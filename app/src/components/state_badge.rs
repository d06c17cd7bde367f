//! The condition of an asset: a shape, a word and, only where it is abnormal, a colour.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::live::{
    Live,
    asset::LiveAsset,
    condition::{Condition, Side},
};

#[component]
pub fn StateBadge(live: Live, asset_id: AssetId) -> impl IntoView {
    let state = Memo::new(move |_| {
        live.watch(&asset_id, |asset, now| {
            let condition = asset.condition(now);
            (condition, words(asset, condition))
        })
        .unwrap_or((Condition::Empty, String::new()))
    });
    let class = move || match state.get().0 {
        Condition::Abnormal { .. } | Condition::Unexpected { .. } => "state-badge state-badge--abnormal",
        Condition::Stale => "state-badge state-badge--stale",
        _ => "state-badge",
    };
    let shape = move || match state.get().0 {
        Condition::Live => "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10",
        Condition::Abnormal { .. } => "M8 2l7 12H1z",
        Condition::Unexpected { .. } => "M8 1l7 7-7 7-7-7z",
        Condition::Stale => "M3 3h4v10H3zM9 3h4v10H9z",
        Condition::Ended => "M3 3h10v10H3z",
        Condition::Empty => "M3 7h10v2H3z",
    };
    view! {
        <span class=class>
            <svg class="state-badge__shape" viewBox="0 0 16 16" aria-hidden="true">
                <path d=shape />
            </svg>
            {move || state.get().1}
        </span>
    }
}

/// The condition in a word or two.
pub fn words(asset: &LiveAsset, condition: Condition) -> String {
    match condition {
        Condition::Live => "Normal".to_string(),
        Condition::Stale => "Stale".to_string(),
        Condition::Ended => "Ended".to_string(),
        Condition::Empty => "No data yet".to_string(),
        Condition::Unexpected { signal } => {
            if let Some(state) = asset.state_found() {
                return state;
            }
            let signal = signal.and_then(|number| asset.model.signals.get(usize::from(number)));
            signal.map_or("Not as expected".to_string(), |signal| format!("{} not as expected", signal.title))
        }
        Condition::Abnormal { quantity, side } => {
            let title = asset.model.quantities.get(quantity).map_or("", |quantity| quantity.title.as_str());
            let side = match side {
                Side::Below => "below",
                Side::Above => "above",
            };
            format!("{title} {side} normal")
        }
    }
}
