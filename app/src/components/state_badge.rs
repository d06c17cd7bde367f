//! The condition of an asset: a shape, a word and, only where it is abnormal, a colour.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId, kpi::StopKind};

use crate::{
    live::{
        Live,
        asset::LiveAsset,
        condition::{Condition, Finding, Side},
    },
    wording,
};

#[component]
pub fn StateBadge(live: Live, asset_id: AssetId) -> impl IntoView {
    let state = Memo::new(move |_| {
        live.watch(&asset_id, |asset, now| {
            let condition = asset.condition(now);
            (class_of(condition), shape_of(condition), words(asset, condition, now))
        })
        .unwrap_or_default()
    });
    view! {
        <span class=move || state.get().0>
            <svg class="state-badge__shape" viewBox="0 0 16 16" aria-hidden="true">
                <path d=move || state.get().1 />
            </svg>
            {move || state.get().2}
        </span>
    }
}

fn class_of(Condition { finding, is_fresh }: Condition) -> &'static str {
    match (finding.is_alarm(), is_fresh, finding) {
        (true, ..) => "state-badge state-badge--abnormal",
        (false, _, Finding::Empty | Finding::Ended) | (false, true, _) => "state-badge",
        (false, false, _) => "state-badge state-badge--stale",
    }
}

fn shape_of(Condition { finding, is_fresh }: Condition) -> &'static str {
    match finding {
        Finding::Abnormal { .. } | Finding::Foretold(_) => "M8 2l7 12H1z",
        Finding::Stopped { .. } => "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
        Finding::Unexpected { .. } => "M8 1l7 7-7 7-7-7z",
        Finding::Ended => "M3 3h10v10H3z",
        Finding::Empty => "M3 7h10v2H3z",
        _ if !is_fresh => "M3 3h4v10H3zM9 3h4v10H9z",
        Finding::Unknown | Finding::Learning => "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6",
        Finding::Normal => "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10",
    }
}

/// The condition in a few words. What was an alarm when the last sample came is still one, and said to be old.
pub fn words(asset: &LiveAsset, Condition { finding, is_fresh }: Condition, now: Timestamp) -> String {
    let words = match finding {
        Finding::Ended => return "Ended".to_string(),
        Finding::Empty => return "No data yet".to_string(),
        Finding::Unknown | Finding::Learning | Finding::Normal if !is_fresh => return "Stale".to_string(),
        Finding::Normal => return "Normal".to_string(),
        Finding::Unknown => return "Not known yet".to_string(),
        Finding::Learning => {
            let has_limits = asset.model.quantities.iter().any(|quantity| quantity.normal.is_some());
            return if has_limits { "Within limits, still learning" } else { "Still learning" }.to_string();
        }
        Finding::Foretold(hint) => hint.words(&asset.model, now),
        Finding::Stopped { kind, since } => {
            let kind = if kind == StopKind::Failure { "Failure" } else { "Stopped" };
            format!("{kind} for {}", wording::span(now - since))
        }
        Finding::Unexpected { signal } => asset.state_found().unwrap_or_else(|| {
            let signal = signal.and_then(|number| asset.model.signals.get(usize::from(number)));
            signal.map_or("Not as expected".to_string(), |signal| format!("{} not as expected", signal.title))
        }),
        Finding::Abnormal { quantity, side, .. } => {
            let title = asset.model.quantities.get(quantity).map_or("", |quantity| quantity.title.as_str());
            let side = match side {
                Side::Below => "below",
                Side::Above => "above",
            };
            format!("{title} {side} normal")
        }
    };
    let is_over = asset.is_over(now);
    let from = match finding {
        Finding::Foretold(_) | Finding::Abnormal { is_predicted: true, .. } => ", predicted",
        _ if is_fresh || is_over => "",
        _ => ", as last known",
    };
    let [before, after] = match is_fresh {
        _ if is_over => ["Ended, in alarm: ", ""],
        false => ["", "; stale"],
        true => [""; 2],
    };
    [before, &words, from, after].concat()
}
