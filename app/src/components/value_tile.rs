//! One quantity: its value, where that comes from, its normal band. It chooses what the chart shows.

use leptos::prelude::*;
use twin::id::AssetId;

use super::BandBar;
use crate::{
    live::{Live, asset::LiveAsset, condition::Reading},
    wording,
};

#[component]
pub fn ValueTile(
    live: Live,
    asset_id: AssetId,
    quantity: usize,
    /// The quantity that the chart shows.
    shown: Signal<usize>,
    on_choose: Callback<usize>,
) -> impl IntoView {
    let known = live.read(&asset_id, |asset, _| asset.model.quantities.get(quantity).cloned()).flatten();
    let Some(known) = known else { return ().into_any() };
    let decimals = wording::decimals(known.range);
    let unit = wording::unit(&known.unit);
    let id = asset_id.clone();
    let reading = move || live.watch(&id, |asset, now| (asset.reading(quantity, now), now));
    let value = {
        let reading = reading.clone();
        move || wording::number(reading().map_or(f64::NAN, |(reading, _)| reading.value()), decimals)
    };
    let number = move |value| wording::number(value, decimals);
    let origin = move || match reading() {
        Some((Reading::Measured { at, .. }, now)) => format!("measured {}", wording::age(now - at)),
        Some((Reading::Estimated { band }, _)) => {
            format!("twin, 90 %: {} to {}", number(band.low), number(band.high))
        }
        Some((Reading::Predicted { band, measured_at }, now)) => {
            let age = wording::age(now - measured_at);
            format!("predicted, 90 %: {} to {}; measured {age}", number(band.low), number(band.high))
        }
        _ => "no value yet".to_string(),
    };
    let id = asset_id.clone();
    let is_abnormal = move || live.watch(&id, |asset, now| asset.side(quantity, now)).flatten().is_some();
    let id = asset_id.clone();
    let ahead = Memo::new(move |_| {
        let of = |asset: &LiveAsset, now| Some((asset.next_limit(quantity, now)?, asset.model.horizon));
        let ((is_upper, meeting), horizon) = live.watch(&id, of).flatten()?;
        let side = if is_upper { "above" } else { "below" };
        Some(format!("{side} normal {}", wording::meeting(&meeting, horizon)))
    });
    let id = asset_id.clone();
    let is_predicted = move || live.watch(&id, |asset, now| asset.predicted(quantity, now)).flatten().is_some();
    let pressed = move || if shown.get() == quantity { "true" } else { "false" };
    view! {
        <button
            type="button"
            class="value-tile"
            class=("value-tile--abnormal", is_abnormal)
            class=("value-tile--predicted", is_predicted)
            aria-pressed=pressed
            data-quantity=known.name
            on:click=move |_| on_choose.run(quantity)
        >
            <span class="value-tile__title">{known.title}</span>
            <span class="value-tile__value">
                <strong>{value}</strong>
                <span class="value-tile__unit">{unit}</span>
            </span>
            <BandBar live asset_id=asset_id.clone() quantity />
            <span class="value-tile__origin">{origin}</span>
            {known
                .normal
                .is_some()
                .then(|| {
                    view! {
                        <span class="value-tile__ahead" hidden=move || ahead.with(Option::is_none)>
                            {move || ahead.get()}
                        </span>
                    }
                })}
        </button>
    }
    .into_any()
}
