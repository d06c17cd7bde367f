//! Asks the server for the past: a state of a twin, entries, and what was learned from recordings.

use js_sys::Reflect;
use twin::{gauge::Seal, hex};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The state of an asset's twin after an entry, as a frame; or why there is none.
pub async fn state(asset: &str, seq: u64) -> Result<Vec<u8>, String> {
    asked(format!("/api/v1/twin?asset={asset}&seq={seq}")).await
}

/// The entries of an asset that `question` asks for, as a frame; or why there are none.
pub async fn entries(asset: &str, question: &str) -> Result<Vec<u8>, String> {
    asked(format!("/api/v1/entries?asset={asset}&{question}")).await
}

/// What was learned and has this seal, as it was sealed; or why it is not there.
pub async fn learned(seal: Seal) -> Result<Vec<u8>, String> {
    asked(format!("/learned/{}", hex::write(&seal.0))).await
}

async fn asked(address: String) -> Result<Vec<u8>, String> {
    let silent = |_: JsValue| "the server does not answer".to_string();
    let answer = JsFuture::from(super::window().fetch_with_str(&address)).await.map_err(silent)?;
    let answer: Response = answer.dyn_into().map_err(silent)?;
    if answer.ok() {
        let bytes = JsFuture::from(answer.array_buffer().map_err(silent)?).await.map_err(silent)?;
        return Ok(js_sys::Uint8Array::new(&bytes).to_vec());
    }
    let refusal = JsFuture::from(answer.json().map_err(silent)?).await.map_err(silent)?;
    let why = Reflect::get(&refusal, &"error".into()).map_err(silent)?;
    Err(why.as_string().unwrap_or_default())
}
