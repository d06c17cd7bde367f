//! Changes that a page asks the server for, as any other client would.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlInputElement, RequestInit, Response};

const FORBIDDEN: u16 = 403;

/// Sends `body`, JSON, to `address`; why it was refused, in words, where it was.
pub async fn json(address: &str, body: &str) -> Result<(), String> {
    let silent = |_: JsValue| "the server does not answer".to_string();
    let request = RequestInit::new();
    request.set_method("POST");
    // A body that does not say what it is is read as JSON.
    request.set_body(&js_sys::Uint8Array::from(body.as_bytes()));
    let window = super::window();
    let answer = JsFuture::from(window.fetch_with_str_and_init(address, &request)).await.map_err(silent)?;
    let answer: Response = answer.dyn_into().map_err(silent)?;
    if answer.ok() {
        return Ok(());
    }
    let status = answer.status();
    let refusal = JsFuture::from(answer.json().map_err(silent)?).await;
    let why = refusal.ok().and_then(|refusal| Reflect::get(&refusal, &"error".into()).ok()?.as_string());
    let why = why.unwrap_or_else(|| format!("the server answers {status}"));
    Err(if status == FORBIDDEN { format!("you may not do that here: {why}") } else { why })
}

/// What a click on a button of a proposal asks for: its step, the proposal's number, and the reason that is given.
pub fn asked(click: &Event) -> Option<(String, String, String)> {
    let clicked = click.target()?.dyn_into::<Element>().ok()?;
    let step = clicked.get_attribute("data-step")?;
    let proposal = clicked.closest("[data-proposal]").ok()??;
    let reason = proposal.query_selector("input").ok()??.dyn_into::<HtmlInputElement>().ok()?;
    if reason.value().trim().is_empty() {
        // Whoever cannot see why nothing happens is brought to where it is.
        reason.focus().ok();
    }
    Some((step, proposal.get_attribute("data-proposal")?, reason.value()))
}
