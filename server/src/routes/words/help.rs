//! How to read the pages, what the keys do, and what to do without a server.

use app::{browser::keys::SWITCHED_OFF, components::WordsPage};
use axum::http::HeaderValue;
use leptos::prelude::*;
use serde::Deserialize;

/// Keys and what they do; each group has a title.
const KEYS: [(&str, &[(&str, &str)]); 6] = [
    (
        "On every page with live values",
        &[
            ("/", "Search; also Ctrl+K"),
            ("?", "This help"),
            ("g f", "Fleet"),
            ("g t", "Trends"),
            ("g k", "KPIs"),
            ("g d", "Data"),
            ("g a", "About"),
            ("g c", "On the page of an asset: its calibration"),
            ("g i", "Diagnostics: how this tab does, in numbers; or ?diagnostics in the address"),
        ],
    ),
    (
        "In the search",
        &[
            ("\u{2191} \u{2193}", "Choose what was found"),
            ("Enter", "Open the choice, or all results"),
            ("Esc", "Close the list"),
        ],
    ),
    (
        "On a chart",
        &[
            ("\u{2190} \u{2192}", "Read the values a step earlier or later; with Shift, ten steps"),
            ("+ \u{2212}", "Look closer, or at more time; the wheel does so once the chart was clicked"),
            ("Page\u{a0}Up Page\u{a0}Down", "Move a quarter earlier or later; with the mouse, hold Shift and drag"),
            ("Space", "Hold the time that is shown, or follow now again"),
            ("Home", "Back to now, as a double click does"),
            ("Esc", "Read no more"),
        ],
    ),
    (
        "In a replay",
        &[
            ("Space", "Play or pause, where nothing else has the focus"),
            ("\u{2190} \u{2192}", "One entry back or on"),
            ("Home End", "On its slider: the begin and the end of the window"),
        ],
    ),
    (
        "On a wall",
        &[
            ("\u{2190} \u{2192}", "The page before, the next page"),
            ("Any key", "Stand still for a minute; so does the pointer"),
        ],
    ),
    (
        "On a slider",
        &[
            ("\u{2190} \u{2192}", "One step"),
            ("Page\u{a0}Up Page\u{a0}Down", "Ten steps"),
            ("Home End", "The lowest and the highest value"),
        ],
    ),
];

/// What the pages say, term by term.
const TERMS: [(&str, &str); 11] = [
    (
        "Twin",
        "A model of the asset that follows its measurements. It runs in this browser, to the same bits as on the server.",
    ),
    ("Band", "Where the twin expects a value with a probability of 90\u{a0}%."),
    (
        "Verified",
        "The twin in this browser and that of the server came to the same state, bit for bit, over so many entries.",
    ),
    (
        "Still learning",
        "All is within its limits, and the twin does not know yet what else is normal: until then it gives no other alarm.",
    ),
    (
        "Stale",
        "No new sample for longer than agreed, or than usual. What was measured ends there; the twin predicts on.",
    ),
    ("As last known", "An alarm of which nobody has said that it is over, though nothing new is measured."),
    (
        "Predicted",
        "The link to the server is lost: values are what the twin predicts from the last one measured. Once the link is back, \
         the page says how well it did.",
    ),
    ("Forecast", "What comes next if the inputs go on as the page says below the chart."),
    ("What if", "A future under other inputs, computed in this page. Nothing is sent to the asset."),
    ("Simulated", "The telemetry was made by a model, not measured."),
    ("Replay", "The telemetry was recorded earlier and is played back; the badge says how fast."),
];

#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    single: String,
}

impl Choice {
    /// What makes the browser remember it, for a year.
    pub fn cookie(&self) -> HeaderValue {
        HeaderValue::from_static(if self.single == "off" {
            "keys=off; Path=/; Max-Age=31536000; SameSite=Strict"
        } else {
            "keys=on; Path=/; Max-Age=0; SameSite=Strict"
        })
    }
}

pub fn are_keys_off(cookies: &str) -> bool {
    cookies.split(';').any(|cookie| cookie.trim() == SWITCHED_OFF)
}

pub fn content(are_keys_off: bool) -> String {
    let row = |(keys, what): &(&'static str, &'static str)| {
        let pressed = keys.split(' ').map(|key| view! { <kbd>{key.to_string()}</kbd> " " }).collect_view();
        view! {
            <tr>
                <th scope="row">{pressed}</th>
                <td>{*what}</td>
            </tr>
        }
    };
    let group = |(title, keys): &(&'static str, &'static [(&'static str, &'static str)])| {
        view! {
            <table class="words-page__keys">
                <caption>{*title}</caption>
                <tbody>{keys.iter().map(row).collect_view()}</tbody>
            </table>
        }
    };
    let groups = KEYS.iter().map(group).collect_view();
    let term = |(term, meaning): &(&'static str, &'static str)| {
        view! {
            <div>
                <dt>{*term}</dt>
                <dd>{*meaning}</dd>
            </div>
        }
    };
    let (choice, state, change) = if are_keys_off {
        ("on", "Single keys are switched off in this browser.", "Switch single keys on")
    } else {
        ("off", "Single keys are on in this browser.", "Switch single keys off")
    };
    view! {
        <WordsPage title="Help">
            <section id="keys" aria-labelledby="keys-title">
                <h2 id="keys-title">"Keyboard"</h2>
                <div class="words-page__columns">{groups}</div>
                <form class="words-page__choice" action="/help/keys">
                    <p>{state} " Ctrl+K works in any case. Keys are not heard while you write in a field."</p>
                    <button class="button" name="single" value=choice>
                        {change}
                    </button>
                </form>
            </section>
            <section aria-labelledby="terms-title">
                <h2 id="terms-title">"What the words mean"</h2>
                <dl class="words-page__terms">{TERMS.iter().map(term).collect_view()}</dl>
            </section>
            <section aria-labelledby="time-title">
                <h2 id="time-title">"Time"</h2>
                <p>
                    "Every instant is kept in UTC and written in the zone that the header names: that of this computer, UTC, or that of an asset. The zone stands in the address as "
                    <code>"tz"</code>
                    ", so a link shows others what you see. Where clocks are set back an hour comes twice; the name beside the time, as CEST or CET, tells which one is meant. Without scripts, all times are UTC."
                </p>
            </section>
            <section aria-labelledby="offline-title">
                <h2 id="offline-title">"Without a server"</h2>
                <p>
                    "A page that was open once, over HTTPS or on this machine, opens again without a server: the program and the last state of every twin are kept in this browser. It says since when it is offline. What was measured ends there; the twins predict on. To forget it all, clear the site\u{2019}s data in the browser."
                </p>
            </section>
        </WordsPage>
    }
    .to_html()
}

pub fn offline() -> String {
    view! {
        <WordsPage title="This page needs the server">
            <p>"There is no link to it right now. What this browser has kept still opens:"</p>
            <ul class="words-page__list">
                <li>
                    <a href="/">"Fleet"</a>
                    ", with the last state of every twin that was open here"
                </li>
                <li>
                    <a href="/help">"Help"</a>
                </li>
                <li>
                    <a href="/about">"About"</a>
                </li>
            </ul>
        </WordsPage>
    }
    .to_html()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_of_keys_is_read_from_among_other_cookies() {
        assert!(are_keys_off("a=b; keys=off"));
        assert!(!are_keys_off("a=b; keys=on"));
        assert!(!are_keys_off("monkeys=off"));
        assert!(!are_keys_off(""));
    }

    #[test]
    fn the_page_offers_the_choice_that_is_not_made() {
        assert!(content(false).contains("Switch single keys off"));
        assert!(content(true).contains("Switch single keys on"));
    }
}
