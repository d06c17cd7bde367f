//! What the futures begin from and what they come to, as a hash that two people can compare; and the ways to share it.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId, twin::StateHash};

use super::Instant;
use crate::live::{
    Live,
    asset::LiveAsset,
    lab::{Baseline, Lab, Linked},
    pin,
};

/// What there is to be said, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    /// When the futures begin, where they do not follow, and after which entry.
    frozen: Option<(Timestamp, u64)>,
    /// The hash of the sliders' future, or of that in which nothing is changed.
    hash: String,
    /// Each future and its hash.
    all: Vec<String>,
    verdict: String,
}

#[component]
pub fn ResultPin(live: Live, asset_id: AssetId, lab: Lab) -> impl IntoView {
    let said = Memo::new(move |_| {
        // What the link said is there before its state is.
        lab.baseline.track();
        let of = |linked: &Option<Linked>| live.watch(&asset_id, |asset, _| Said::of(asset, linked.as_ref()));
        lab.linked.with_value(of).unwrap_or_default()
    });
    let state = move || match lab.baseline.get() {
        Baseline::Live => String::new(),
        Baseline::Opening => "Opening the state that the link begins from\u{2026}".to_string(),
        Baseline::Frozen => said.with(|said| said.verdict.clone()),
        Baseline::Lost(why) => format!("The link\u{2019}s result cannot be shown: {why}. What is shown is live."),
    };
    let is_live = move || lab.baseline.with(|baseline| *baseline == Baseline::Live);
    let frozen = move || {
        let (t, seq) = said.with(|said| said.frozen)?;
        let after = format!(" (entry {seq}). Data go on; these futures stay.");
        Some(view! { <strong>"Frozen at " <Instant live t /></strong> {after} })
    };
    let short = move || said.with(|said| said.hash.get(..8).unwrap_or("\u{2013}").to_string());
    let all = move || said.with(|said| said.all.iter().map(|own| view! { <li>{own.clone()}</li> }).collect_view());
    view! {
        <div class="result-pin">
            <p hidden=move || said.with(|said| said.frozen.is_none())>{frozen}</p>
            <p class="result-pin__verdict" role="status">{state}</p>
            <details class="fold">
                <summary>
                    "Result " <code title=move || said.with(|said| said.hash.clone())>{short}</code>
                </summary>
                <p>"The same state, model and sliders come to the same bits, here and elsewhere. Of 64 members:"</p>
                <ul class="result-pin__all">{all}</ul>
            </details>
            <div class="result-pin__ways">
                <button type="button" class="button" on:click=move |_| lab.copy_link()>
                    "Copy link to this result"
                </button>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| if is_live() { lab.freeze() } else { lab.thaw() }
                >
                    {move || if is_live() { "Freeze" } else { "Back to live" }}
                </button>
            </div>
        </div>
    }
}

impl Said {
    fn of(asset: &LiveAsset, linked: Option<&Linked>) -> Said {
        let (scenarios, results) = (asset.scenarios(), asset.results());
        let is_moved = scenarios.len() > asset.kept().len() + 1;
        let kept = asset.kept().iter().map(|own| format!("Scenario {}", own.letter));
        let names = std::iter::once("As it is".to_string()).chain(kept).chain(["Simulation".to_string()]);
        let said = if is_moved { results.last() } else { results.first() };
        let verdicts: Vec<Option<bool>> = scenarios
            .iter()
            .zip(&results)
            .map(|(scenario, hash)| {
                let linked = linked?;
                let place = linked.scenarios.iter().position(|own| own == scenario)?;
                Some(linked.pin.hashes.get(place)? == hash)
            })
            .collect();
        let verdict = |(name, (hash, verdict)): (String, (&StateHash, &Option<bool>))| {
            let said = match verdict {
                Some(true) => ", as in the link",
                Some(false) => ", not as in the link",
                None => "",
            };
            format!("{name}: {}{said}", pin::words(hash))
        };
        let hash = said.map(pin::words).unwrap_or_default();
        let short = hash.get(..8).unwrap_or_default();
        let verdict_of_all = linked.map(|linked| {
            let words = if verdicts.contains(&Some(false)) {
                format!("Differs from the result in the link: hash {short}.")
            } else if verdicts.contains(&None) || verdicts.len() != linked.scenarios.len() {
                "Another scenario than in the link.".to_string()
            } else {
                format!("Same result as in the link, hash {short}.")
            };
            linked.pin.otherwise(asset) + &words
        });
        Said {
            frozen: asset.frozen_at(),
            all: names.zip(results.iter().zip(&verdicts)).map(verdict).collect(),
            verdict: verdict_of_all.unwrap_or_default(),
            hash,
        }
    }
}
