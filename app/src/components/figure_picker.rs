//! Of when and of what the figures are: links and a plain form, so that it works without scripts.

use leptos::prelude::*;

use crate::figures::{Choice, Picker};

#[component]
pub fn FigurePicker(picker: Picker) -> impl IntoView {
    let Picker { lengths, earlier, later, again, scopes, scope, kept } = picker;
    let choice = |Choice { text, link, is_chosen }: Choice| {
        view! {
            <li>
                <a href=link aria-current=is_chosen.then_some("true")>
                    {text}
                </a>
            </li>
        }
    };
    let option = |(value, words): (String, String)| {
        let is_chosen = value == scope;
        view! {
            <option value=value selected=is_chosen>
                {words}
            </option>
        }
    };
    let hidden = |(name, value): (String, String)| view! { <input type="hidden" name=name value=value /> };
    view! {
        <div class="figure-picker">
            <nav aria-label="Period">
                <ul class="figure-picker__lengths">{lengths.into_iter().map(choice).collect_view()}</ul>
                <ul class="figure-picker__steps">{earlier.into_iter().chain(later).chain([again]).map(choice).collect_view()}</ul>
            </nav>
            <form class="figure-picker__scope" method="get" action="/kpis" aria-label="Part of the plant">
                <label for="figure-scope">"Part of the plant"</label>
                <select id="figure-scope" name="of">
                    {scopes.into_iter().map(option).collect_view()}
                </select>
                {kept.into_iter().map(hidden).collect_view()}
                <button type="submit" class="button">
                    "Show"
                </button>
            </form>
        </div>
    }
}
