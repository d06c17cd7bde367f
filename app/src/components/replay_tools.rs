//! What moves a replay: play, steps, speed, and a scrubber over the window on which its events are marked.

use leptos::prelude::*;
use twin::{Span, Timestamp};

use crate::{
    browser,
    live::{
        replay::{
            SPEEDS, Speed,
            player::{Player, Stage, Way},
        },
        stretch::Stretch,
    },
    wording,
};

/// Events closer to each other than this share of the window have one mark.
const MARKS: f64 = 400.0;

#[component]
pub fn ReplayTools(player: Player) -> impl IntoView {
    let begin = move || player.window.get().map_or(Timestamp(0), |window| window.from);
    // Milliseconds: what a slider moves by.
    let place = move |t: Timestamp| (t - begin()).0.max(0) / 1_000;
    let length = move || place(player.end.get().0).max(1);
    let press = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => player.step(-1),
            "ArrowRight" => player.step(1),
            _ => return,
        }
        event.prevent_default();
    };
    let press_slider = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            event.prevent_default();
            player.turn();
        }
        press(event);
    };
    let seek = move |event: leptos::ev::Event| {
        if let Ok(millis) = event_target_value(&event).parse::<i64>() {
            player.seek(begin() + Span(millis * 1_000));
        }
    };
    let choose = move |event: leptos::ev::Event| player.set_speed(Speed::read(&event_target_value(&event)));
    let speeds = SPEEDS.map(|speed| {
        view! {
            <option value=speed.name() selected=move || player.speed.get() == speed>
                {speed.title()}
            </option>
        }
    });
    let button = |sign: &'static str, name: &'static str, key: Option<&'static str>, act: Box<dyn Fn() + Send>| {
        view! {
            <button type="button" class="button" aria-label=name title=name data-key=key on:click=move |_| act()>
                {sign}
            </button>
        }
        .into_any()
    };
    let before = [
        button("\u{21e4}", "Event before", None, Box::new(move || player.seek_event(Way::Back))),
        button("\u{2190}", "One entry back", Some("ArrowLeft"), Box::new(move || player.step(-1))),
    ];
    let after = [
        button("\u{2192}", "One entry on", Some("ArrowRight"), Box::new(move || player.step(1))),
        button("\u{21e5}", "Next event", None, Box::new(move || player.seek_event(Way::On))),
    ];
    let marks = move || {
        let stretch = Stretch { from: begin(), to: player.end.get().0 };
        let mut shares: Vec<i64> =
            player.events.with_value(|events| events.iter().map(|(t, _)| (stretch.share(*t) * MARKS) as i64).collect());
        shares.dedup();
        let mark = |share: i64| {
            let x = format!("{:.2}%", share as f64 / MARKS * 100.0);
            view! { <line x1=x.clone() x2=x y1="0" y2="100%" /> }
        };
        super::all(shares.into_iter().map(mark))
    };
    let said = Memo::new(move |_| match player.behind.get() {
        _ if player.is_playing.get() => String::new(),
        0 => player.end.with(|(_, why)| why.clone()),
        behind => format!("Working out {} entries\u{2026}", wording::count(behind)),
    });
    let is_ready = move || player.stage.get() == Stage::Ready;
    view! {
        <div class="replay-tools" role="group" aria-label="Replay">
            <FetchNote player />
            <div class="replay-tools__all" hidden=move || !is_ready()>
                <div class="replay-tools__row">
                    <div class="replay-tools__buttons" on:keydown=press>
                        {before.into_iter().collect_view()}
                        <button type="button" class="button button--main replay-tools__play" data-key=" " on:click=move |_| player.turn()>
                            {move || if player.is_playing.get() { "Pause" } else { "Play" }}
                        </button>
                        {after.into_iter().collect_view()}
                    </div>
                    <label class="replay-tools__speed">
                        "Speed "
                        <select class="field" on:change=choose>
                            {super::all(speeds.into_iter())}
                        </select>
                    </label>
                    <p class="replay-tools__said" role="status">
                        {said}
                    </p>
                </div>
                <div class="replay-tools__scrubber">
                    <svg class="replay-tools__marks" aria-hidden="true">
                        {marks}
                    </svg>
                    <input
                        type="range"
                        aria-label="Instant of the replay; arrow keys step by entry"
                        aria-valuetext=move || instant_of(player, player.now.get())
                        min="0"
                        max=length
                        step="1"
                        prop:value=move || place(player.now.get()).to_string()
                        on:input=seek
                        on:keydown=press_slider
                    />
                    <p class="replay-tools__ends">
                        <span>{move || instant_of(player, begin())}</span>
                        <span>{move || instant_of(player, player.end.get().0)}</span>
                    </p>
                </div>
            </div>
        </div>
    }
}

/// How far its entries have come, or why there are none.
#[component]
fn FetchNote(player: Player) -> impl IntoView {
    let words = move || match player.stage.get() {
        Stage::Fetching => {
            format!("Fetching the entries of this window: {}\u{2026}", wording::count(player.fetched.get() as u64))
        }
        Stage::Stopped => "Cancelled: nothing is replayed.".to_string(),
        Stage::Lost(why) => format!("This window cannot be replayed. {why}"),
        Stage::Ready => String::new(),
    };
    let act = move |_| match player.stage.get_untracked() {
        Stage::Fetching => player.cancel(),
        _ => player.again(),
    };
    let class = move || match player.stage.get() {
        Stage::Lost(_) => "replay-tools__fetch replay-tools__fetch--lost",
        _ => "replay-tools__fetch",
    };
    view! {
        <div class=class hidden=move || player.stage.get() == Stage::Ready>
            <p role="status">{words}</p>
            <button type="button" class="button" on:click=act>
                {move || if player.stage.get() == Stage::Fetching { "Cancel" } else { "Try again" }}
            </button>
        </div>
    }
}

fn instant_of(player: Player, t: Timestamp) -> String {
    if t == Timestamp(0) || !player.live.is_mounted.get() { String::new() } else { browser::clock::instant(t) }
}
