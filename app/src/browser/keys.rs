//! The keyboard of the whole page: a key goes to the element that names it in `data-key`.

use std::cell::Cell;

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, HtmlElement, KeyboardEvent};

/// What the help page writes down where single keys are switched off, and pages look for before they listen to them.
pub const SWITCHED_OFF: &str = "keys=off";

thread_local! {
    /// Whether the key before was the one that another follows: `g`.
    static BEFORE: Cell<bool> = const { Cell::new(false) };
}

/// Listens for as long as the tab lives.
pub fn listen(document: &Document) {
    let of = document.clone();
    let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let mut key = event.key();
        let has_modifier = event.ctrl_key() || event.meta_key();
        let follows = BEFORE.take();
        if has_modifier && key == "k" {
            key.replace_range(.., "/");
        } else if has_modifier || event.alt_key() || is_writing(&of) || is_used(&of, &key) || are_off(&of) {
            return;
        } else if follows {
            key.insert_str(0, "g ");
        } else if key == "g" {
            BEFORE.set(true);
            return;
        }
        // Quotes would end the selector.
        if key.contains(['"', '\\']) {
            return;
        }
        let found = of.query_selector(&["[data-key=\"", &key, "\"]"].concat()).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            if element.tag_name() == "INPUT" {
                element.focus().ok();
            } else {
                element.click();
            }
        }
    });
    document.add_event_listener_with_callback("keydown", pressed.into_js_value().unchecked_ref()).ok();
}

/// Whether keys go into a field.
fn is_writing(document: &Document) -> bool {
    document.active_element().is_some_and(|at| {
        let kind = at.get_attribute("type");
        let takes_text = at.tag_name() == "INPUT" && !matches!(kind.as_deref(), Some("range" | "checkbox" | "radio"));
        takes_text || at.tag_name() == "SELECT" || at.tag_name() == "TEXTAREA"
    })
}

/// Whether what has the focus has a use of its own for `key`: buttons are pressed with it, sliders and charts moved.
fn is_used(document: &Document, key: &str) -> bool {
    let is_elsewhere = |at: web_sys::Element| at.tag_name() == "BODY" || at.tag_name() == "MAIN";
    matches!(key, " " | "ArrowLeft" | "ArrowRight") && !document.active_element().is_none_or(is_elsewhere)
}

fn are_off(document: &Document) -> bool {
    let cookies = js_sys::Reflect::get(document, &JsValue::from_str("cookie")).ok();
    cookies
        .and_then(|cookies| cookies.as_string())
        .is_some_and(|cookies| cookies.split("; ").any(|cookie| cookie == SWITCHED_OFF))
}
