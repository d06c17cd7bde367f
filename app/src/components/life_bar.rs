//! How long an asset lasts: from when to when on a bar, and in words.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::live::Live;

#[component]
pub fn LifeBar(live: Live, asset_id: AssetId) -> impl IntoView {
    let html = Memo::new(move |_| live.watch(&asset_id, |asset, now| asset.life(now)).unwrap_or_default());
    view! { <div class="life-bar" inner_html=html></div> }
}
