//! A page of mere words, which the server alone makes.

use leptos::prelude::*;

#[component]
pub fn WordsPage(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <article class="words-page">
            <h1>{title}</h1>
            {children()}
        </article>
    }
}
