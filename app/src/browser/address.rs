//! The address of the page: where the socket is, and what of the view it carries.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, UrlSearchParams};

/// Where the socket of the server that sent this page is.
pub fn socket() -> String {
    let location = super::window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

/// Puts `name=value` into the address, or takes it out, without a new entry in the history.
pub fn note(name: &str, value: Option<&str>) {
    let window = super::window();
    let Ok(search) = window.location().search() else { return };
    let Ok(params) = UrlSearchParams::new_with_str(&search) else { return };
    match value {
        Some(value) => params.set(name, value),
        None => params.delete(name),
    }
    let text: String = params.to_string().into();
    let path = window.location().pathname().unwrap_or_default();
    let address = if text.is_empty() { path } else { format!("{path}?{text}") };
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(wasm_bindgen::JsValue::NULL);
        // Too many changes in a short time are refused; the next one carries the value.
        history.replace_state_with_url(&state, "", Some(&address)).ok();
    }
}

/// What stands for `name` in the address.
pub fn value(name: &str) -> Option<String> {
    UrlSearchParams::new_with_str(&super::window().location().search().ok()?).ok()?.get(name)
}

/// Copies the whole address and says so; where pages may not do that, shows it to be copied by hand.
pub fn share(said: Element) {
    let address = super::window().location().href().unwrap_or_default();
    spawn_local(async move {
        let window = super::window();
        // Elsewhere there is no clipboard, and to ask for it would fail.
        let is_copied = window.is_secure_context()
            && JsFuture::from(window.navigator().clipboard().write_text(&address)).await.is_ok();
        if is_copied {
            said.set_class_name("site-header__said");
            said.set_text_content(Some("Link copied"));
        } else {
            window.prompt_with_message_and_default("A link to this view", &address).ok();
        }
    });
}

pub fn reload() {
    super::window().location().reload().ok();
}
