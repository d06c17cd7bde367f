//! The top of every page: the name, the ways to all pages, the search, the time zone, and the state of the link. The
//! server alone makes it; `browser::header` brings it to life.

use leptos::prelude::*;

use super::SiteSearch;

/// The pages that stand in every header, and the keys that lead there.
const PAGES: [(&str, &str, &str, &str); 6] = [
    ("/", "Fleet", "g f", ""),
    ("/trends", "Trends", "g t", ""),
    ("/kpis", "KPIs", "g k", "external"),
    ("/data", "Data", "g d", ""),
    ("/help", "Help", "?", "external"),
    ("/about", "About", "g a", "external"),
];

/// Whether something moves below the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Below {
    /// The program: twins, charts, instants.
    Program,
    /// Mere words.
    Words,
}

#[component]
pub fn SiteHeader(
    /// The path of the page that is shown.
    path: String,
    below: Below,
    /// What was searched for.
    #[prop(optional)]
    words: String,
) -> impl IntoView {
    let link = |(href, title, key, rel): (&'static str, &'static str, &'static str, &'static str)| {
        view! {
            <li>
                <a
                    href=href
                    rel=(!rel.is_empty()).then_some(rel)
                    data-key=key
                    aria-current=(path == href).then_some("page")
                >
                    {title}
                </a>
            </li>
        }
    };
    let links = PAGES.map(link).collect_view();
    view! {
        <header class="site-header">
            <a class="site-header__home" href="/">
                // What was measured, now, and the light that the twin throws ahead.
                <svg class="site-header__mark" viewBox="3 6 25 20" aria-hidden="true">
                    <path class="site-header__ahead" d="M15.5 16.5 26.5 9a14 14 0 0 1 0 15z" />
                    <path d="M3.5 21.5c3 0 3-9.5 6-9.5 2.5 0 2.5 4.5 6 4.5" />
                    <circle cx="15.5" cy="16.5" r="3" />
                </svg>
                "Twinlight"
            </a>
            <nav class="site-header__nav" aria-label="Pages">
                <ul>{links}</ul>
            </nav>
            <SiteSearch words />
            {(below == Below::Program).then(|| view! { <Tools /> })}
        </header>
    }
}

/// What there is for whatever moves.
#[component]
fn Tools() -> impl IntoView {
    view! {
        <select class="site-header__zone" id="zone" aria-label="Time zone">
            <option value="">"Local time"</option>
            <option value="UTC">"UTC"</option>
        </select>
        <button class="site-header__share" id="share" type="button" aria-label="Copy a link to this view">
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7" />
            </svg>
        </button>
        <p class="visually-hidden" id="share-said" role="status"></p>
        // Nothing is live yet where the page has only just been sent.
        <p class="link-status" id="link-status" role="status" data-link="connecting">
            <span class="link-status__shape" aria-hidden="true"></span>
            <span id="link-said">"Connecting"</span>
        </p>
    }
}
