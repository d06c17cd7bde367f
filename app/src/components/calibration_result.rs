//! What a search has found: each parameter as it is and as it fits, within how much, and what it cannot be told apart from.

use leptos::{html::Textarea, prelude::*, task::spawn_local};

use super::NumberTable;
use crate::{
    browser,
    live::calibration::{
        Calibration,
        words::{self, Found},
    },
};

#[component]
pub fn CalibrationResult(calibration: Calibration) -> impl IntoView {
    let row = |found: Found| {
        let Found { title, was, value, bounds, remark } = found;
        view! {
            <tr>
                <th scope="row">{title}</th>
                <td>{was}</td>
                <td>{value}</td>
                <td>{bounds}</td>
                <td class="calibration-result__remark">{remark}</td>
            </tr>
        }
    };
    let found = Memo::new(move |_| calibration.found());
    let said = RwSignal::new(String::new());
    let is_sent = RwSignal::new(false);
    // Another result is another proposal.
    Effect::new(move |_| {
        found.with(Vec::len);
        is_sent.set(false);
        said.set(String::new());
    });
    let propose = move |_| {
        if is_sent.get_untracked() {
            return;
        }
        let Some(body) = calibration.proposal() else {
            return said
                .set("There is nothing to propose: this window says nothing of what was looked for.".to_string());
        };
        is_sent.set(true);
        said.set("Asking the server\u{2026}".to_string());
        spawn_local(async move {
            let answer = browser::post::json("/api/v1/calibrations", &body).await;
            let words = match &answer {
                Ok(()) => "Proposed: it stands below until somebody takes it over or declines it.".to_string(),
                Err(why) => format!("It was not proposed: {why}."),
            };
            said.try_set(words);
            is_sent.try_set(answer.is_ok());
        });
    };
    let lines = Memo::new(move |_| calibration.lines());
    let (text, copied) = (NodeRef::<Textarea>::new(), RwSignal::new(String::new()));
    Effect::new(move |_| {
        lines.track();
        copied.set(String::new());
    });
    let copy = move |_| {
        if let Some(text) = text.get_untracked() {
            let say = move |words: &'static str| {
                copied.try_set(words.to_string());
            };
            browser::clip::copy_all(text, Box::new(say));
        }
    };
    let count = move || lines.with(|lines| lines.lines().count().to_string());
    let summary = move || calibration.fit.with(|fit| fit.as_ref().map(words::summary));
    view! {
        <section class="calibration-result" aria-labelledby="result-title" hidden=move || found.with(Vec::is_empty)>
            <h2 id="result-title">"What fits best"</h2>
            <NumberTable
                label="Parameters that were found"
                heads=&["Parameter", "As it is", "Fits, within 90\u{a0}%", "Bounds", "What to know"]
            >
                {move || super::all(found.get().into_iter().map(row))}
            </NumberTable>
            <p class="calibration-result__note">{summary}</p>
            <p class="calibration-result__ends">
                <button
                    type="button"
                    class="button button--main"
                    aria-disabled=move || if is_sent.get() { "true" } else { "false" }
                    on:click=propose
                >
                    "Propose"
                </button>
                <span role="status">{said}</span>
            </p>
            <div class="calibration-result__file" hidden=move || lines.with(String::is_empty)>
                <label for="found-lines">"For the model\u{2019}s file"</label>
                <textarea
                    id="found-lines"
                    class="field"
                    readonly
                    spellcheck="false"
                    node_ref=text
                    rows=count
                    prop:value=lines
                ></textarea>
                <p class="calibration-result__ends">
                    <button type="button" class="button" on:click=copy>
                        "Copy these lines"
                    </button>
                    <span role="status">{copied}</span>
                </p>
                <p class="calibration-result__note">
                    "Each line names a value of the file that is another one; all else in it stays. Twins keep what is taken over for as long as the model\u{2019}s file is the same; a file that is changed, in whatever, sets it aside, and counts alone."
                </p>
            </div>
        </section>
    }
}
