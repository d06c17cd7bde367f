//! Fields of forms.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

/// Whether `event` is of a field into which a number is typed.
pub fn is_number(event: &Event) -> bool {
    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    field.is_some_and(|field| field.type_() == "number")
}
