//! What narrows a section down. A plain form: the address carries it, and it works without scripts.

use crate::sheet::{Field, Filter};
use leptos::prelude::*;

#[component]
pub fn FilterForm(filter: Filter) -> impl IntoView {
    let Filter { title, section, fields, kept } = filter;
    let prefix = section.clone();
    let field = |Field { name, title, value, options }: Field| {
        let id = format!("{prefix}-{name}");
        let control = if options.is_empty() {
            view! { <input type="text" id=id.clone() name=name value=value autocomplete="off" /> }.into_any()
        } else {
            let option = |(known, words): (String, String)| {
                let is_chosen = known == value;
                view! {
                    <option value=known selected=is_chosen>
                        {words}
                    </option>
                }
            };
            view! {
                <select id=id.clone() name=name>
                    {options.into_iter().map(option).collect_view()}
                </select>
            }
            .into_any()
        };
        view! {
            <p class="filter-form__field">
                <label for=id>{title}</label>
                {control}
            </p>
        }
    };
    let fields = fields.into_iter().map(field).collect_view();
    let hidden = |(name, value): (String, String)| view! { <input type="hidden" name=name value=value /> };
    view! {
        <form class="filter-form" method="get" action=format!("/data#{section}") aria-label=title>
            {fields}
            {kept.into_iter().map(hidden).collect_view()}
            <button type="submit" class="button">
                "Show"
            </button>
        </form>
    }
}
