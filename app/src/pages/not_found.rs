//! What stands where nothing is.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api;

#[component]
pub fn NotFound() -> impl IntoView {
    api::say_not_found();
    view! {
        <Title text="Not found" />
        <section class="notice">
            <h1>"There is no such page"</h1>
            <p>"The address may be mistyped, or the asset was taken out of the plant."</p>
            <p>
                <a href="/">"All assets"</a>
            </p>
        </section>
    }
}
