//! That what was learned from recordings is on its way, or did not come: twins that read with it wait until then.

use leptos::{prelude::*, task::spawn_local};
use twin::id::AssetId;

use crate::{
    live::{Live, Opening, heard},
    pages::part,
};

/// Asks for it where somebody looks: of one asset, until all of it is there; without one of all, and nothing is said but that
/// something did not come.
#[component]
pub fn LearnedNote(live: Live, #[prop(optional)] asset_id: Option<AssetId>) -> impl IntoView {
    let is_lost = move || heard(live.opening) == Opening::Lost;
    let id = asset_id.clone();
    Effect::new(move |_| {
        if id.as_ref().is_none_or(|id| !live.is_open(id)) && live.opening.get_untracked() == Opening::Rests {
            spawn_local(part::open_learned(live));
        }
    });
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
