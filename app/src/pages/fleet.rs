//! All assets at a glance: where they stand, which of them need a look, a tile each.

mod plan;
mod tools;

use std::{cell::RefCell, rc::Rc, time::Duration};

use codee::binary::PostcardCodec;
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use self::{plan::Plan, tools::Tools};
use super::WithPlant;
use crate::{
    api,
    browser::{self, roving},
    components::{AssetTile, LearnedNote, LinkNote, fleet_tools},
    live::{
        Live, foresight,
        ranking::{Ask, Layout, Ranking, Urgency, urgencies_of},
    },
};

/// How often the order is looked at anew.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For so many looks the order stays while no asset comes into another state, or while the pointer rests on the tiles: what
/// one reads, or is about to click, must not move.
const HELD: u32 = 15;

#[component]
pub fn FleetPage() -> impl IntoView {
    let query = use_query_map();
    let is_plan = Memo::new(move |_| query.with(|query| query.get("view").as_deref() == Some(Layout::Plan.name())));
    // The server draws it, and only where it is asked for.
    let plan: Resource<_, PostcardCodec> = Resource::new_with_options(
        move || is_plan.get(),
        |is_plan| async move { if is_plan { api::asset::plan().await } else { Ok(String::new()) } },
        false,
    );
    // The choice that was just made goes with the form that it was made in.
    Effect::new(move |before: Option<bool>| {
        let is_plan = is_plan.get();
        if before.is_some_and(|before| before != is_plan) {
            browser::frame::on_frame(|| browser::field::focus("[name=view]:checked"));
        }
        is_plan
    });
    view! {
        <Title text="Fleet" />
        <WithPlant page=move |live| {
            move || {
                if is_plan.get() {
                    view! { <Plan live plan /> }.into_any()
                } else {
                    view! { <Tiles live /> }.into_any()
                }
            }
        } />
    }
}

#[component]
fn Tiles(live: Live) -> impl IntoView {
    let (title, unreadable) = live.fleet(|fleet| (fleet.title.clone(), fleet.unreadable.clone()));
    let query = use_query_map();
    let asked = move || query.with(|query| Ask::read(|name| query.get(name)));
    let (first, ask) = (Ranking::of(live), untrack(asked));
    let is_empty = first.places.is_empty() && unreadable.is_empty();
    let (tools, list) = (NodeRef::<html::Div>::new(), NodeRef::<html::Ul>::new());
    let chosen = first.choose(&ask);
    let html = if is_empty { String::new() } else { fleet_tools(&first, &ask, live.is_mounted.get_untracked()) };
    let is_none = chosen.is_empty() && !is_empty;

    // What is asked for comes first; the rest is there and hidden, so that what is asked next is there at once.
    let rest = (0..first.places.len()).filter(|number| !chosen.contains(number));
    let order: Vec<(usize, bool)> =
        chosen.iter().map(|number| (*number, false)).chain(rest.map(|number| (number, true))).collect();
    let ids = live.asset_ids();
    let tile = |(number, is_hidden): (usize, bool)| {
        let asset_id = ids[number].clone();
        view! {
            <li hidden=is_hidden data-number=number.to_string()>
                <AssetTile live asset_id />
            </li>
        }
    };
    let tiles = order.into_iter().map(tile).collect_view();

    // Effects run in the browser only.
    Effect::new(move |_| {
        foresight::keep(live);
        let desk = Rc::new(RefCell::new(Desk::default()));
        let of_timer = desk.clone();
        let look = move |desk: &Rc<RefCell<Desk>>, ask: &Ask, is_asked: bool| {
            let (Some(tools), Some(list)) = (tools.get_untracked(), list.get_untracked()) else { return };
            let mut desk = desk.borrow_mut();
            if desk.look(live, ask, is_asked, roving::is_used(&list)) {
                browser::sheet::refresh(&tools, &desk.html);
            }
            if is_asked {
                browser::address::match_form(&tools);
            }
            roving::arrange(&list, &desk.chosen, ask.layout == Layout::List);
            foresight::show(&desk.chosen);
        };
        Effect::new(move |_| look(&desk, &asked(), true));
        browser::frame::every_while_shown(LOOK_EVERY, move || look(&of_timer, &untrack(asked), false));
    });
    let empty = || {
        view! {
            <section class="notice">
                <h2>"No assets yet"</h2>
                <p>"The plant file names the assets. Once the server has read one that has some, they stand here."</p>
            </section>
        }
    };
    view! {
        <div class="fleet-page">
            <h1>{title}</h1>
            <LinkNote live />
            <LearnedNote live />
            {is_empty.then(empty)}
            <div class="fleet-page__body">
                <Tools place=tools html />
                <div class="fleet-page__assets">
                    <section class="notice fleet-page__none" role="status" hidden=!is_none>
                        <h2>"No asset fits"</h2>
                        <p>"Nothing in this plant is all that you asked for."</p>
                        <a href="/">"Show all assets"</a>
                    </section>
                    <ul
                        class="fleet-page__tiles"
                        class=("fleet-page__tiles--list", ask.layout == Layout::List)
                        node_ref=list
                        on:keydown=move |event| roving::step(&event)
                        on:focusin=move |event| roving::settle(&event)
                    >
                        {tiles}
                        {unreadable
                            .into_iter()
                            .map(|asset| {
                                view! {
                                    <li class="notice notice--trouble">
                                        <h2>{asset.title}</h2>
                                        <p>
                                            "This page cannot read the asset\u{2019}s model. Loading the page again helps if the server is newer."
                                        </p>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </div>
            </div>
        </div>
    }
}

/// What of the page is shown by now.
#[derive(Debug, Default)]
struct Desk {
    html: String,
    ranking: Ranking,
    /// How urgent the assets were when they were put in order.
    ordered_by: Vec<Urgency>,
    /// For how many looks they have stood as they do,
    kept: u32,
    /// and for how many the pointer has rested on the tiles.
    held: u32,
    chosen: Vec<usize>,
}

impl Desk {
    /// Puts counts up to date, and the order, unless somebody is among the tiles or little has changed; what was just asked
    /// for always. Whether the tools have changed.
    fn look(&mut self, live: Live, ask: &Ask, is_asked: bool, (has_focus, has_pointer): (bool, bool)) -> bool {
        if self.ranking.places.is_empty() {
            self.ranking = Ranking::of(live);
        } else {
            self.ranking.urgencies = urgencies_of(live);
        }
        let html = fleet_tools(&self.ranking, ask, true);
        let is_new = self.html != html;
        self.html = html;

        self.held = if has_pointer { self.held + 1 } else { 0 };
        let is_in_use = has_focus || (1..HELD).contains(&self.held);
        let mut classes = self.ordered_by.iter().zip(&self.ranking.urgencies);
        let is_as_before = self.kept < HELD && classes.all(|(before, now)| before.class == now.class);
        if !is_asked && (is_in_use || is_as_before) {
            self.kept += 1;
            return is_new;
        }
        self.kept = 0;
        self.chosen = self.ranking.choose(ask);
        self.ordered_by.clone_from(&self.ranking.urgencies);
        is_new
    }
}
