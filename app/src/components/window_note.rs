//! How far the entries of a window have come that is calibrated over, or why there are none.

use leptos::prelude::*;

use crate::{
    browser,
    live::{
        calibration::{Calibration, Stage},
        stretch::Stretch,
    },
    wording,
};

#[component]
pub fn WindowNote(calibration: Calibration) -> impl IntoView {
    let words = Memo::new(move |_| match calibration.stage.get() {
        Stage::Idle => String::new(),
        Stage::Fetching => {
            let fetched = calibration.fetched.get() as u64;
            format!("Fetching the entries of this window: {}\u{2026}", wording::count(fetched))
        }
        Stage::Stopped => "Cancelled: there is no window.".to_string(),
        Stage::Lost(why) => format!("This window cannot be calibrated over. {why}"),
        Stage::Ready(count) => {
            let Some(Stretch { from, to }) = calibration.window.get() else { return String::new() };
            let (from, to) = (browser::clock::instant(from), browser::clock::instant(to));
            let remark = calibration.remark.get();
            format!("{} measurements, {from} \u{2013} {to}. {remark}", wording::count(count as u64))
        }
    });
    let act = move |_| match calibration.stage.get_untracked() {
        Stage::Fetching => calibration.cancel(),
        _ => calibration.again(),
    };
    let class = move || match calibration.stage.get() {
        Stage::Lost(_) => "window-note window-note--lost",
        _ => "window-note",
    };
    let is_done = move || matches!(calibration.stage.get(), Stage::Idle | Stage::Ready(_));
    view! {
        <div class=class>
            <p role="status">{words}</p>
            <button type="button" class="button" hidden=is_done on:click=act>
                {move || if calibration.stage.get() == Stage::Fetching { "Cancel" } else { "Try again" }}
            </button>
        </div>
    }
}
