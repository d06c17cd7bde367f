//! An instant: in UTC from the server, in the user's own words once the page runs.

use leptos::prelude::*;
use twin::Timestamp;

use crate::{
    browser,
    live::{Live, heard},
    wording,
};

#[component]
pub fn Instant(live: Live, t: Timestamp) -> impl IntoView {
    let iso = wording::iso_instant(t);
    let text = move || if heard(live.is_mounted) { browser::clock::instant(t) } else { wording::iso_instant(t) };
    view! {
        <time class="instant" title=iso>
            {text}
        </time>
    }
}
