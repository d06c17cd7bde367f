//! The state of the link to the server: in every header, and as a note where it matters.

use leptos::prelude::*;

use crate::{
    browser,
    live::{Live, link::LinkStatus},
};

/// A word and a shape for the header.
#[component]
pub fn LinkStatusBadge(live: RwSignal<Option<Live>>) -> impl IntoView {
    // Nothing is live yet where the page has only just been sent.
    let status = move || live.get().map_or(LinkStatus::Connecting, |live| live.link.get());
    let text = move || match status() {
        LinkStatus::Connecting => "Connecting".to_string(),
        LinkStatus::Live => "Live".to_string(),
        LinkStatus::Delayed { .. } => "Delayed".to_string(),
        LinkStatus::Stale { .. } => "Stale".to_string(),
        LinkStatus::Reconnecting { attempt, .. } => format!("Reconnecting, attempt {attempt}"),
        LinkStatus::Outdated => "Page out of date".to_string(),
    };
    let class = move || match status() {
        LinkStatus::Connecting => "link-status",
        LinkStatus::Live => "link-status link-status--live",
        LinkStatus::Delayed { .. } => "link-status link-status--warn",
        _ => "link-status link-status--alarm",
    };
    view! {
        <p class=class role="status" data-link=move || status().word()>
            <span class="link-status__shape" aria-hidden="true"></span>
            {text}
        </p>
    }
}

/// What a broken link means for what is on screen; nothing while all is well.
#[component]
pub fn LinkNote(live: Live) -> impl IntoView {
    let note = Memo::new(move |_| note_of(live.link.get()));
    let retry = move || match live.retry_in_secs.get() {
        0 => String::new(),
        secs => format!(" Next try in {secs} s."),
    };
    let reload = move || {
        (live.link.get() == LinkStatus::Outdated).then(|| {
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
        live.refusal.get().map(|reason| {
            view! {
                <aside class="link-note" aria-label="Refused by the server">
                    <p>"The server refused a request: " {reason}</p>
                </aside>
            }
        })
    };
    view! {
        {said}
        {refused}
    }
}

fn note_of(status: LinkStatus) -> Option<String> {
    let text = match status {
        LinkStatus::Connecting | LinkStatus::Live => return None,
        LinkStatus::Delayed { .. } => "The server is silent for longer than usual.".to_string(),
        LinkStatus::Stale { .. } => {
            "Nothing has come from the server for a while. What was measured ends where its line ends; the twin predicts on."
                .to_string()
        }
        LinkStatus::Reconnecting { attempt, .. } => format!(
            "The link to the server is lost: reconnecting, attempt {attempt}. What was measured ends where its line ends; the twin predicts on."
        ),
        LinkStatus::Outdated => "The server is newer than this page.".to_string(),
    };
    Some(text)
}
