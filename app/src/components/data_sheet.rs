//! All of the data page below its heading: what to look at first, the way to each section, the sections.

use leptos::prelude::*;

use super::{DataSection, FindingList, data_table::instant};
use crate::sheet::{Section, Sheet};

#[component]
pub fn DataSheet(sheet: Sheet) -> impl IntoView {
    let Sheet { now, findings, sections } = sheet;
    let link = |section: &Section| {
        view! {
            <li>
                <a href=format!("#{}", section.id)>{section.title.clone()}</a>
            </li>
        }
    };
    let links = sections.iter().map(link).collect_view();
    view! {
        <p class="data-sheet__now">
            "As of "
            {instant(now)}
        </p>
        <FindingList findings />
        <nav class="data-sheet__nav" aria-label="On this page">
            <ul>{links}</ul>
        </nav>
        {sections.into_iter().map(|section| view! { <DataSection section /> }).collect_view()}
    }
}
