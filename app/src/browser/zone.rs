//! The time zone in which instants are written: chosen in the header, carried by the address and by every link.

use std::cell::RefCell;

use leptos::prelude::{GetUntracked, Set};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event, HtmlAnchorElement, HtmlSelectElement, UrlSearchParams};

use super::{address, clock, sheet};
use crate::live::Live;

/// The name of the zone in the address; without it, the zone is this machine's.
pub const ZONE: &str = "tz";
const PICKER: &str = "#zone";

thread_local! {
    static CHOSEN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes the zone from the address, fills the header's picker and listens to it.
pub fn open(document: &Document, live: Live) {
    let Some(picker) = picker(document) else { return };
    let zones = live.fleet(|fleet| fleet.zones());
    for zone in &zones {
        offer(document, &picker, zone);
    }
    let asked = address::value(ZONE).unwrap_or_default();
    if !asked.is_empty() && clock::set_zone(Some(&asked)) {
        let is_offered = asked == "UTC" || zones.contains(&asked);
        if !is_offered {
            offer(document, &picker, &asked);
        }
        CHOSEN.set(asked.clone());
        picker.set_value(&asked);
    }
    let chosen = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let Some(picker) = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok()) else {
            return;
        };
        let zone = picker.value();
        let name = (!zone.is_empty()).then_some(zone.as_str());
        clock::set_zone(name);
        address::note(ZONE, name);
        CHOSEN.set(zone);
        write_all(live);
    });
    picker.add_event_listener_with_callback("change", chosen.into_js_value().unchecked_ref()).ok();
    carry(document);
}

fn write_all(live: Live) {
    // Whoever writes an instant asks whether the page is taken over, and so hears of this.
    live.is_mounted.set(live.is_mounted.get_untracked());
    if let Some(body) = super::window().document().and_then(|document| document.body()) {
        sheet::write_instants(&body);
    }
}

/// Puts the zone into links just before they are followed, so that it goes on to the next page.
fn carry(document: &Document) {
    let follow = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let zone = CHOSEN.with_borrow(Clone::clone);
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest("a[href^='/']").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
        let Ok(params) = UrlSearchParams::new_with_str(&link.search()) else { return };
        if zone.is_empty() {
            params.delete(ZONE);
        } else {
            params.set(ZONE, &zone);
        }
        link.set_search(&String::from(params.to_string()));
    });
    // While the click is still on its way down: before the router hears of it.
    document.add_event_listener_with_callback_and_bool("click", follow.into_js_value().unchecked_ref(), true).ok();
}

fn picker(document: &Document) -> Option<HtmlSelectElement> {
    document.query_selector(PICKER).ok()??.dyn_into().ok()
}

fn offer(document: &Document, picker: &HtmlSelectElement, zone: &str) {
    if let Ok(option) = document.create_element("option") {
        option.set_text_content(Some(&zone.replace('_', " ")));
        option.set_attribute("value", zone).ok();
        picker.append_child(&option).ok();
    }
}
