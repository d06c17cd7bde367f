//! What is done with refused items that were chosen: a rule, a preview, and then it is done.
//!
//! Each button names its step; the page around it listens, and writes what came of it into the last two elements.

use leptos::prelude::*;

/// The form's name, by which choices in tables belong to it.
pub const FORM: &str = "correction";

#[component]
pub fn CorrectionForm() -> impl IntoView {
    let field = |name: &'static str, title: &'static str, hint: &'static str| {
        let id = format!("rule-{name}");
        let of = id.clone();
        view! {
            <p class="correction-form__field">
                <label for=of>{title}</label>
                <input type="text" id=id name=name placeholder=hint autocomplete="off" />
            </p>
        }
    };
    view! {
        // What is written here outlives each refresh of the page.
        <form class="correction-form" id=FORM data-kept="" aria-labelledby="correction-title">
            <h3 id="correction-title">"Correct and take in"</h3>
            <noscript>
                <p>"Without scripts, items are corrected through the API: POST /api/v1/quarantine/readmit."</p>
            </noscript>
            <div class="correction-form__fields">
                <p class="correction-form__field">
                    <label for="rule-scope">"Which items"</label>
                    <select id="rule-scope" name="scope" autocomplete="off">
                        <option value="chosen">"Those chosen above"</option>
                        <option value="matching">"All that wait and match the filter"</option>
                    </select>
                </p>
                {field("unit", "Its unit is", "mV")}
                {field("multiply", "Multiply by", "0.001")}
                {field("shift", "Shift its time by", "-1 h")}
                {field("to_asset", "It is of asset", "cell")}
                {field("to_signal", "It is of signal", "voltage")}
                {field("note", "Note, for dismissing", "test run")}
                <p class="correction-form__check">
                    <input type="checkbox" id="rule-range" name="out_of_range" value="accept" autocomplete="off" />
                    <label for="rule-range">"Accept a value out of range, this once"</label>
                </p>
            </div>
            <div class="correction-form__buttons">
                <button type="button" class="button" data-step="preview">
                    "Preview"
                </button>
                <button type="button" class="button" data-step="readmit" disabled>
                    "Take in"
                </button>
                <button type="button" class="button" data-step="dismiss">
                    "Dismiss"
                </button>
            </div>
            <p class="correction-form__said" role="status"></p>
            <div class="correction-form__items"></div>
        </form>
    }
}
