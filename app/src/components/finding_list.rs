//! What is to be looked at in the data, worst first; one calm line where there is nothing.

use crate::sheet::{Cell, Look};
use leptos::prelude::*;

#[component]
pub fn FindingList(findings: Vec<Cell>) -> impl IntoView {
    if findings.is_empty() {
        return view! {
            <p class="finding-list__calm">
                "Nothing to look at: no gap is open, nothing waits in quarantine, the store is well."
            </p>
        }
        .into_any();
    }
    let item = |Cell { text, link, look, .. }: Cell| {
        let class = if look == Look::Alarm { "finding-list__alarm" } else { "finding-list__warn" };
        view! {
            <li class=class>
                <a href=link>{text}</a>
            </li>
        }
    };
    view! {
        <ul class="finding-list" aria-label="To look at">
            {findings.into_iter().map(item).collect_view()}
        </ul>
    }
    .into_any()
}
