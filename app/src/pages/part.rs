//! Pages besides those of the fleet and of an asset, what evaluates what was learned, and what workers are seldom asked are a
//! part of the program by itself: who needs none of it need not load it. The fleet's page is another: an asset's needs none.
//!
//! A part is loaded before a page of it is taken over, before twins of models that have learned are built, when somebody goes
//! to one, and a while after any page has come to rest: so a tab that outlives its server, or an update of it, has all of its pages.

use std::{pin::Pin, sync::Arc};

use futures::{
    FutureExt,
    future::{join_all, try_join_all},
};
use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};
use twin::{Model, Timestamp, gauge::Seal, hex, id::AssetId, rehearsal::rehearse};
use wire::view::FlagView;

use super::{CalibrationPage, DataPage, FleetPage, ReplayPage, TrendsPage, WallPage};
use crate::{
    browser,
    components::{PlotRows, TornadoBars},
    live::{Live, Opening, calibration::bench, errand, lab::Lab, stretch::Shown},
};

/// The part did not come, or what was learned: the server is gone, or has another program by now.
#[derive(Debug, Clone, Copy)]
pub struct Missing;

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Missing {
        Missing
    }
}

/// A page of a part, or what is within a fold of another.
#[derive(Clone)]
pub enum Apart {
    Fleet,
    Calibration,
    Data,
    Trends,
    Replay,
    Wall,
    Bars(Box<Bars>),
    Rows(Box<Rows>),
}

/// See `TornadoBars`.
#[derive(Clone)]
pub struct Bars {
    pub live: Live,
    pub asset_id: AssetId,
    pub lab: Lab,
    pub shown: Signal<usize>,
}

/// See `PlotRows`.
#[derive(Clone)]
pub struct Rows {
    pub live: Live,
    pub asset_id: AssetId,
    pub quantity: Signal<usize>,
    pub kept: Signal<Vec<char>>,
    pub shown: Shown,
    pub flags: Signal<Vec<FlagView>>,
    pub is_open: RwSignal<bool>,
}

impl Apart {
    fn has(path: &str) -> bool {
        matches!(path, "/data" | "/trends" | "/wall") || path.ends_with("/replay") || path.ends_with("/calibration")
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, preload(load_pages), fallible)]
fn view_of(apart: Apart) -> Result<AnyView, Missing> {
    Ok(match apart {
        // Of the other part.
        Apart::Fleet => return Err(Missing),
        Apart::Calibration => view! { <CalibrationPage /> }.into_any(),
        Apart::Data => view! { <DataPage /> }.into_any(),
        Apart::Trends => view! { <TrendsPage /> }.into_any(),
        Apart::Replay => view! { <ReplayPage /> }.into_any(),
        Apart::Wall => view! { <WallPage /> }.into_any(),
        Apart::Bars(of) => {
            let Bars { live, asset_id, lab, shown } = *of;
            view! { <TornadoBars live asset_id lab shown /> }.into_any()
        }
        Apart::Rows(of) => {
            let Rows { live, asset_id, quantity, kept, shown, flags, is_open } = *of;
            view! { <PlotRows live asset_id quantity kept shown flags is_open /> }.into_any()
        }
    })
}

/// The page of the fleet: whoever opens an asset's need not load it.
#[wasm_split(fleet, wasm_split_path = leptos::wasm_split, preload(load_fleet), fallible)]
fn fleet() -> Result<AnyView, Missing> {
    Ok(view! { <FleetPage /> }.into_any())
}

/// What is there of `apart` by now.
fn now_of(apart: &Apart) -> Option<Result<AnyView, Missing>> {
    match apart {
        Apart::Fleet => fleet().now_or_never(),
        apart => view_of(apart.clone()).now_or_never(),
    }
}

/// What was learned is asked for and evaluated in the part.
#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
fn opening(live: Live) -> Result<Opened, Missing> {
    let one = move |(packed, seals): (Arc<[u8]>, Vec<Seal>)| async move {
        let sealed = try_join_all(seals.into_iter().map(browser::hindsight::learned)).await.map_err(|_| Missing)?;
        let model = Model::unpack_with(&packed, sealed).map_err(|_| Missing)?;
        live.open(&packed, model);
        Ok(())
    };
    let all = join_all(live.closed().into_iter().map(one));
    Ok(Box::pin(all.map(|all| all.into_iter().collect())))
}

type Opened = Pin<Box<dyn Future<Output = Result<(), Missing>>>>;

/// Has the gauges of all models read once what they have learned is there; the page says so where it did not come.
pub async fn open_learned(live: Live) {
    if live.opening.get_untracked() == Opening::Coming || live.closed().is_empty() {
        return;
    }
    live.opening.set(Opening::Coming);
    let opened = match opening(live).await {
        Ok(opening) => opening.await,
        Err(missing) => Err(missing),
    };
    live.opening.set(if opened.is_ok() { Opening::Rests } else { Opening::Lost });
}

/// Loads all parts, and what was learned after them: for what is gone to next.
pub async fn load_all(live: Live) {
    if load_pages().await.is_ok() {
        open_learned(live).await;
    }
    // Whoever goes there asks for it again.
    let _ = load_fleet().await;
}

/// See `errand::causes`.
#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
pub fn explained(model: Vec<u8>, checkpoint: Vec<u8>, began: Timestamp) -> Result<String, Missing> {
    Ok(errand::causes(&model, &checkpoint, began))
}

/// See `bench::answered`.
#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
pub fn answered(window: u32, question: Vec<u8>) -> Result<Option<Vec<u8>>, Missing> {
    Ok(bench::answered(window, &question))
}

/// The end of a scripted life of a packed model in hexadecimal, for tests; empty where it is none.
#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
pub fn rehearsed(packed: String, steps: i64, seed: u64) -> Result<String, Missing> {
    let model = hex::read(&packed).and_then(|bytes| Model::unpack_closed(&bytes).ok()).map(Arc::new);
    Ok(model.map_or(String::new(), |model| rehearse(&model, steps, seed).to_string()))
}

/// Loads what the page at `path` needs.
pub async fn load_for(path: &str) -> Result<(), Missing> {
    match path {
        "/" => load_fleet().await?,
        path if Apart::has(path) => load_pages().await?,
        _ => {}
    }
    Ok(())
}

/// What may have to be loaded first; on the server it is always there.
#[component]
pub fn PartOf(of: Apart) -> impl IntoView {
    let state = RwSignal::new(None::<Result<(), Missing>>);
    move || match state.get() {
        Some(Err(Missing)) => missing(&of),
        _ => match untrack(|| now_of(&of)) {
            Some(Ok(view)) => view,
            Some(Err(Missing)) => missing(&of),
            None => {
                let is_fleet = matches!(of, Apart::Fleet);
                spawn_local(async move {
                    let loaded = if is_fleet { load_fleet().await } else { load_pages().await };
                    state.try_set(Some(loaded.map_err(Missing::from)));
                });
                view! { <p class="notice" role="status">"Loading\u{2026}"</p> }.into_any()
            }
        },
    }
}

fn missing(of: &Apart) -> AnyView {
    let title = match of {
        Apart::Bars(_) | Apart::Rows(_) => view! { <p>"This could not be loaded."</p> }.into_any(),
        _ => view! { <h1>"This page could not be loaded"</h1> }.into_any(),
    };
    view! {
        <section class="notice notice--trouble" role="alert">
            {title}
            <p>"The server is not there, or has a newer program than this tab."</p>
            <button class="button" on:click=|_| browser::address::reload()>
                "Load again"
            </button>
        </section>
    }
    .into_any()
}
