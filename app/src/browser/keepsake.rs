//! Keeps the twins of this tab on this device, a little at a time, and brings them back where there is no server.

use std::collections::BTreeMap;

use leptos::prelude::{GetUntracked, Set};
use twin::id::AssetId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Cache, Response};

use super::{clock, frame, pulse::Pulse};
use crate::live::{
    Live, keepsake,
    link::{LinkStatus, Millis},
};

const CACHE: &str = "twinlight-kept";
/// One asset at a time is kept, if that is due.
const BEAT_MILLIS: i32 = 1_000;
/// The same asset is kept anew at most so often, but for when the link ends or nobody looks any more.
const KEEP_EVERY: Millis = 30_000;
/// What is shown first is not to wait for this.
const FIRST_AFTER: Millis = 4_000;

/// Whether this page was kept, and not sent by a server.
pub fn is_copy() -> bool {
    let root = super::window().document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute("data-kept"))
}

/// Keeps every asset for as long as the tab lives; first brings back what is kept where this page is a copy.
pub fn run(live: Live, pulse: Pulse) {
    // Elsewhere the browser has no place for it: over plain HTTP, but for this machine itself.
    if !super::window().is_secure_context() {
        return;
    }
    if is_copy() {
        spawn_local(async move {
            bring_back(live).await;
            // Nobody tells what time it is: this machine's clock has to do.
            if !matches!(live.link.get_untracked(), LinkStatus::Live) {
                pulse.tell_now(clock::wall());
            }
            pulse.mark_all();
        });
    }
    let mut kept: BTreeMap<AssetId, (u64, Millis)> = BTreeMap::new();
    let mut is_registered = false;
    let mut was_calm = false;
    let beat = move || {
        let now = clock::millis();
        let is_live = matches!(live.link.get_untracked(), LinkStatus::Live);
        if now < FIRST_AFTER {
            return;
        }
        let is_calm = is_live && frame::is_visible();
        // Once when the link ends or nobody looks any more: what was heard until then, and not what is made of it later.
        let is_ending = std::mem::replace(&mut was_calm, is_calm) && !is_calm;
        for asset_id in live.asset_ids() {
            let seq = live.read(&asset_id, |asset, _| asset.seq).unwrap_or(0);
            let before = kept.get(&asset_id);
            let is_due = match before {
                Some((known, at)) => *known != seq && (is_ending || now >= at + KEEP_EVERY),
                None => is_live,
            };
            if is_due && keep(live, &asset_id) {
                kept.insert(asset_id, (seq, now));
                if is_calm {
                    break;
                }
            }
        }
        if !kept.is_empty() && !is_registered {
            is_registered = true;
            register();
        }
    };
    frame::every(BEAT_MILLIS, beat);
}

/// Whether there was something to keep.
fn keep(live: Live, asset_id: &AssetId) -> bool {
    let kept = live.read(asset_id, |asset, _| live.fleet(|fleet| keepsake::keep(fleet, asset)));
    let Some(mut bytes) = kept.flatten() else { return false };
    let place = place(asset_id);
    spawn_local(async move {
        if let (Some(cache), Ok(file)) = (cache().await, Response::new_with_opt_u8_array(Some(&mut bytes))) {
            // A full disk keeps what was kept before.
            JsFuture::from(cache.put_with_str(&place, &file)).await.ok();
        }
    });
    true
}

async fn bring_back(live: Live) {
    let Some(cache) = cache().await else { return };
    let mut newest = 0;
    for asset_id in live.asset_ids() {
        let kept = read(&cache, &asset_id).await.and_then(|bytes| keepsake::show(live, &bytes));
        newest = newest.max(kept.map_or(0, |at| at.0));
    }
    if !matches!(live.link.get_untracked(), LinkStatus::Live) {
        live.kept_at_micros.set(newest as u64);
    }
}

async fn read(cache: &Cache, asset_id: &AssetId) -> Option<Vec<u8>> {
    let file = JsFuture::from(cache.match_with_str(&place(asset_id))).await.ok()?.dyn_into::<Response>().ok()?;
    let bytes = JsFuture::from(file.array_buffer().ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&bytes).to_vec())
}

async fn cache() -> Option<Cache> {
    let opened = JsFuture::from(super::window().caches().ok()?.open(CACHE)).await.ok()?;
    Some(JsValue::unchecked_into(opened))
}

fn place(asset_id: &AssetId) -> String {
    format!("/kept/{asset_id}")
}

/// Has the browser answer for a server that does not.
fn register() {
    let registered = super::window().navigator().service_worker().register("/sw.js");
    spawn_local(async move {
        JsFuture::from(registered).await.ok();
    });
}
