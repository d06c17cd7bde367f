//! The end of every page: which program this is, and where to read on. The server alone makes it.

use leptos::prelude::*;

#[component]
pub fn SiteFooter() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>{concat!("Twinlight ", env!("CARGO_PKG_VERSION"))}</p>
            <ul>
                <li>
                    <a href="/help" rel="external">
                        "Help"
                    </a>
                </li>
                <li>
                    <a href="/about" rel="external">
                        "About and licences"
                    </a>
                </li>
                <li>
                    <a href="/api" rel="external">
                        "API"
                    </a>
                </li>
            </ul>
        </footer>
    }
}
