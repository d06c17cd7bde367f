//! What the page of an asset says of it in words.

use twin::{
    Model, Span,
    gauge::Kind,
    model::{Action, Cost, LatentKind, Role},
    twin::Band,
};

use crate::{
    live::{asset::LiveAsset, condition::Reading, outlook::Meeting},
    wording,
};

/// What of an asset does not move.
pub struct Facts {
    pub title: String,
    pub path: String,
    pub headline: usize,
    pub signals: usize,
    pub quantities: Vec<String>,
    /// Each input and what it does after now.
    pub futures: Vec<(String, String)>,
    /// Prices of the model and of its repairs.
    pub costs: Vec<String>,
    pub model_title: String,
    pub source: String,
    pub has_physics: bool,
    /// Whether it was learned what comes next, and no formula says it.
    pub has_outlook: bool,
    /// Whether it has parameters that can be calibrated.
    pub has_parameters: bool,
}

impl Facts {
    pub fn of(asset: &LiveAsset) -> Facts {
        let model = &asset.model;
        let future = |signal: &twin::model::Signal| match signal.role {
            Role::Input { future, is_known } => {
                let decimals = wording::decimals(signal.range);
                Some((signal.title.clone(), wording::future(future, is_known, &signal.unit, decimals)))
            }
            Role::Measured { .. } => None,
        };
        Facts {
            title: asset.view.title.clone(),
            path: asset.view.path.clone(),
            headline: model.headline,
            signals: model.signals.len(),
            quantities: model.quantities.iter().map(|quantity| quantity.name.clone()).collect(),
            futures: model.signals.iter().filter_map(future).collect(),
            costs: costs_of(model),
            model_title: model.title.clone(),
            source: model.source.clone(),
            has_physics: model.has_physics(),
            has_outlook: !model.has_physics() && model.gauges.iter().any(|gauge| gauge.kind == Kind::Outlook),
            has_parameters: model.latents.iter().any(|latent| latent.kind == LatentKind::Parameter),
        }
    }
}

fn costs_of(model: &Model) -> Vec<String> {
    let price = |cost: &Cost| format!("{}: {}", cost.title, wording::as_set(cost.value, &cost.unit));
    let action = |action: &Action| Some(format!("{}: {}", action.title, wording::money(action.cost?)));
    model.costs.iter().map(price).chain(model.actions.iter().filter_map(action)).collect()
}

/// In which regime each part of the asset is, where the model knows any.
pub fn regimes_of(asset: &LiveAsset) -> String {
    let title = |number: &u16| asset.model.regimes.get(usize::from(*number)).map(|regime| regime.title.as_str());
    asset.regimes.iter().filter_map(title).collect::<Vec<&str>>().join(" \u{b7} ")
}

/// What the chart shows, for whoever does not see it.
pub fn summary_of(asset: &LiveAsset, shown: usize, now: twin::Timestamp) -> String {
    let Some(quantity) = asset.model.quantities.get(shown) else { return String::new() };
    let decimals = wording::decimals(quantity.range);
    let words = |value| wording::quantity(value, decimals, &quantity.unit);
    let around = |band: &Band| {
        format!("{} (90 %: {} to {})", words(band.mid), wording::number(band.low, decimals), words(band.high))
    };
    let present = match asset.reading(shown, now) {
        _ if asset.frozen_at().is_some() => {
            format!("{} from where it is frozen, {}", quantity.title, wording::iso_instant(asset.shown_now(now)))
        }
        Reading::Measured { value, .. } => format!("{} is {} as measured", quantity.title, words(value)),
        Reading::Estimated { band } => format!("{} is {} by the twin", quantity.title, around(&band)),
        Reading::Predicted { band, .. } => {
            format!("{} is predicted at {} by the twin", quantity.title, around(&band))
        }
        Reading::Nothing => return format!("{}: no value yet.", quantity.title),
    };
    let future = asset.baseline();
    let stop = future.and_then(|baseline| baseline.stop(&asset.model));
    if !asset.model.has_physics() {
        return format!("{present}.");
    }
    match (stop, future.and_then(|baseline| baseline.bands.get(shown)?.last())) {
        (Some(stop), _) => {
            let [low, mid, high] = [stop.early, stop.mid, stop.late].map(|t| Span((t - asset.shown_now(now)).0.max(0)));
            // Where fewer than 19 of 20 stop, the last of them do after all that is foreseen.
            let is_within = future.and_then(|baseline| baseline.times.last()).is_some_and(|end| stop.late < *end);
            let stops =
                wording::meeting(&Meeting::In { mid, low, high: is_within.then_some(high) }, asset.model.horizon);
            format!("{present}; by the forecast the asset stops {stops}.")
        }
        (None, Some(band)) => {
            format!("{present}; forecast for {} ahead: {}.", wording::span(asset.model.horizon), around(band))
        }
        (None, None) => format!("{present}."),
    }
}
