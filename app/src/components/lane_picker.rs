//! Chooses a quantity of an asset to be compared with others.

use leptos::prelude::*;

use crate::live::{
    Live,
    lanes::{Lane, MOST},
};

/// `lanes` are there already.
#[component]
pub fn LanePicker(live: Live, lanes: Signal<Vec<Lane>>, on_choose: Callback<Lane>) -> impl IntoView {
    let ids = live.asset_ids();
    let group = |(number, asset_id): (usize, &twin::id::AssetId)| {
        let quantities = |asset: &crate::live::asset::LiveAsset| {
            let titles = asset.model.quantities.iter().map(|quantity| quantity.title.clone());
            (asset.view.title.clone(), titles.collect::<Vec<String>>())
        };
        let (title, quantities) = live.read(asset_id, |asset, _| quantities(asset))?;
        let option = |(quantity, title): (usize, String)| {
            view! { <option value=format!("{number}.{quantity}")>{title}</option> }
        };
        let options = super::all(quantities.into_iter().enumerate().map(option));
        Some(view! { <optgroup label=title>{options}</optgroup> })
    };
    let groups = super::all(ids.iter().enumerate().filter_map(group));
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        let lane = value.split_once('.').and_then(|(number, quantity)| {
            let asset_id = ids.get(number.parse::<usize>().ok()?)?.clone();
            Some(Lane { asset_id, quantity: quantity.parse().ok()? })
        });
        if let Some(lane) = lane {
            on_choose.run(lane);
        }
    };
    // The select says what may be chosen next, so it goes back to its first line.
    let is_full = move || lanes.with(|lanes| lanes.len() >= MOST);
    view! {
        <select
            class="field lane-picker"
            aria-label="Add a quantity"
            prop:value=move || lanes.with(|_| String::new())
            disabled=is_full
            on:change=choose
        >
            <option value="">{move || if is_full() { "No more than twelve" } else { "Add a quantity\u{2026}" }}</option>
            {groups}
        </select>
    }
}
