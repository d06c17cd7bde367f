//! What is written in a form.

use js_sys::Array;
use web_sys::{FormData, HtmlFormElement};

/// Every field that would be sent, by name.
pub fn fields(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let pair = |pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    Array::from(&data).iter().filter_map(pair).collect()
}
