//! How an asset works: inputs, parts and what they give each other, what comes out, with the values of this moment.

use leptos::{html::Div, prelude::*, task::spawn_local};
use twin::id::AssetId;

use crate::{api, browser, live::Live, wording};

/// Drawn by the server, which has the model file; the values are filled in here.
#[component]
pub fn ProcessSketch(live: Live, asset_id: AssetId) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let is_drawn = RwSignal::new(false);
    let id = asset_id.to_string();
    Effect::new(move |_| {
        let id = id.clone();
        spawn_local(async move {
            // Without an answer there is no picture; every value has a tile.
            if let Ok(html) = api::asset::told(id, String::new()).await
                && let Some(place) = place.try_get_untracked().flatten()
            {
                place.set_inner_html(&html);
                is_drawn.try_set(true);
            }
        });
    });
    Effect::new(move |_| {
        let Some(place) = place.get().filter(|_| is_drawn.get()) else { return };
        live.watch(&asset_id, |asset, now| {
            browser::sheet::fill(&place, &|number| {
                let quantity = asset.model.quantities.get(number)?;
                let value = asset.reading(number, now).value();
                let text = wording::quantity(value, wording::decimals(quantity.range), &quantity.unit);
                Some((text, asset.side(number, now).is_some()))
            });
        });
    });
    view! {
        <div class="process-sketch" hidden=move || !is_drawn.get()>
            <h2 id="sketch-title">"How it works"</h2>
            <div class="process-sketch__scroll" node_ref=place tabindex="0" role="region" aria-labelledby="sketch-title"></div>
        </div>
    }
}
