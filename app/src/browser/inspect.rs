//! A small window for tests and benches: `window.twinlight`. It reads what is shown and changes only what a user could.
//!
//! | call | answer |
//! | --- | --- |
//! | `diagnostics()` | what the panel of diagnostics shows, a name and a value a line, a tab between |
//! | `memory()` | how many bytes of memory the program has |
//! | `points(asset, signal)` | the samples in this tab, `[[t in microseconds, value], ...]`, oldest first |
//! | `verification(asset)` | `{state: "not verified" \| "verified" \| "differs" \| "other kernel", entries?, seq?, version?}` |
//! | `coalesced(asset)` | the spans of entries that came coalesced, `[[first seq, last seq], ...]`, oldest first |
//! | `link()` | `"connecting"`, `"live"`, `"delayed"`, `"stale"`, `"reconnecting"` or `"outdated"` |
//! | `redraw(slider, value)` | moves a slider of the page; milliseconds from its handler to pixels that were read back |
//! | `seq(asset)` | the last entry taken in |
//! | `replay()` | where the replay of the page stands: `[entry, hash of the twin after it, first entry, last entry]` |
//! | `rehearse(packed model in hexadecimal, steps, seed)` | a promise of the end of a model's scripted life: `state projection entries late refused` |

use std::{cell::RefCell, rc::Rc};

use futures::FutureExt;
use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::GetUntracked;
use twin::id::AssetId;
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::future_to_promise;

use super::{canvas, clock, diagnostics, frame, workers};
use crate::{
    live::{Live, verification::Verification},
    pages::part,
};

type MoveSlider = Rc<dyn Fn(&str, f64) -> bool>;

type Standing = Rc<dyn Fn() -> Option<(u64, String, u64, u64)>>;

thread_local! {
    static LAB: RefCell<Option<(AssetId, MoveSlider)>> = const { RefCell::new(None) };
    static REPLAY: RefCell<Option<Standing>> = const { RefCell::new(None) };
}

/// The sliders of the page that is open; `None` when it closes.
pub fn set_lab(lab: Option<(AssetId, MoveSlider)>) {
    LAB.replace(lab);
}

/// Where the replay of the page that is open stands; `None` when it closes.
pub fn set_replay(standing: Option<Standing>) {
    REPLAY.replace(standing);
}

/// Puts the window there.
pub fn open(live: Live) {
    let object = Object::new();
    let put = |name: &str, function: JsValue| {
        Reflect::set(&object, &JsValue::from_str(name), &function).ok();
    };
    put(
        "points",
        Closure::<dyn Fn(String, JsValue) -> JsValue>::new(move |asset: String, signal: JsValue| {
            points(live, &asset, &signal).unwrap_or(JsValue::NULL)
        })
        .into_js_value(),
    );
    put(
        "verification",
        Closure::<dyn Fn(String) -> JsValue>::new(move |asset: String| {
            verification(live, &asset).unwrap_or(JsValue::NULL)
        })
        .into_js_value(),
    );
    put(
        "seq",
        Closure::<dyn Fn(String) -> JsValue>::new(move |asset: String| {
            let seq = AssetId::parse(&asset).ok().and_then(|id| live.read(&id, |asset, _| asset.seq));
            seq.map_or(JsValue::NULL, |seq| JsValue::from_f64(seq as f64))
        })
        .into_js_value(),
    );
    put("replay", Closure::<dyn Fn() -> JsValue>::new(|| replay().unwrap_or(JsValue::NULL)).into_js_value());
    put(
        "coalesced",
        Closure::<dyn Fn(String) -> JsValue>::new(move |asset: String| {
            coalesced(live, &asset).unwrap_or(JsValue::NULL)
        })
        .into_js_value(),
    );
    put(
        "link",
        Closure::<dyn Fn() -> String>::new(move || live.link.get_untracked().word().to_string()).into_js_value(),
    );
    put("diagnostics", Closure::<dyn Fn() -> String>::new(move || diagnostics::rows(live)).into_js_value());
    put("memory", Closure::<dyn Fn() -> f64>::new(workers::memory_bytes).into_js_value());
    put(
        "redraw",
        Closure::<dyn Fn(String, f64) -> f64>::new(|slider: String, value| redraw(&slider, value)).into_js_value(),
    );
    put(
        "rehearse",
        Closure::<dyn Fn(String, f64, f64) -> Promise>::new(|packed: String, steps, seed| {
            let rehearsed = part::rehearsed(packed, steps as i64, seed as u64);
            future_to_promise(rehearsed.map(|end| Ok(end.unwrap_or_default().into())))
        })
        .into_js_value(),
    );
    frame::expose("twinlight", &object);
}

fn points(live: Live, asset: &str, signal: &JsValue) -> Option<JsValue> {
    let asset_id = AssetId::parse(asset).ok()?;
    live.read(&asset_id, |asset, _| {
        let number = match signal.as_f64() {
            Some(number) => number as u16,
            None => asset.model.signal(&signal.as_string()?)?,
        };
        let points = asset.track(usize::from(number))?.points();
        let pair = |p: &twin::series::Point| Array::of2(&JsValue::from_f64(p.t.0 as f64), &JsValue::from_f64(p.value));
        Some(points.iter().map(pair).collect::<Array>().into())
    })?
}

fn coalesced(live: Live, asset: &str) -> Option<JsValue> {
    let asset_id = AssetId::parse(asset).ok()?;
    live.read(&asset_id, |asset, _| {
        let pair = |(from, to): (u64, u64)| Array::of2(&JsValue::from_f64(from as f64), &JsValue::from_f64(to as f64));
        asset.coalesced_spans().map(pair).collect::<Array>().into()
    })
}

fn replay() -> Option<JsValue> {
    let (seq, hash, first, last) = REPLAY.with_borrow(Clone::clone)?()?;
    let number = |seq: u64| JsValue::from_f64(seq as f64);
    Some(Array::of4(&number(seq), &hash.into(), &number(first), &number(last)).into())
}

fn verification(live: Live, asset: &str) -> Option<JsValue> {
    let asset_id = AssetId::parse(asset).ok()?;
    let verdict = live.read(&asset_id, |asset, _| asset.verification())?;
    let (state, field) = match verdict {
        Verification::NotVerified => ("not verified", None),
        Verification::Verified { entries } => ("verified", Some(("entries", entries as f64))),
        Verification::Differs { seq } => ("differs", Some(("seq", seq as f64))),
        Verification::OtherKernel { version } => ("other kernel", Some(("version", f64::from(version)))),
    };
    let object = Object::new();
    Reflect::set(&object, &"state".into(), &state.into()).ok();
    if let Some((name, value)) = field {
        Reflect::set(&object, &name.into(), &value.into()).ok();
    }
    Some(object.into())
}

/// Not a number where the page has no such slider.
fn redraw(slider: &str, value: f64) -> f64 {
    let Some((asset_id, move_slider)) = LAB.with_borrow(Clone::clone) else { return f64::NAN };
    let began = clock::precise_millis();
    if !move_slider(slider, value) {
        return f64::NAN;
    }
    canvas::flush(&asset_id);
    clock::precise_millis() - began
}
