//! Brings the header to life: the keyboard, the search, the time zone, the link to share, the state of the link.

use std::cell::Cell;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, HtmlAnchorElement, HtmlElement};

use super::{address, combobox, keys, zone};
use crate::{
    components::said_of,
    live::{Live, link::LinkStatus},
};

thread_local! {
    /// Whether the page replays the past, which is not to be taken for live however the link is.
    static REPLAYS: Cell<bool> = const { Cell::new(false) };
}

/// Where the program stands in the document.
pub fn place() -> Option<HtmlElement> {
    document()?.get_element_by_id("app")?.dyn_into().ok()
}

/// Begins to listen; once a tab.
pub fn open(live: Live) {
    let Some(document) = document() else { return };
    zone::open(&document, live);
    keys::listen(&document);
    combobox::open(&document);
    share(&document);
    diagnostics(&document);
}

/// Says that the page replays the past, until `end_replay`.
pub fn begin_replay() {
    REPLAYS.set(true);
    show_link(LinkStatus::Replay);
}

/// Says how the link is again.
pub fn end_replay(link: LinkStatus) {
    REPLAYS.set(false);
    show_link(link);
}

/// Says how the link is.
pub fn show_link(link: LinkStatus) {
    let link = if REPLAYS.get() && link != LinkStatus::Outdated { LinkStatus::Replay } else { link };
    let by_id = |id: &str| document()?.get_element_by_id(id);
    let (text, class) = said_of(link);
    if let Some(status) = by_id("link-status") {
        set(&status, "class", class);
        set(&status, "data-link", link.word());
    }
    if let Some(said) = by_id("link-said") {
        said.set_text_content(Some(&text));
    }
}

/// Marks the way to the page that is shown.
pub fn show_path(path: &str) {
    let Some(Ok(links)) = document().map(|document| document.query_selector_all(".site-header__nav a")) else { return };
    for link in (0..links.length()).filter_map(|place| links.get(place)?.dyn_into::<HtmlAnchorElement>().ok()) {
        if link.pathname() == path {
            set(&link, "aria-current", "page");
        } else {
            link.remove_attribute("aria-current").ok();
        }
    }
}

fn share(document: &Document) {
    let (Some(button), Some(said)) = (document.get_element_by_id("share"), document.get_element_by_id("share-said"))
    else {
        return;
    };
    let pressed = Closure::<dyn FnMut()>::new(move || address::share(said.clone())).into_js_value();
    button.add_event_listener_with_callback("click", pressed.unchecked_ref()).ok();
}

/// Loads what fills the panel of diagnostics once it is opened, be it by the address.
fn diagnostics(document: &Document) {
    let Some(panel) = document.get_element_by_id("diagnostics") else { return };
    let (of, place) = (document.clone(), panel.clone());
    let mut is_loaded = false;
    let mut toggled = move || {
        if std::mem::replace(&mut is_loaded, true) {
            return;
        }
        if let Ok(script) = of.create_element("script") {
            set(&script, "type", "module");
            set(&script, "src", "/diagnostics.js");
            place.append_child(&script).ok();
        }
    };
    if document.location().and_then(|at| at.search().ok()).is_some_and(|query| query.contains("diagnostics")) {
        set(&panel, "open", "");
    }
    if panel.has_attribute("open") {
        toggled();
    }
    let toggled = Closure::<dyn FnMut()>::new(toggled).into_js_value();
    panel.add_event_listener_with_callback("toggle", toggled.unchecked_ref()).ok();
}

fn document() -> Option<Document> {
    super::window().document()
}

fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).ok();
}
