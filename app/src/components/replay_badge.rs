//! That what is shown is of the past, of which instant, and how fast it goes by: in sight wherever the page is scrolled to.

use leptos::prelude::*;
use twin::Timestamp;

use crate::{browser, live::replay::player::Player};

#[component]
pub fn ReplayBadge(player: Player) -> impl IntoView {
    let words = move || {
        let (now, is_playing) = (player.now.get(), player.is_playing.get());
        if now == Timestamp(0) || !player.live.is_mounted.get() {
            return String::new();
        }
        let paused = if is_playing { "" } else { ", paused" };
        format!(", {}, {}{paused}", browser::clock::instant(now), player.speed.get().title())
    };
    let is_slow = move || player.is_playing.get() && player.behind.get() > 0;
    view! {
        <p class="replay-badge">
            <svg class="replay-badge__shape" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M8 2a6 6 0 1 1-5.6 3.9M2 2v4h4" />
            </svg>
            <span>
                <strong>"Replay"</strong>
                {words}
                <span hidden=move || !is_slow()>" \u{b7} as fast as this machine can"</span>
            </span>
        </p>
    }
}
