//! What the futures begin from and what they come to, as a hash that two people can compare; and the ways to share it.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::{
    browser,
    live::{
        Live,
        asset::LiveAsset,
        lab::{Baseline, Lab, Linked},
        pin,
    },
};

/// What there is to be said, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    /// Since when the futures do not follow, where they do not.
    frozen: String,
    /// How what is shown goes with the link that the page was opened by.
    verdict: String,
    /// Of the sliders' future, or of that in which nothing is changed.
    hash: String,
    /// Each future and its hash, a line each.
    all: String,
    /// What the second button does.
    way: String,
}

#[component]
pub fn ResultPin(live: Live, asset_id: AssetId, lab: Lab) -> impl IntoView {
    let said = Memo::new(move |_| {
        let baseline = lab.baseline.get();
        let of = |linked: &Option<Linked>| {
            live.watch(&asset_id, |asset, _| Said::of(asset, &baseline, linked.as_ref())).unwrap_or_default()
        };
        lab.linked.with_value(of)
    });
    // Of one type, so that the page holds the code for their views once.
    let part = move |of: fn(&Said) -> String| Memo::new(move |_| said.with(of));
    let (frozen, verdict) = (part(|said| said.frozen.clone()), part(|said| said.verdict.clone()));
    let (hash, all) = (part(|said| said.hash.clone()), part(|said| said.all.clone()));
    let (short, way) = (part(|said| said.hash.chars().take(8).collect()), part(|said| said.way.clone()));
    view! {
        <div class="result-pin">
            <p class="result-pin__frozen">{frozen}</p>
            <p role="status">{verdict}</p>
            <details class="fold">
                <summary>"Result " <code title=hash>{short}</code></summary>
                <p>"The same state, model and sliders come to the same bits, here and elsewhere. Of 64 members:"</p>
                <p class="result-pin__all">{all}</p>
            </details>
            <div class="result-pin__ways">
                <button type="button" class="button" on:click=move |_| lab.copy_link()>
                    "Copy link to this result"
                </button>
                <button type="button" class="button" on:click=move |_| lab.turn_frozen()>
                    {way}
                </button>
            </div>
        </div>
    }
}

impl Said {
    fn of(asset: &LiveAsset, baseline: &Baseline, linked: Option<&Linked>) -> Said {
        let (scenarios, results) = (asset.scenarios(), asset.results());
        let names = std::iter::once("As it is".to_string())
            .chain(asset.kept().iter().map(|own| format!("Scenario {}", own.letter)))
            .chain(["Simulation".to_string()]);
        // Whether each comes to what the link says; `None` for what the link does not speak of.
        let mut verdicts = Vec::new();
        let mut lines = Vec::new();
        for ((name, scenario), hash) in names.zip(&scenarios).zip(&results) {
            let place = |linked: &Linked| linked.scenarios.iter().position(|own| own == scenario);
            let expected = linked.and_then(|linked| linked.pin.hashes.get(place(linked)?));
            let verdict = expected.map(|expected| expected == hash);
            let words = match verdict {
                Some(true) => ", as in the link",
                Some(false) => ", not as in the link",
                None => "",
            };
            lines.push(format!("{name}: {}{words}", pin::words(hash)));
            verdicts.push(verdict);
        }
        let is_moved = scenarios.len() > asset.kept().len() + 1;
        let said = if is_moved { results.last() } else { results.first() };
        let hash = said.map(pin::words).unwrap_or_default();
        let frozen = asset.frozen_at().map(|(t, seq)| {
            let t = browser::clock::instant(t);
            format!("Frozen at {t} (entry {seq}). Data go on; these futures stay.")
        });
        let short: String = hash.chars().take(8).collect();
        let verdict = match (baseline, linked.filter(|_| frozen.is_some())) {
            (Baseline::Opening, _) => "Opening the state that the link begins from\u{2026}".to_string(),
            (Baseline::Lost(why), _) => {
                format!("The link\u{2019}s result cannot be shown: {why}. What is shown is live.")
            }
            (Baseline::Frozen, Some(linked)) => {
                let words = if verdicts.contains(&Some(false)) {
                    format!("Differs from the result in the link: hash {short}.")
                } else if verdicts.contains(&None) || verdicts.len() != linked.scenarios.len() {
                    "Another scenario than in the link.".to_string()
                } else {
                    format!("Same result as in the link, hash {short}.")
                };
                linked.pin.otherwise(asset) + &words
            }
            (Baseline::Frozen | Baseline::Live, _) => String::new(),
        };
        let way = if *baseline == Baseline::Live { "Freeze" } else { "Back to live" }.to_string();
        Said { frozen: frozen.unwrap_or_default(), verdict, hash, all: lines.join("\n"), way }
    }
}
