//! A model held against a window of its asset's past: parameters dragged by hand or looked for, and what comes of them.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::{
    Model, Timestamp, calibrate,
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
        calibration::{Calibration, FIND, SET},
        stretch::{Shown, Stretch, View},
    },
    plot::trend::Detail,
    wording,
};

/// The name of the chosen signal in the address.
const SHOW: &str = "show";
/// What a model file says of what can be calibrated.
const EXAMPLE: &str = r#"[signal]
top_oil = { unit = "degC", range = [-50, 200], noise = 0.5, observes = "oil" }

[parameter]
rise_oil = { unit = "K", value = 60, bounds = [20, 120], calibrate = true, spread = 4, drift = 0.5 }"#;
/// Why a window is not shown that begins after now.
const AHEAD: &str = "The stretch of time in the address has not come yet";
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

/// The signals that a model is held against.
fn measured_of(asset: &LiveAsset) -> Vec<Measured> {
    let measured = |(signal, own): (u16, &OfModel)| {
        let decimals = wording::decimals(own.range);
        let measured = Measured { signal, title: own.title.clone(), unit: own.unit.clone(), decimals };
        matches!(own.role, Role::Measured { .. }).then_some(measured)
    };
    (0u16..).zip(&asset.model.signals).filter_map(measured).collect()
}

/// What a model lacks before anything of it can be calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Equations,
    Signals,
    Parameters,
}

impl Lack {
    fn of(model: &Model) -> Option<Lack> {
        let is_measured = |own: &OfModel| matches!(own.role, Role::Measured { .. });
        if !model.has_physics() {
            Some(Lack::Equations)
        } else if !model.signals.iter().any(is_measured) {
            Some(Lack::Signals)
        } else {
            calibrate::parameters(model).is_empty().then_some(Lack::Parameters)
        }
    }
}

/// Why there is nothing to calibrate, and what the model's file needs before there is.
fn nothing_of(lack: Lack) -> impl IntoView {
    let why = match lack {
        Lack::Equations => {
            "The model of this asset has no equations: what it says was learned, and it is learned anew by training."
        }
        Lack::Signals => {
            "The model of this asset says nothing that is measured: there is nothing to hold its parameters against."
        }
        Lack::Parameters => "The model of this asset has no parameter that is marked to be calibrated.",
    };
    let has_equations = lack != Lack::Equations;
    view! {
        <p>{why}</p>
        <p hidden=!has_equations>
            "Its file has to say what of the model a signal observes and how far its sensor is off, and of each parameter that may be another one between which bounds it is, and how unsure that is:"
        </p>
        <pre hidden=!has_equations tabindex="0" role="region" aria-label="An example of a model file">
            {EXAMPLE}
        </pre>
    }
}

#[component]
fn OneCalibration(live: Live, asset_id: AssetId) -> impl IntoView {
    let known = live.read(&asset_id, |asset, _| {
        (asset.view.title.clone(), asset.view.path.clone(), measured_of(asset), Lack::of(&asset.model))
    });
    let Some((title, path, signals, lack)) = known else { return ().into_any() };
    let query = use_query_map().get_untracked();
    let name_of = move |live: Live, asset_id: &AssetId, signal: u16| {
        let name = |asset: &LiveAsset| asset.model.signals.get(usize::from(signal)).map(|own| own.name.clone());
        live.read(asset_id, |asset, _| name(asset)).flatten()
    };
    let asked = query.get(SHOW).and_then(|name| live.read(&asset_id, |asset, _| asset.model.signal(&name)).flatten());
    let asked = asked.filter(|asked| signals.iter().any(|own| own.signal == *asked));
    let first = asked.or(signals.first().map(|own| own.signal)).unwrap_or(0);
    let calibration = Calibration::new(live, asset_id.clone(), first, query.get(FIND).as_deref());
    calibration.ask_for(&query.get(SET).unwrap_or_default());
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
    if let Some(lack) = lack {
        return view! {
            <article class="calibration-page">
                {head}
                <section class="notice calibration-page__nothing">
                    <h2>"Nothing to calibrate"</h2>
                    {nothing_of(lack)}
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
            match view {
                View::Last(span) => (Stretch::new(Timestamp(now.0 - span.0), now), ""),
                View::Held(held) if held.from < now => (Stretch { to: held.to.min(now), ..held }, ""),
                // Without one that has come, it is as long as the model looks ahead, until the newest measurement.
                View::Around | View::Held(_) => {
                    let usual = Stretch::new(Timestamp(newest.0 - asset.model.horizon.0), newest);
                    (usual, if view == View::Around { "" } else { AHEAD })
                }
            }
        };
        let Some((window, misread)) = live.read(&id, of) else { return };
        if !misread.is_empty() {
            shown.misread.set(misread);
        }
        if view == View::Around || !misread.is_empty() {
            // It is another one whenever it is asked for: the address says which it was.
            browser::address::note_view(View::Held(window));
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
    Effect::new(move |_| {
        let moved = calibration.moved();
        // What the address asks for stands there until there is a window.
        let settled = move || {
            if calibration.is_shown()
                && calibration.set.try_with_untracked(|_| calibration.moved()) == Some(moved.clone())
            {
                browser::address::note(SET, moved.as_deref());
            }
        };
        set_timeout(settled, SETTLED);
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lack(parts: &[&str]) -> Option<Lack> {
        let text = format!(
            "id = \"a\"\ntitle = \"A\"\nsource = \"a\"\nstep = \"1 s\"\nhorizon = \"1 h\"\n{}",
            parts.join("\n")
        );
        let model = Model::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        Lack::of(&model)
    }

    const INPUT: &str = "[input]\nin = { title = \"In\", unit = \"K\", range = [0, 9], future = \"hold\" }";
    const STATE: &str = "[state]\nx = { unit = \"K\", initial = 0, rate = \"(p - x) / 1[s]\" }";
    const SIGNAL: &str = "[signal]\ns = { title = \"S\", unit = \"K\", range = [0, 9], noise = 1, observes = \"x\" }";
    const FIXED: &str = "[parameter]\np = { unit = \"K\", value = 1, source = \"a\" }";
    const FOUND: &str =
        "[parameter]\np = { unit = \"K\", value = 1, bounds = [0, 2], calibrate = true, spread = 1, source = \"a\" }";

    #[test]
    fn what_a_model_lacks_is_told_from_what_it_has() {
        assert_eq!(lack(&["headline = \"in\"", INPUT]), Some(Lack::Equations));
        assert_eq!(lack(&["headline = \"s\"", SIGNAL, STATE, FIXED]), Some(Lack::Parameters));
        assert_eq!(lack(&["headline = \"s\"", SIGNAL, STATE, FOUND]), None);
        let output = "[output]\no = { title = \"O\", unit = \"K\", value = \"x\" }";
        assert_eq!(lack(&["headline = \"o\"", output, STATE, FOUND]), Some(Lack::Signals));
    }
}
