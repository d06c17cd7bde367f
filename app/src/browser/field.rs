//! Fields of forms.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};

/// Whether `event` is of a field into which a number is typed.
pub fn is_number(event: &Event) -> bool {
    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    field.is_some_and(|field| field.type_() == "number")
}

/// Puts the focus on what `selector` finds, where nothing has it.
pub fn focus(selector: &str) {
    let Some(document) = super::window().document() else { return };
    if document.active_element().is_none_or(|at| at.tag_name() == "BODY") {
        let found = document.query_selector(selector).ok().flatten();
        found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).map(|found| found.focus());
    }
}
