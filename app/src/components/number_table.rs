//! Numbers in rows below their heads; what is wider than the page scrolls by itself.

use leptos::prelude::*;

/// `children` are the rows.
#[component]
pub fn NumberTable(label: &'static str, heads: &'static [&'static str], children: Children) -> impl IntoView {
    let head = |words: &&'static str| view! { <th scope="col">{*words}</th> };
    view! {
        <div class="number-table" tabindex="0" role="region" aria-label=label>
            <table>
                <thead>
                    <tr>{heads.iter().map(head).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
