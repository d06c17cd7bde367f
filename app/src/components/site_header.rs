//! The top of every page: the name, the way home and to the data page, and the state of the link, always.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::link_status::LinkStatusBadge;
use crate::pages::Plant;

#[component]
pub fn SiteHeader() -> impl IntoView {
    let plant = expect_context::<Plant>();
    let pathname = use_location().pathname;
    let is_here = move || (pathname.get() == "/data").then_some("page");
    view! {
        <header class="site-header">
            <a class="site-header__home" href="/">
                <svg class="site-header__mark" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M2 13c3 0 4-8 7-8s3 8 6 8 4-5 7-5" />
                    <path class="site-header__twin" d="M2 18c3 0 4-8 7-8s3 8 6 8 4-5 7-5" />
                </svg>
                "Twinlight"
            </a>
            <nav class="site-header__nav" aria-label="Pages">
                <a href="/data" aria-current=is_here>
                    "Data"
                </a>
            </nav>
            <LinkStatusBadge live=plant.live />
        </header>
    }
}
