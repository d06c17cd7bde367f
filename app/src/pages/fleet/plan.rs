//! The plant as a plan: its sites, areas and lines as boxes in each other, its assets in them, what these are put together
//! from and what they feed. The server draws it; here its values and states are kept up to date where they can be seen.

use std::{rc::Rc, time::Duration};

use codee::binary::PostcardCodec;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_query_map;

use super::{super::Trouble, Tools};
use crate::{
    api::ApiError,
    browser::{self, plan::Nodes, roving},
    components::{LearnedNote, LinkNote, PlantPlan, fleet_tools},
    live::{
        Live, foresight,
        ranking::{Ask, Ranking},
    },
};

/// How often values and states are looked at anew: once for all that is in sight, however much is measured.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[component]
pub fn Plan(live: Live, plan: Resource<Result<String, ApiError>, PostcardCodec>) -> impl IntoView {
    let title = live.fleet(|fleet| fleet.title.clone());
    let query = use_query_map();
    let asked = move || query.with(|query| Ask::read(|name| query.get(name)));
    let html = fleet_tools(&Ranking::of(live), &untrack(asked), live.is_mounted.get_untracked());
    let (tools, place) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    // Effects run in the browser only.
    Effect::new(move |_| {
        foresight::keep(live);
        let look = move |nodes: Option<&Nodes>, ask: &Ask, is_asked: bool| {
            let Some(tools) = tools.get_untracked() else { return };
            let ranking = Ranking::of(live);
            browser::sheet::refresh(&tools, &fleet_tools(&ranking, ask, true));
            if is_asked {
                browser::address::match_form(&tools);
            }
            let chosen = ranking.choose(ask);
            foresight::show(&chosen);
            if let Some(nodes) = nodes {
                nodes.show(live, &chosen);
            }
        };
        Effect::new(move |_| {
            let nodes = Rc::new(place.get().map(|place| Nodes::of(&place, live)));
            let of_timer = nodes.clone();
            Effect::new(move |_| look(nodes.as_ref().as_ref(), &asked(), true));
            browser::frame::every_while_shown(LOOK_EVERY, move || {
                look(of_timer.as_ref().as_ref(), &untrack(asked), false);
            });
        });
    });
    view! {
        <div class="fleet-page">
            <h1>{title}</h1>
            <LinkNote live />
            <LearnedNote live />
            <div class="fleet-page__body">
                <Tools place=tools html />
                <div
                    class="fleet-page__assets"
                    on:keydown=move |event| roving::step(&event)
                    on:focusin=move |event| roving::settle(&event)
                >
                    <Suspense fallback=|| view! { <p class="notice" role="status">"Drawing the plan\u{2026}"</p> }>
                        {move || Suspend::new(async move {
                            match plan.await {
                                Ok(html) => view! { <PlantPlan place html /> }.into_any(),
                                Err(error) => view! { <Trouble error /> }.into_any(),
                            }
                        })}
                    </Suspense>
                </div>
            </div>
        </div>
    }
}
