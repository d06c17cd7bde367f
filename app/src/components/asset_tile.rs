//! One asset of the fleet: how it is, what it shows, what happens next. The whole tile is a link.

use leptos::prelude::*;
use twin::id::AssetId;

use super::{AssetBadges, BandBar, StateBadge, TrendPlot};
use crate::{
    live::{Live, outlook::Meeting},
    plot::trend::Detail,
    wording,
};

#[component]
pub fn AssetTile(live: Live, asset_id: AssetId) -> impl IntoView {
    let facts = live.read(&asset_id, |asset, _| {
        let headline = asset.model.headline;
        (asset.view.title.clone(), asset.view.path.clone(), headline, asset.model.quantities.get(headline).cloned())
    });
    let Some((title, path, headline, Some(quantity))) = facts else { return ().into_any() };
    let decimals = wording::decimals(quantity.range);
    let id = asset_id.clone();
    let value = move || {
        let value = live.watch(&id, |asset, now| asset.reading(headline, now).value());
        wording::number(value.unwrap_or(f64::NAN), decimals)
    };
    let id = asset_id.clone();
    let age = move || match live.watch(&id, |asset, now| asset.age(now)).flatten() {
        Some(age) => wording::age(age),
        None => "no sample yet".to_string(),
    };
    let id = asset_id.clone();
    let hint = Memo::new(move |_| {
        live.watch(&id, |asset, now| {
            let (failure, meeting) = asset.next_failure(now)?;
            let title = &asset.model.failures.get(failure)?.title;
            let text = format!("{title} {}", wording::meeting(&meeting, asset.model.horizon));
            Some((text, matches!(meeting, Meeting::Now | Meeting::In { .. })))
        })
        .flatten()
    });
    let hint_text = move || hint.get().map_or_else(|| "The twin waits for data".to_string(), |(text, _)| text);
    let is_near = move || hint.get().is_some_and(|(_, is_near)| is_near);
    view! {
        <a class="asset-tile" href=format!("/assets/{asset_id}") data-asset=asset_id.to_string()>
            <div class="asset-tile__head">
                <h2>{title}</h2>
                <StateBadge live asset_id=asset_id.clone() />
            </div>
            <p class="asset-tile__path">{path}</p>
            <p class="asset-tile__value">
                <span class="asset-tile__quantity">{quantity.title}</span>
                <strong class="asset-tile__number">{value}</strong>
                <span class="asset-tile__unit">{wording::unit(&quantity.unit)}</span>
            </p>
            <BandBar live asset_id=asset_id.clone() quantity=headline />
            <TrendPlot live asset_id=asset_id.clone() quantity=Signal::stored(headline) detail=Detail::Lines />
            <p class="asset-tile__hint" class=("asset-tile__hint--near", is_near)>
                {hint_text}
            </p>
            <div class="asset-tile__foot">
                <span class="asset-tile__age">{age}</span>
                <AssetBadges live asset_id=asset_id.clone() />
            </div>
        </a>
    }
    .into_any()
}
