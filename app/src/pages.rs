//! Every page and its path.

mod asset;
mod calibration;
mod data;
mod fleet;
mod not_found;
pub mod part;
mod replay;
mod trends;
mod wall;

use std::time::Duration;

use codee::binary::PostcardCodec;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::{use_location, use_params_map},
    path,
};
use twin::id::AssetId;
use wire::view::PlantView;

use self::{
    asset::AssetPage,
    calibration::CalibrationPage,
    data::DataPage,
    fleet::FleetPage,
    not_found::NotFound,
    part::{Apart, PartOf},
    replay::ReplayPage,
    trends::TrendsPage,
    wall::WallPage,
};
use crate::{
    api::{self, ApiError},
    browser,
    components::LearnedNote,
    live::Live,
};

/// So long after the first page the part of all others is loaded.
const ALL_AFTER: Duration = Duration::from_secs(20);

/// What a user sees between header and footer.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Plant::new());
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Twinlight".to_string() } else { format!("{title} \u{b7} Twinlight") } />
        <Router>
            {
                let pathname = use_location().pathname;
                Effect::new(move |_| browser::header::show_path(&pathname.get()));
            }
            <main id="main" class="page">
                // Async: without scripts, too, a page is whole.
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=|| view! { <PartOf of=Apart::Fleet /> } ssr=SsrMode::Async />
                    <Route path=path!("/assets/:id") view=AssetPage ssr=SsrMode::Async />
                    <Route path=path!("/assets/:id/replay") view=|| view! { <PartOf of=Apart::Replay /> } ssr=SsrMode::Async />
                    <Route path=path!("/assets/:id/calibration") view=|| view! { <PartOf of=Apart::Calibration /> } ssr=SsrMode::Async />
                    <Route path=path!("/trends") view=|| view! { <PartOf of=Apart::Trends /> } ssr=SsrMode::Async />
                    <Route path=path!("/data") view=|| view! { <PartOf of=Apart::Data /> } ssr=SsrMode::Async />
                    <Route path=path!("/wall") view=|| view! { <PartOf of=Apart::Wall /> } ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
        </Router>
    }
}

/// The plant, asked for once a tab, and what lives of it.
#[derive(Clone)]
pub struct Plant {
    pub resource: Resource<Result<PlantView, ApiError>, PostcardCodec>,
    /// `None` until the plant is there.
    pub live: RwSignal<Option<Live>>,
    owner: StoredValue<Owner>,
}

impl Plant {
    fn new() -> Plant {
        // Signals of `Live` belong to the whole tab, not to the page that happens to come first.
        let owner = Owner::current().expect("components run in an owner");
        Plant {
            resource: Resource::new_with_options(|| (), |()| api::plant::plant(), false),
            live: RwSignal::new(None),
            owner: StoredValue::new(owner),
        }
    }

    /// Everything live of `view`; the same for every page of the tab.
    pub fn live(&self, view: PlantView) -> Live {
        if let Some(live) = self.live.get_untracked() {
            return live;
        }
        let live = self.owner.get_value().with(|| Live::new(view));
        self.live.set(Some(live));
        self.owner.get_value().with(|| {
            // Effects run in the browser only, once the page has been taken over.
            Effect::new(move || {
                live.is_mounted.set(true);
                browser::inspect::open(live);
                browser::header::open(live);
                let pulse = browser::socket::run(live);
                browser::keepsake::run(live, pulse);
                // Whoever goes there without it is told.
                set_timeout(move || leptos::task::spawn_local(part::load_all(live)), ALL_AFTER);
                browser::frame::on_media("(prefers-color-scheme: dark)", browser::canvas::repaint_all);
                browser::frame::on_media("(forced-colors: active)", browser::canvas::repaint_all);
                browser::frame::on_media("print", browser::canvas::repaint_all);
            });
        });
        live
    }
}

/// Shows `page` once the plant is there; what to do about it where it is not.
#[component]
fn WithPlant<F, V>(page: F) -> impl IntoView
where
    F: Fn(Live) -> V + Send + Sync + Clone + 'static,
    V: IntoView + 'static,
{
    let plant = expect_context::<Plant>();
    view! {
        <Suspense fallback=|| view! { <p class="notice" role="status">"Loading the plant\u{2026}"</p> }>
            {move || {
                let (plant, page) = (plant.clone(), page.clone());
                // Once the plant is there nobody has to wait for it, and what waited would be remembered.
                let known = plant.live.get_untracked().filter(|live| live.is_mounted.get_untracked());
                if let Some(live) = known {
                    return untrack(|| page(live).into_any());
                }
                Suspend::new(async move {
                    match plant.resource.await {
                        Ok(view) => page(plant.live(view)).into_any(),
                        Err(error) => view! { <Trouble error /> }.into_any(),
                    }
                })
                .into_any()
            }}
        </Suspense>
    }
}

/// Shows `page` of the asset that the address names.
#[component]
fn WithAsset(page: fn(Live, AssetId) -> AnyView) -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    view! {
        <WithPlant page=move |live| {
            move || {
                let known = AssetId::parse(&id.get()).ok().filter(|id| live.read(id, |_, _| ()).is_some());
                known.map_or_else(|| view! { <NotFound /> }.into_any(), |asset_id| page(live, asset_id))
            }
        } />
    }
}

/// Shows `page` of an asset once what its model has learned is there.
fn once_open(live: Live, asset_id: AssetId, page: fn(Live, AssetId) -> AnyView) -> AnyView {
    let id = asset_id.clone();
    let is_open = Memo::new(move |_| live.is_open(&id));
    let shown = move || {
        let asset_id = asset_id.clone();
        if is_open.get() { page(live, asset_id) } else { view! { <LearnedNote live asset_id /> }.into_any() }
    };
    shown.into_any()
}

#[component]
fn Trouble(error: ApiError) -> impl IntoView {
    view! {
        <section class="notice notice--trouble" role="alert">
            <h1>"This page cannot be shown"</h1>
            <p>{error.to_string()}</p>
            <button class="button" on:click=|_| browser::address::reload()>
                "Load again"
            </button>
        </section>
    }
}
