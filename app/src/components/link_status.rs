//! The state of the link to the server: in words for every header, and as a note where it matters.

use leptos::prelude::*;

use twin::Timestamp;

use super::Instant;
use crate::{
    browser,
    live::{Live, heard, link::LinkStatus},
};

const ALARM: &str = "link-status link-status--alarm";

/// What the header says of the link, and the class of its look.
pub fn said_of(status: LinkStatus) -> (String, &'static str) {
    match status {
        LinkStatus::Connecting => ("Connecting".to_string(), "link-status"),
        LinkStatus::Live => ("Live".to_string(), "link-status link-status--live"),
        LinkStatus::Delayed { .. } => ("Delayed".to_string(), "link-status link-status--warn"),
        LinkStatus::Stale { .. } => ("Stale".to_string(), ALARM),
        LinkStatus::Reconnecting { attempt, .. } => (format!("Reconnecting, attempt {attempt}"), ALARM),
        LinkStatus::Outdated => ("Page out of date".to_string(), ALARM),
        LinkStatus::Replay => ("Replay".to_string(), "link-status link-status--replay"),
    }
}

/// What a broken link means for what is on screen; nothing while all is well.
#[component]
pub fn LinkNote(live: Live) -> impl IntoView {
    let note = Memo::new(move |_| note_of(live, heard(live.link)));
    let retry = move || match heard(live.retry_in_secs) {
        0 => String::new(),
        secs => format!(" Next try in {secs} s."),
    };
    let reload = move || {
        (heard(live.link) == LinkStatus::Outdated).then(|| {
            view! {
                <button class="button" on:click=|_| browser::address::reload()>
                    "Load the page again"
                </button>
            }
        })
    };
    let said = move || {
        note.get().map(|text| {
            view! {
                <aside class="link-note" aria-label="Link to the server">
                    <p>{text} {retry}</p>
                    {reload}
                </aside>
            }
        })
    };
    let refused = move || {
        heard(live.refusal).map(|reason| {
            view! {
                <aside class="link-note" aria-label="Refused by the server">
                    <p>"The server refused a request: " {reason}</p>
                </aside>
            }
        })
    };
    let kept = move || {
        let at = Timestamp(heard(live.kept_at_micros) as i64);
        (at.0 > 0 && heard(live.link) != LinkStatus::Live).then(|| {
            view! {
                <aside class="link-note" aria-label="Offline">
                    <p>
                        <strong>"Offline since "</strong>
                        <Instant live t=at />
                        ". This page was kept on this device: what was measured ends there, and the twins predict on from there."
                    </p>
                </aside>
            }
        })
    };
    view! {
        {kept}
        {said}
        {refused}
    }
}

fn note_of(live: Live, status: LinkStatus) -> Option<String> {
    let ends = || {
        let has_twin = live.fleet(|fleet| fleet.assets().any(|asset| asset.twin.is_some()));
        let twin = if has_twin {
            "the twin predicts on"
        } else {
            "no twin has started in this page, and nothing is predicted"
        };
        format!("What was measured ends where its line ends; {twin}.")
    };
    let text = match status {
        LinkStatus::Connecting | LinkStatus::Live | LinkStatus::Replay => return None,
        LinkStatus::Delayed { .. } => "The server is silent for longer than usual.".to_string(),
        LinkStatus::Stale { .. } => {
            format!("Nothing has come from the server for a while. {}", ends())
        }
        LinkStatus::Reconnecting { attempt, .. } => {
            format!("The link to the server is lost: reconnecting, attempt {attempt}. {}", ends())
        }
        LinkStatus::Outdated => "The server is newer than this page.".to_string(),
    };
    Some(text)
}
