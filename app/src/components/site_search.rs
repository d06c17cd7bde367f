//! The header's search: a form, and once the page runs a combobox whose list the server makes.

use leptos::prelude::*;

#[component]
pub fn SiteSearch(
    /// What was searched for.
    words: String,
) -> impl IntoView {
    view! {
        <form class="site-search" role="search" action="/search">
            <input
                class="site-search__field"
                id="search"
                type="search"
                name="q"
                value=words
                placeholder="Search"
                autocomplete="off"
                aria-label="Search assets, signals and pages"
                aria-keyshortcuts="/ Control+K"
                data-key="/"
            />
            <kbd class="site-search__key" aria-hidden="true">
                "/"
            </kbd>
            <ul class="site-search__found" id="search-found" role="listbox" aria-label="Found" hidden></ul>
            <p class="visually-hidden" id="search-said" role="status"></p>
            <a id="search-way" href="/search" hidden></a>
        </form>
        <a class="site-search__way" href="/search" rel="external" aria-label="Search">
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M7 2a5 5 0 1 0 0 10 5 5 0 0 0 0-10M10.5 10.5 14 14" />
            </svg>
        </a>
    }
}
