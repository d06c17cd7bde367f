//! Calls at the browser's own pace: before the next paint, every so often, and when something happens to the tab.

use std::time::Duration;

use leptos::prelude::{on_cleanup, set_interval_with_handle};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::VisibilityState;

/// Calls `draw` once, before the next paint; not while the tab is hidden.
pub fn on_frame(draw: impl FnOnce() + 'static) {
    let draw = Closure::once_into_js(draw);
    super::window().request_animation_frame(draw.unchecked_ref()).ok();
}

/// Calls `tick` every `period_millis` for as long as the tab lives.
pub fn every(period_millis: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    super::window().set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), period_millis).ok();
}

/// Calls `tick` every `period` until the component that asks for it is gone; not while the tab is hidden.
pub fn every_while_shown(period: Duration, tick: impl Fn() + 'static) {
    let timer = set_interval_with_handle(
        move || {
            if is_visible() {
                tick();
            }
        },
        period,
    );
    if let Ok(timer) = timer {
        on_cleanup(move || timer.clear());
    }
}

/// Calls `wake` whenever the network is back or the tab is looked at again.
pub fn on_wake(wake: impl FnMut() + 'static) {
    let wake = Closure::<dyn FnMut()>::new(wake).into_js_value();
    let window = super::window();
    window.add_event_listener_with_callback("online", wake.unchecked_ref()).ok();
    if let Some(document) = window.document() {
        document.add_event_listener_with_callback("visibilitychange", wake.unchecked_ref()).ok();
    }
}

/// Calls `changed` whenever this media query begins or ceases to hold.
pub fn on_media(query: &str, changed: impl FnMut() + 'static) {
    if let Ok(Some(list)) = super::window().match_media(query) {
        let changed = Closure::<dyn FnMut()>::new(changed).into_js_value();
        list.add_event_listener_with_callback("change", changed.unchecked_ref()).ok();
        // The list must live as long as its listener.
        std::mem::forget(list);
    }
}

pub fn is_visible() -> bool {
    super::window().document().is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Whether what is seen is about to be on paper.
pub fn is_printed() -> bool {
    super::window().match_media("print").ok().flatten().is_some_and(|list| list.matches())
}

pub fn prefers_reduced_motion() -> bool {
    super::window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|list| list.matches())
}

/// A value as JavaScript sees it, put on the window under `name`.
pub fn expose(name: &str, value: &JsValue) {
    js_sys::Reflect::set(&super::window(), &JsValue::from_str(name), value).ok();
}
