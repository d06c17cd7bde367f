//! Pages that take turns on a screen that nobody touches: what is abnormal stands above whichever is shown.
//!
//! Everything happens in one document, and no turn leaves anything behind. Touched, it stands still for a while.

mod boards;
mod rota;
mod strip;

use std::time::Duration;

use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};
use twin::id::AssetId;

use self::{
    boards::Board,
    rota::{Page, Rota, Turn},
};
use super::WithPlant;
use crate::{
    api,
    browser::{self, clock},
    live::{
        Live, foresight,
        link::LinkStatus,
        ranking::{Class, Ranking},
    },
};

/// The wall looks around so often.
const TICK: Duration = Duration::from_secs(1);
/// So many seconds it stands still after somebody touched it.
const STILL: u32 = 60;
/// For so many seconds twins come to know how their assets are: what they find is no news.
const SETTLING: u32 = 10;
/// A page is shown for so many seconds before an asset that became abnormal takes its place.
const LEAST: u32 = 5;
/// After so many seconds the server is asked whether it has a newer program.
const ASK_EVERY: u32 = 60;
/// The picture moves to so many places, a turn each: nothing is to burn in.
const PLACES: u32 = 8;

#[component]
pub fn WallPage() -> impl IntoView {
    view! {
        <Title text="Wall" />
        <WithPlant page=|live| view! { <Wall live /> } />
    }
}

/// How far the wall has come.
#[derive(Debug, Clone)]
struct Stand {
    rota: Rota,
    every: u32,
    /// For how many seconds the page has been shown.
    shown: u32,
    /// Seconds since the wall began.
    age: u32,
    turns: u32,
    /// Whether the server has been there since the last look.
    was_live: bool,
    /// The program that the server had at first.
    program: Option<String>,
}

impl Stand {
    /// The next page where one is due. What only the server has is passed over where there is no server.
    fn look(&mut self, is_live: bool) -> Option<Turn> {
        self.shown += 1;
        let is_urged = self.rota.is_urged() && self.shown >= LEAST;
        if !is_urged && self.shown < self.every {
            return None;
        }
        let mut turn = self.rota.turn();
        for _ in 0..self.rota.place().1 {
            if is_live || !matches!(turn.page, Page::Words(_)) {
                break;
            }
            turn = self.rota.step(1);
        }
        self.begin();
        Some(turn)
    }

    fn begin(&mut self) {
        self.shown = 0;
        self.turns = self.turns.wrapping_add(1);
    }
}

#[component]
fn Wall(live: Live) -> impl IntoView {
    let query = use_query_map().get_untracked();
    // A form sends the fields, too, that nobody filled in.
    let mut asked = query.get_all("page").unwrap_or_default();
    asked.retain(|address| !address.trim().is_empty());
    let is_there = |page: &Page| match page {
        Page::Asset(id, _) => live.read(id, |_, _| ()).is_some(),
        _ => true,
    };
    let pages: Vec<Page> = asked.iter().filter_map(|address| Page::read(address)).filter(is_there).collect();
    let left_out = match asked.len() - pages.len() {
        0 => String::new(),
        1 => ". One of its link is left out: it is no page of this plant".to_string(),
        several => format!(". {several} of its link are left out: they are no pages of this plant"),
    };
    let rota = Rota::new(pages);
    let every = rota::every(&query.get("every").unwrap_or_default());
    // With its number: no board takes over what the one before has left, be it of the same kind.
    let turn = RwSignal::new((0_u32, rota.first()));
    let stand = StoredValue::new(Stand { rota, every, shown: 0, age: 0, turns: 0, was_live: false, program: None });
    let (still, place, time) = (RwSignal::new(0_u32), RwSignal::new(0_u32), RwSignal::new(String::new()));
    let plan = RwSignal::new(String::new());
    let (top, board) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let first = strip::html(live, &Ranking::of(live));
    let show = move |next: Turn| {
        let turns = stand.with_value(|stand| stand.turns);
        place.set(turns % PLACES);
        // Charts go on by themselves; tiles and words are those of their turn.
        let is_same = turn.with_untracked(|(_, turn)| *turn == next);
        if !is_same || matches!(next.page, Page::Fleet(_) | Page::Words(_)) {
            turn.set((turns, next));
        }
    };
    let step = move |by: isize| {
        let mut next = None;
        stand.update_value(|stand| {
            next = Some(stand.rota.step(by));
            stand.begin();
        });
        next.into_iter().for_each(show);
    };
    let touch = move || still.set(STILL);
    let tick = move || {
        let ranking = Ranking::of(live);
        let is_live = live.link.get_untracked() == LinkStatus::Live;
        if let Some(top) = top.get_untracked() {
            browser::sheet::refresh(&top, &strip::html(live, &ranking));
        }
        time.set(clock::instant(live.fleet(|fleet| fleet.now)));
        let is_still = still.get_untracked() > 0;
        still.update(|still| *still = still.saturating_sub(1));
        let (mut next, mut share, mut is_due) = (None, 0.0, false);
        stand.update_value(|stand| {
            let abnormal = abnormal(live, &ranking);
            if stand.age < SETTLING {
                stand.rota.know(&abnormal);
            } else {
                stand.rota.hear(&abnormal);
            }
            next = if is_still { None } else { stand.look(is_live) };
            share = f64::from(stand.shown) / f64::from(stand.every);
            stand.age = stand.age.wrapping_add(1);
            let was_live = std::mem::replace(&mut stand.was_live, is_live);
            is_due = (is_live && !was_live) || stand.age % ASK_EVERY == 1;
        });
        if let Some(board) = board.get_untracked().filter(|_| next.is_none() && !is_still) {
            browser::wall::scroll(&board, share);
        }
        next.into_iter().for_each(show);
        if is_due {
            browser::wall::stay_awake();
            ask_for_newer(live, stand);
        }
    };

    // Effects run in the browser only.
    // A server that comes back may be another one, even if it was away between two looks only.
    Effect::new(move |_| {
        if live.link.get() != LinkStatus::Live {
            stand.update_value(|stand| stand.was_live = false);
        }
    });
    Effect::new(move |_| {
        foresight::keep(live);
        spawn_local(async move {
            if let Ok(html) = api::asset::plan().await {
                plan.try_set(html);
            }
        });
        browser::frame::every_while_shown(TICK, tick);
        tick();
        let listeners = [
            window_event_listener(ev::keydown, move |key| {
                touch();
                match key.key().as_str() {
                    "ArrowRight" => step(1),
                    "ArrowLeft" => step(-1),
                    _ => {}
                }
            }),
            window_event_listener(ev::pointerdown, move |_| touch()),
            window_event_listener(ev::pointermove, move |pointer| {
                // Browsers tell of a move, too, when the page moves below the pointer.
                if pointer.movement_x() != 0 || pointer.movement_y() != 0 {
                    touch();
                }
            }),
        ];
        on_cleanup(move || {
            listeners.into_iter().for_each(|listener| listener.remove());
            browser::wall::let_sleep();
        });
    });

    let said = move || {
        // Where it stands changes with the page.
        let is_urgent = turn.with(|(_, turn)| turn.is_urgent);
        let (at, count) = stand.with_value(|stand| stand.rota.place());
        if is_urgent { "Shown because it is abnormal".to_string() } else { format!("Page {at} of {count}{left_out}") }
    };
    let search = use_location().search;
    view! {
        <div class="wall" class=("wall--still", move || still.get() > 0) data-place=move || place.get().to_string()>
            <div class="wall__strip">
                <div class="wall__top" node_ref=top inner_html=first></div>
                <p class="wall__clock">{time}</p>
                <p
                    class=move || said_of(live).1
                    role="status"
                    data-link=move || live.link.get().word()
                >
                    <span class="link-status__shape" aria-hidden="true"></span>
                    {move || said_of(live).0}
                </p>
            </div>
            <div class="wall__board" node_ref=board>
                <For
                    each=move || [turn.get()]
                    key=|(number, _)| *number
                    children=move |(_, turn)| view! { <Board live turn plan /> }.into_any()
                />
            </div>
            <div class="wall__foot">
                <p>{said}</p>
                <div class="wall__controls" role="group" aria-label="Wall" hidden=move || still.get() == 0>
                    <p>{move || format!("Stands still, goes on in {} s", still.get())}</p>
                    <button class="button" type="button" on:click=move |_| step(-1)>
                        "Previous"
                    </button>
                    <button class="button" type="button" on:click=move |_| step(1)>
                        "Next"
                    </button>
                    <button class="button" type="button" on:click=|_| browser::wall::turn_full_screen()>
                        "Full screen"
                    </button>
                    <a class="button" rel="external" href=move || format!("/wall/pages?{}", search.get())>
                        "Choose pages"
                    </a>
                    <a class="button" href="/">
                        "Leave"
                    </a>
                </div>
            </div>
        </div>
    }
}

fn said_of(live: Live) -> (String, &'static str) {
    crate::components::said_of(live.link.get())
}

fn abnormal(live: Live, ranking: &Ranking) -> Vec<AssetId> {
    let ids = live.asset_ids();
    let pairs = ids.into_iter().zip(&ranking.urgencies);
    pairs.filter(|(_, urgency)| urgency.class == Class::Abnormal).map(|(id, _)| id).collect()
}

/// Loads the wall again where the server has another program than at first, or speaks another language than this page.
fn ask_for_newer(live: Live, stand: StoredValue<Stand>) {
    spawn_local(async move {
        // A server that does not answer would answer no page either: what is shown stays.
        let Some(now) = browser::wall::program().await else { return };
        let is_outdated = live.link.get_untracked() == LinkStatus::Outdated || browser::keepsake::is_copy();
        let mut is_other = false;
        stand.try_update_value(|stand| {
            is_other =
                stand.program.as_ref().is_some_and(|first| *first != now) || (is_outdated && stand.age > ASK_EVERY);
            stand.program = Some(now);
        });
        if is_other {
            browser::address::reload();
        }
    });
}
