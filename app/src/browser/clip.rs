//! The clipboard, for what is not an address.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlTextAreaElement;

/// Copies all that stands in `text` and says so; where pages may not do that, chooses it, to be copied by hand.
pub fn copy_all(text: HtmlTextAreaElement, say: Box<dyn FnOnce(&'static str)>) {
    spawn_local(async move {
        let window = super::window();
        // Elsewhere there is no clipboard, and to ask for it would fail.
        let is_copied = window.is_secure_context()
            && JsFuture::from(window.navigator().clipboard().write_text(&text.value())).await.is_ok();
        if !is_copied {
            text.focus().ok();
            text.select();
        }
        say(if is_copied { "Copied." } else { "Chosen: the keys of this machine that copy will copy it." });
    });
}
