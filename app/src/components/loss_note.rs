//! After a loss of the link: how long it was, and how well the twin predicted what was measured meanwhile.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId};

use crate::{
    live::{
        Live,
        asset::LiveAsset,
        loss::{Foretold, Score},
    },
    wording,
};

/// Nothing until a loss is over and something of it is known; then until it is dismissed, or the link is lost again.
#[component]
pub fn LossNote(live: Live, asset_id: AssetId) -> impl IntoView {
    let id = asset_id.clone();
    let filled_in = Memo::new(move |before: Option<&Option<_>>| {
        let filled_in = live.watch(&id, |asset, _| asset.filled_in()).flatten();
        let before = before.copied().flatten();
        // A full track gives up old samples, but what was scored stays scored.
        let is_less =
            before.is_some_and(|(at, known)| filled_in.is_some_and(|(now_at, left)| at == now_at && left < known));
        if is_less { before } else { filled_in }
    });
    let id = asset_id.clone();
    let told = Memo::new(move |_| {
        let is_known = filled_in.get().is_some_and(|(_, known)| known > 0);
        let told = if is_known { live.read(&id, told_of) } else { None };
        told.unwrap_or_default()
    });
    let dismiss = move |_| {
        live.change(&asset_id, |asset, _| asset.dismiss_loss());
        live.show(&asset_id);
    };
    view! {
        <div class="loss-note" role="group" aria-label="After the loss of the link">
            <p class="loss-note__said" role="status">
                {told}
            </p>
            <button class="button" type="button" hidden=move || told.with(String::is_empty) on:click=dismiss>
                "Dismiss"
            </button>
        </div>
    }
}

/// A line about the loss, and one a quantity; nothing where nothing that was predicted was measured.
fn told_of(asset: &LiveAsset, _: Timestamp) -> String {
    let scores = asset.scores();
    let mut said = String::new();
    if let Some(Foretold { length, .. }) = asset.foretold().filter(|_| !scores.is_empty()) {
        said += &format!("The connection was lost for {}. Meanwhile the twin predicted:", wording::span(*length));
        scores.iter().for_each(|score| said += &line_of(asset, score));
    }
    said
}

fn line_of(asset: &LiveAsset, score: &Score) -> String {
    let Some(quantity) = asset.model.quantities.get(score.signal) else { return String::new() };
    let decimals = wording::decimals(quantity.range) + 1;
    let off = wording::quantity(score.mean_error, decimals, wording::unit_of_difference(&quantity.unit));
    let (title, percent) = (&quantity.title, score.inside * 100 / score.samples);
    let samples = if score.samples == 1 { "sample" } else { "samples" };
    let count = wording::count(score.samples as u64);
    format!("\n{title} within {off} on average, {percent} % of {count} {samples} inside its 90 % band")
}
