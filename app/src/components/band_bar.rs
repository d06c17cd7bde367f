//! A value on a bar with its normal band: where it stands, before any digit is read.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::live::Live;

/// Nothing where the model says no normal band.
#[component]
pub fn BandBar(live: Live, asset_id: AssetId, quantity: usize) -> impl IntoView {
    let normal = live.read(&asset_id, |asset, _| asset.model.quantities.get(quantity).and_then(|q| q.normal)).flatten();
    normal.map(|[low, high]| {
        // The bar reaches half a band beyond the band on either side.
        let (from, length) = (low - (high - low) / 2.0, (high - low) * 2.0);
        let place = Memo::new(move |_| {
            let value = live.watch(&asset_id, |asset, now| asset.reading(quantity, now).value()).unwrap_or(f64::NAN);
            let percent = ((value - from) / length * 100.0).clamp(0.5, 99.5);
            if value.is_finite() { format!("{percent:.1}%") } else { "-10%".to_string() }
        });
        view! {
            <svg class="band-bar" aria-hidden="true">
                <rect class="band-bar__track" x="0" y="5" width="100%" height="6" rx="3" />
                <rect class="band-bar__normal" x="25%" y="5" width="50%" height="6" />
                <line class="band-bar__value" x1=move || place.get() x2=move || place.get() y1="0" y2="100%" />
            </svg>
        }
    })
}
