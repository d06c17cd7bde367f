//! One asset of the fleet: how it is, what it shows, what happens next. The whole tile is a link.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId};

use super::{AssetBadges, BandBar, LifeBar, StateBadge, TrendPlot};
use crate::{
    live::{Live, asset::LiveAsset},
    plot::trend::Detail,
    wording,
};

#[component]
pub fn AssetTile(live: Live, asset_id: AssetId) -> impl IntoView {
    let facts = live.read(&asset_id, |asset, _| {
        let headline = asset.model.headline;
        let title = (asset.view.title.clone(), asset.view.path.clone());
        (title, asset.has_life(), headline, asset.model.quantities.get(headline).cloned())
    });
    let Some(((title, path), has_life, headline, Some(quantity))) = facts else { return ().into_any() };
    let id = asset_id.clone();
    let words = Memo::new(move |_| live.watch(&id, Words::of).unwrap_or_default());
    let is_near = move || words.with(|words| words.is_near);
    view! {
        <a class="asset-tile" href=format!("/assets/{asset_id}") data-asset=asset_id.to_string()>
            <div class="asset-tile__head">
                <h2>{title}</h2>
                <StateBadge live asset_id=asset_id.clone() />
                <p class="asset-tile__path">{path.replace('/', " / ")}</p>
            </div>
            <div class="asset-tile__now">
                <p class="asset-tile__value">
                    <span class="asset-tile__quantity">{quantity.title}</span>
                    <strong class="asset-tile__number">{move || words.with(|words| words.value.clone())}</strong>
                    <span class="asset-tile__unit">{wording::unit(&quantity.unit)}</span>
                </p>
                <BandBar live asset_id=asset_id.clone() quantity=headline />
                {has_life.then(|| view! { <LifeBar live asset_id=asset_id.clone() /> })}
            </div>
            <TrendPlot live asset_id=asset_id.clone() quantity=Signal::stored(headline) detail=Detail::Lines />
            <p class="asset-tile__hint" class=("asset-tile__hint--near", is_near)>
                {move || words.with(|words| words.hint.clone())}
            </p>
            <div class="asset-tile__foot">
                <span class="asset-tile__age">{move || words.with(|words| words.age.clone())}</span>
                <AssetBadges live asset_id=asset_id.clone() />
            </div>
        </a>
    }
    .into_any()
}

/// What of a tile moves.
#[derive(Debug, Clone, Default, PartialEq)]
struct Words {
    value: String,
    age: String,
    hint: String,
    /// Whether the hint is of something more likely than not.
    is_near: bool,
}

impl Words {
    fn of(asset: &LiveAsset, now: Timestamp) -> Words {
        let model = &asset.model;
        let decimals = model.quantities.get(model.headline).map_or(0, |quantity| wording::decimals(quantity.range));
        let foreseen = || match &asset.outlook {
            None => ("No forecast yet".to_string(), false),
            Some(outlook) => match outlook.hint {
                None => (calm_words(asset, now), false),
                Some(hint) => (hint.words(model, now), hint.mid.is_some()),
            },
        };
        let (hint, is_near) = asset.learned_hint().unwrap_or_else(foreseen);
        let is_predicted = asset.predicted(model.headline, now).is_some();
        let mark = |age: String| if is_predicted { format!("predicted; measured {age}") } else { age };
        Words {
            value: wording::number(asset.reading(model.headline, now).value(), decimals),
            age: asset.age(now).map_or_else(|| "no sample yet".to_string(), |age| mark(wording::age(age))),
            hint,
            is_near,
        }
    }
}

/// What is said where nothing is foreseen; a twin that gives no alarm yet does not vouch for the rest.
fn calm_words(asset: &LiveAsset, now: Timestamp) -> String {
    let within = wording::span(asset.model.horizon);
    let is_alarm = asset.condition(now).finding.is_alarm();
    let Some(found) = asset.found().filter(|found| found.is_learning) else {
        return format!("Nothing {}abnormal likely within {within}", if is_alarm { "else " } else { "" });
    };
    let until = found.learnt_by.filter(|by| *by > now);
    let until = until.map_or_else(String::new, |by| format!(" for about {}", wording::span(by - now)));
    format!(
        "No {}limit likely to be met within {within}; still learning, no other alarm{until}",
        if is_alarm { "other " } else { "" }
    )
}
