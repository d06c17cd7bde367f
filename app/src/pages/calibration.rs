//! A model held against a window of its asset's past: parameters dragged by hand or looked for, and what comes of them.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::{
    Timestamp,
    id::AssetId,
    model::{Role, Signal as OfModel},
};

use super::{WithAsset, once_open};
use crate::{
    browser,
    components::{
        CalibrationForm, CalibrationList, CalibrationResult, FittedPlot, LinkNote, Measured, StretchTools, TrendPlot,
        WindowNote,
    },
    live::{
        Live,
        asset::LiveAsset,
        calibration::{Calibration, FIND},
        stretch::{Shown, Stretch, View},
    },
    plot::trend::Detail,
    wording,
};

/// The name of the chosen signal in the address.
const SHOW: &str = "show";
/// How long a window has stood when it is fetched.
const SETTLED: Duration = Duration::from_millis(400);

#[component]
pub fn CalibrationPage() -> impl IntoView {
    view! {
        <WithAsset page=|live, asset_id| {
            once_open(live, asset_id, |live, asset_id| view! { <OneCalibration live asset_id /> }.into_any())
        } />
    }
}

/// The signals that a model can be held against.
fn measured_of(asset: &LiveAsset) -> Vec<Measured> {
    let measured = |(signal, own): (u16, &OfModel)| {
        let decimals = wording::decimals(own.range);
        let measured = Measured { signal, title: own.title.clone(), unit: own.unit.clone(), decimals };
        matches!(own.role, Role::Measured { .. }).then_some(measured)
    };
    (0u16..).zip(&asset.model.signals).filter_map(measured).collect()
}

#[component]
fn OneCalibration(live: Live, asset_id: AssetId) -> impl IntoView {
    let known =
        live.read(&asset_id, |asset, _| (asset.view.title.clone(), asset.view.path.clone(), measured_of(asset)));
    let Some((title, path, signals)) = known else { return ().into_any() };
    let query = use_query_map().get_untracked();
    let name_of = move |live: Live, asset_id: &AssetId, signal: u16| {
        let name = |asset: &LiveAsset| asset.model.signals.get(usize::from(signal)).map(|own| own.name.clone());
        live.read(asset_id, |asset, _| name(asset)).flatten()
    };
    let asked = query.get(SHOW).and_then(|name| live.read(&asset_id, |asset, _| asset.model.signal(&name)).flatten());
    let asked = asked.filter(|asked| signals.iter().any(|own| own.signal == *asked));
    let first = asked.or(signals.first().map(|own| own.signal)).unwrap_or(0);
    let calibration = Calibration::new(live, asset_id.clone(), first, query.get(FIND).as_deref());
    let head = view! {
        <Title text=format!("Calibration of {title}") />
        <header class="calibration-page__head">
            <p class="calibration-page__path">
                <a href=format!("/assets/{asset_id}")>"Back to live"</a>
                <span>{path}</span>
            </p>
            <h1>{format!("Calibration of {title}")}</h1>
        </header>
        <LinkNote live />
    };
    if signals.is_empty() || calibration.parameters.with_value(Vec::is_empty) {
        return view! {
            <article class="calibration-page">
                {head}
                <section class="notice">
                    <h2>"Nothing to calibrate"</h2>
                    <p>
                        "The model of this asset has no parameter that is marked to be calibrated, or no signal to hold it against. In its file, "
                        <code>"calibrate = true"</code> " marks a parameter."
                    </p>
                </section>
            </article>
        }
        .into_any();
    }
    let (shown, busy, flags) = (Shown::new(View::Around), RwSignal::new(0), RwSignal::new(Vec::new()));
    let id = asset_id.clone();
    Effect::new(move |_| browser::address::keep_view(shown));
    Effect::new(move |_| {
        let view = shown.view.get();
        let of = |asset: &LiveAsset, now: Timestamp| {
            let newest = asset.newest().unwrap_or(now).min(now);
            // Without one, the window is as long as the model looks ahead, until the newest measurement.
            match view {
                View::Around => Stretch::new(Timestamp(newest.0 - asset.model.horizon.0), newest),
                View::Last(span) => Stretch::new(Timestamp(now.0 - span.0), now),
                View::Held(held) => Stretch { to: held.to.min(now).max(held.from), ..held },
            }
        };
        let Some(window) = live.read(&id, of) else { return };
        if view == View::Around {
            return shown.view.set(View::Held(window));
        }
        let settled = move || {
            if shown.view.try_get_untracked() == Some(view) && calibration.window.get_untracked() != Some(window) {
                calibration.open(window);
            }
        };
        set_timeout(settled, SETTLED);
    });
    Effect::new(move |_| on_cleanup(move || calibration.close()));
    let id = asset_id.clone();
    let choose = move |event: leptos::ev::Event| {
        if let Ok(signal) = event_target_value(&event).parse() {
            calibration.shown.set(signal);
            browser::address::note(SHOW, name_of(live, &id, signal).as_deref());
            calibration.compare();
        }
    };
    let option = |own: &Measured| {
        let signal = own.signal;
        view! {
            <option value=signal.to_string() selected=move || calibration.shown.get() == signal>
                {own.title.clone()}
            </option>
        }
    };
    let options = signals.iter().map(option).collect_view();
    let quantity = Signal::derive(move || usize::from(calibration.shown.get()));
    let signals = StoredValue::new(signals);
    view! {
        <article class="calibration-page">
            {head}
            <section class="calibration-page__card" aria-labelledby="window-title">
                <div class="calibration-page__row">
                    <h2 id="window-title">"Window"</h2>
                    <label>
                        "Signal "
                        <select class="field" on:change=choose>
                            {options}
                        </select>
                    </label>
                    <StretchTools live asset_id=asset_id.clone() shown busy />
                </div>
                <TrendPlot
                    live
                    asset_id=asset_id.clone()
                    quantity
                    detail=Detail::Full
                    shown=shown
                    busy=busy
                    flags=flags
                    name="The window is what this chart shows, until now"
                />
                <WindowNote calibration />
            </section>
            <section class="calibration-page__card" aria-labelledby="model-title">
                <h2 id="model-title">"Model over this window"</h2>
                <p class="calibration-page__note">
                    <strong>"Simulation."</strong>
                    " Stepped in this browser from the twin as it was when the window began, uncorrected by what is measured. No twin changes by it."
                </p>
                <div class="calibration-page__both">
                    <CalibrationForm calibration />
                    <div>
                        <FittedPlot calibration signals />
                    </div>
                </div>
                <CalibrationResult calibration />
            </section>
            <CalibrationList live calibration />
        </article>
    }
    .into_any()
}
