//! That what was learned from recordings is on its way, or did not come: twins that read with it wait until then.

use leptos::{prelude::*, task::spawn_local};
use twin::id::AssetId;

use crate::{
    live::{Live, heard},
    pages::part,
};

/// Of one asset, until all of it is there; without one nothing but that something did not come.
#[component]
pub fn LearnedNote(live: Live, #[prop(optional)] asset_id: Option<AssetId>) -> impl IntoView {
    let is_lost = move || heard(live.is_unlearned);
    // Without scripts nothing is on its way.
    let is_hidden = move || match &asset_id {
        Some(asset_id) => !heard(live.is_mounted) || live.is_open(asset_id),
        None => !is_lost(),
    };
    let words = move || {
        if is_lost() {
            "What was learned from recordings could not be loaded. Twins that read with it wait until it is there."
        } else {
            "Loading what was learned from recordings\u{2026}"
        }
    };
    view! {
        <div class="learned-note" class=("learned-note--lost", is_lost) hidden=is_hidden>
            <p role="status">{words}</p>
            <button
                type="button"
                class="button"
                hidden=move || !is_lost()
                on:click=move |_| spawn_local(part::open_learned(live))
            >
                "Try again"
            </button>
        </div>
    }
}
