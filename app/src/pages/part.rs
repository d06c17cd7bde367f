//! Pages besides those of the fleet and of an asset, and what evaluates what was learned, are a part of the program by itself:
//! who needs neither need not load them.
//!
//! The part is loaded before such a page is taken over, before twins of models that have learned are built, when somebody goes to one, and a while after any page has come to
//! rest: so a tab that outlives its server, or an update of it, has all of its pages.

use std::sync::Arc;

use futures::FutureExt;
use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};
use twin::Model;

use super::{CalibrationPage, DataPage, ReplayPage, TrendsPage, WallPage};
use crate::{browser, live::Live};

/// The part did not come: the server is gone, or has another program by now.
#[derive(Debug, Clone, Copy)]
pub struct Missing;

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Missing {
        Missing
    }
}

/// A page of the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    Calibration,
    Data,
    Trends,
    Replay,
    Wall,
}

impl Apart {
    fn has(path: &str) -> bool {
        matches!(path, "/data" | "/trends" | "/wall") || path.ends_with("/replay") || path.ends_with("/calibration")
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_pages), fallible)]
fn page_of(apart: Apart) -> Result<AnyView, Missing> {
    Ok(match apart {
        Apart::Calibration => view! { <CalibrationPage /> }.into_any(),
        Apart::Data => view! { <DataPage /> }.into_any(),
        Apart::Trends => view! { <TrendsPage /> }.into_any(),
        Apart::Replay => view! { <ReplayPage /> }.into_any(),
        Apart::Wall => view! { <WallPage /> }.into_any(),
    })
}

/// The model that was packed, with gauges that read: what was learned is evaluated in the part.
#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_learned), fallible)]
fn opened(packed: Arc<[u8]>) -> Result<Option<Model>, Missing> {
    Ok(Model::unpack(&packed).ok())
}

/// Has the gauges of all models read; those of models that were given to the page by a program that is gone do not.
pub async fn open_learned(live: Live) -> Result<(), Missing> {
    load_learned().await?;
    for packed in live.closed() {
        if let Some(model) = opened(packed.clone()).await? {
            live.open(&packed, model);
        }
    }
    Ok(())
}

/// Loads what the page at `path` needs.
pub async fn load_for(path: &str) -> Result<(), Missing> {
    if Apart::has(path) { load().await } else { Ok(()) }
}

/// Loads the part, where it is not there yet.
pub async fn load() -> Result<(), Missing> {
    Ok(load_pages().await?)
}

/// A page that may have to be loaded first; on the server it is always there.
#[component]
pub fn PageApart(of: Apart) -> impl IntoView {
    let state = RwSignal::new(None::<Result<(), Missing>>);
    move || match state.get() {
        Some(Err(Missing)) => missing(),
        _ => match untrack(|| page_of(of).now_or_never()) {
            Some(Ok(page)) => page,
            Some(Err(Missing)) => missing(),
            None => {
                spawn_local(async move {
                    let loaded = load().await;
                    state.try_set(Some(loaded));
                });
                view! { <p class="notice" role="status">"Loading the page\u{2026}"</p> }.into_any()
            }
        },
    }
}

fn missing() -> AnyView {
    view! {
        <section class="notice notice--trouble" role="alert">
            <h1>"This page could not be loaded"</h1>
            <p>"The server is not there, or has a newer program than this tab."</p>
            <button class="button" on:click=|_| browser::address::reload()>
                "Load again"
            </button>
        </section>
    }
    .into_any()
}
