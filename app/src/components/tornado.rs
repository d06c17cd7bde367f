//! How far each slider alone can move the shown quantity, for who asks.

use leptos::{html::Details, prelude::*};
use twin::id::AssetId;

use crate::{
    live::{Live, lab::Lab},
    pages::part::{Apart, Bars, PartOf},
};

#[component]
pub fn Tornado(live: Live, asset_id: AssetId, lab: Lab, shown: Signal<usize>) -> impl IntoView {
    let details = NodeRef::<Details>::new();
    let is_opened = RwSignal::new(false);
    let toggled = move |_| {
        let is_open = details.get_untracked().is_some_and(|details| details.open());
        lab.swing(is_open);
        if is_open {
            is_opened.set(true);
        }
    };
    let bars = move || {
        let of = Apart::Bars(Box::new(Bars { live, asset_id: asset_id.clone(), lab, shown }));
        is_opened.get().then(|| view! { <PartOf of /> })
    };
    view! {
        <details class="fold tornado" node_ref=details on:toggle=toggled>
            <summary>"What moves it most"</summary>
            {bars}
        </details>
    }
}
