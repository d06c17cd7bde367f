//! The address of the page: where the socket is, and what of the view it carries.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use super::clock;
use crate::{
    live::stretch::{PASTS, Shown, Stretch, View},
    plot::layer::Layers,
    wording,
};

/// What the address calls a stretch of time, here as on the pages of mere words.
const PAST: &str = "past";
const FROM: &str = "from";
const TO: &str = "to";
/// What the address calls the lines that are hidden.
const HIDE: &str = "hide";
/// How long a stretch of time has stood when the address is told of it.
const SETTLED: Duration = Duration::from_millis(300);

/// Where the socket of the server that sent this page is.
pub fn socket() -> String {
    let location = super::window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

/// Puts `name=value` into the address, or takes it out, without a new entry in the history.
pub fn note(name: &str, value: Option<&str>) {
    let Some(address) = with(name, value) else { return };
    if let Ok(history) = super::window().history() {
        let state = history.state().unwrap_or(wasm_bindgen::JsValue::NULL);
        // Too many changes in a short time are refused; the next one carries the value.
        history.replace_state_with_url(&state, "", Some(&address)).ok();
    }
}

/// Loads the page anew, with each `name=value` in its address or without.
pub fn go_with(pairs: &[(&str, Option<&str>)]) {
    if let Some(address) = with_all(pairs) {
        super::window().location().assign(&address).ok();
    }
}

fn with(name: &str, value: Option<&str>) -> Option<String> {
    with_all(&[(name, value)])
}

/// Path and question of the address, with each `name=value` in it or without.
fn with_all(pairs: &[(&str, Option<&str>)]) -> Option<String> {
    let location = super::window().location();
    let params = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    for (name, value) in pairs {
        match value {
            Some(value) => params.set(name, value),
            None => params.delete(name),
        }
    }
    let text: String = params.to_string().into();
    let path = location.pathname().unwrap_or_default();
    Some(if text.is_empty() { path } else { format!("{path}?{text}") })
}

/// What stands for `name` in the address.
pub fn value(name: &str) -> Option<String> {
    UrlSearchParams::new_with_str(&super::window().location().search().ok()?).ok()?.get(name)
}

/// Shows the stretch of time and the lines that the address asks for, and has the address follow what is shown, until the
/// caller's owner is gone.
pub fn keep_view(shown: Shown) {
    let is_asked = [PAST, FROM, TO].into_iter().any(|name| value(name).is_some());
    let asked = if is_asked { view() } else { Ok(View::Around) };
    shown.misread.set(asked.err().unwrap_or_default());
    shown.view.set(asked.unwrap_or_default());
    shown.layers.set(value(HIDE).map_or(Layers::default(), |hidden| Layers::read(&hidden)));
    Effect::new(move |is_first: Option<()>| {
        let layers = shown.layers.get();
        if is_first.is_some() {
            note(HIDE, layers.write().as_deref());
        }
    });
    Effect::new(move |is_first: Option<()>| {
        let view = shown.view.get();
        // Not at every step of a gesture: browsers refuse so many changes of the address.
        let settled = move || {
            if shown.view.try_get_untracked() == Some(view) {
                note_view(view);
            }
        };
        if is_first.is_some() {
            set_timeout(settled, SETTLED);
        }
    });
}

/// The stretch of time that the address asks for, its ends being instants with their offsets, or why there is none.
fn view() -> Result<View, &'static str> {
    let instant = |name| clock::read(&value(name)?);
    View::asked(instant(FROM), instant(TO), value(PAST).as_deref())
}

/// Writes the stretch of time into the address.
pub fn note_view(view: View) {
    let past = match view {
        View::Last(span) => PASTS.iter().find(|(_, _, known)| *known == span).map(|(name, ..)| *name),
        View::Around | View::Held(_) => None,
    };
    let ends = match view {
        View::Held(held) => {
            let Stretch { from, to } = held.rounded();
            Some((wording::rfc3339(from), wording::rfc3339(to)))
        }
        View::Around | View::Last(_) => None,
    };
    note(PAST, past);
    note(FROM, ends.as_ref().map(|(from, _)| from.as_str()));
    note(TO, ends.as_ref().map(|(_, to)| to.as_str()));
}

/// Copies the whole address and says so.
pub fn share(said: Element) {
    let address = super::window().location().href().unwrap_or_default();
    let say = move || {
        said.set_class_name("site-header__said");
        said.set_text_content(Some("Link copied"));
    };
    copy(address, Box::new(say));
}

/// Copies the whole address with `name=value` in it, and says so.
pub fn copy_with(name: &str, value: &str, say: Box<dyn FnOnce()>) {
    let origin = super::window().location().origin().unwrap_or_default();
    if let Some(address) = with(name, Some(value)) {
        copy(origin + &address, say);
    }
}

/// Copies an address; where pages may not do that, shows it to be copied by hand.
fn copy(address: String, say: Box<dyn FnOnce()>) {
    spawn_local(async move {
        let window = super::window();
        // Elsewhere there is no clipboard, and to ask for it would fail.
        let is_copied = window.is_secure_context()
            && JsFuture::from(window.navigator().clipboard().write_text(&address)).await.is_ok();
        if is_copied {
            say();
        } else {
            window.prompt_with_message_and_default("A link to this view", &address).ok();
        }
    });
}

/// The address that the form around an event asks for.
pub fn asked_by(event: &Event) -> Option<String> {
    let within: Element = event.target()?.dyn_into().ok()?;
    asked(&within.closest("form").ok()??.dyn_into().ok()?)
}

/// Whether an event comes from a field that is typed in: more of the same may follow at once.
pub fn is_typed(event: &Event) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.type_() == "search")
}

/// The path of this page, with what a form says in the place of what the address said under the same names.
fn asked(form: &HtmlFormElement) -> Option<String> {
    let location = super::window().location();
    let params = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    let data = FormData::new_with_form(form).ok()?;
    for pair in js_sys::Array::from(&data).iter() {
        let pair = js_sys::Array::from(&pair);
        let (name, value) = (pair.get(0).as_string()?, pair.get(1).as_string()?);
        if value.is_empty() {
            params.delete(&name);
        } else {
            params.set(&name, &value);
        }
    }
    let text: String = params.to_string().into();
    let path = location.pathname().ok()?;
    Some(if text.is_empty() { path } else { format!("{path}?{text}") })
}

/// Has the form below `element` show what the address says, where it shows something else: after a link was followed.
pub fn match_form(element: &Element) {
    let form = element.query_selector("form").ok().flatten().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let location = super::window().location();
    let here = location.pathname().and_then(|path| Ok(path + &location.search()?)).ok();
    if let Some(form) = form.filter(|form| asked(form) != here) {
        form.reset();
    }
}

/// Puts another address in the place of this one, and tells the router.
pub fn replace(address: &str) {
    let window = super::window();
    if let Ok(history) = window.history() {
        // Too many changes in a short time are refused; the next one carries the value.
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address)).ok();
    }
    // The router looks at the address whenever somebody has gone back, and at no other time.
    if let Ok(event) = Event::new("popstate") {
        window.dispatch_event(&event).ok();
    }
}

/// The path of the page.
pub fn path() -> String {
    super::window().location().pathname().unwrap_or_default()
}

pub fn reload() {
    super::window().location().reload().ok();
}
