//! What a chart shows as a table and as a file, for who asks.

use leptos::{html::Details, prelude::*};
use twin::id::AssetId;
use wire::view::FlagView;

use crate::{
    live::{Live, stretch::Shown},
    pages::part::{Apart, PartOf, Rows},
};

#[component]
pub fn PlotTable(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    kept: Signal<Vec<char>>,
    shown: Shown,
    /// What happened in the stretch that is shown, and around it.
    flags: Signal<Vec<FlagView>>,
) -> impl IntoView {
    let details = NodeRef::<Details>::new();
    let (is_open, is_opened) = (RwSignal::new(false), RwSignal::new(false));
    let toggled = move |_| {
        is_open.set(details.get_untracked().is_some_and(|details| details.open()));
        if is_open.get_untracked() {
            is_opened.set(true);
        }
    };
    let rows = move || {
        let of = Rows { live, asset_id: asset_id.clone(), quantity, kept, shown, flags, is_open };
        is_opened.get().then(|| view! { <PartOf of=Apart::Rows(Box::new(of)) /> })
    };
    view! {
        <details class="fold plot-table" node_ref=details on:toggle=toggled>
            <summary>"As a table"</summary>
            {rows}
        </details>
    }
}
