//! After a loss of the link: how long it was, and how well the twin predicted what was measured meanwhile.

use leptos::prelude::*;
use twin::id::AssetId;

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
        filled_in.get().filter(|(_, known)| *known > 0)?;
        live.read(&id, |asset, _| told_of(asset)).flatten()
    });
    let dismiss = move |_| {
        live.change(&asset_id, |asset, _| asset.dismiss_loss());
        live.show(&asset_id);
    };
    let said = move || {
        let mut lines = told.get()?.into_iter();
        let first = lines.next();
        let rest = super::all(lines.map(|line| view! { <li>{line}</li> }));
        Some(view! {
            <p>{first}</p>
            <ul>{rest}</ul>
        })
    };
    let is_untold = move || told.with(Option::is_none);
    view! {
        <aside class="loss-note" aria-label="After the loss of the link">
            <div class="loss-note__said" role="status">
                {said}
            </div>
            <button class="button" type="button" hidden=is_untold on:click=dismiss>
                "Dismiss"
            </button>
        </aside>
    }
}

/// A sentence about the loss, and one a quantity; `None` where nothing that was predicted was measured.
fn told_of(asset: &LiveAsset) -> Option<Vec<String>> {
    let scores = asset.scores();
    let Foretold { length, .. } = asset.foretold().filter(|_| !scores.is_empty())?;
    let first = format!("The connection was lost for {}. Meanwhile the twin predicted:", wording::span(*length));
    Some(std::iter::once(first).chain(scores.iter().filter_map(|score| line_of(asset, score))).collect())
}

fn line_of(asset: &LiveAsset, score: &Score) -> Option<String> {
    let quantity = asset.model.quantities.get(score.signal)?;
    let decimals = wording::decimals(quantity.range) + 1;
    let off = wording::quantity(score.mean_error, decimals, wording::unit_of_difference(&quantity.unit));
    let percent = score.inside * 100 / score.samples;
    let samples = wording::count(score.samples as u64);
    let of = if score.samples == 1 { "1 sample".to_string() } else { format!("{samples} samples") };
    Some(format!("{} within {off} on average, {percent} % of {of} inside its 90 % band", quantity.title))
}
