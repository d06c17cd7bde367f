//! How far the twin was off: what was measured minus what it had expected, in a lane that shares the chart's time.

use leptos::prelude::*;
use twin::{id::AssetId, model::Role};

use super::TrendPlot;
use crate::{
    live::{Live, asset::LiveAsset, stretch::Shown},
    plot::trend::Detail,
    wording,
};

/// Nothing where the quantity is not compared with the twin: inputs are given to it.
#[component]
pub fn ResidualPlot(live: Live, asset_id: AssetId, quantity: Signal<usize>, shown: Shown) -> impl IntoView {
    let id = asset_id.clone();
    let unit = Memo::new(move |_| {
        let unit = |asset: &LiveAsset| {
            let signal = asset.model.signals.get(quantity.get())?;
            let is_compared = matches!(signal.role, Role::Measured { .. });
            is_compared.then(|| wording::unit(wording::unit_of_difference(&signal.unit)))
        };
        live.read(&id, |asset, _| unit(asset)).flatten()
    });
    let summary = Signal::derive(move || {
        let unit = unit.get().unwrap_or_default();
        let unit = if unit.is_empty() { unit } else { format!(" in {unit}") };
        format!("Measured minus twin{unit}; nine of ten are expected inside of the band")
    });
    view! {
        <div hidden=move || unit.with(Option::is_none)>
            <TrendPlot live asset_id quantity detail=Detail::Residuals summary=summary shown=shown />
        </div>
    }
}
