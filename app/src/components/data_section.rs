//! One section of the data page: what it says, its filter, its tables, and after these whatever is done from it.

use leptos::prelude::*;
use wire::view::data::Section;

use super::{Correction, DataTable, FilterForm};
use crate::live::Live;

#[component]
pub fn DataSection(live: Live, section: Section, correction: Correction, children: ChildrenFn) -> impl IntoView {
    let Section { id, title, lead, filter, tables } = section;
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <section class="data-section" id=id aria-labelledby=labelled_by>
            <h2 id=title_id>{title}</h2>
            <p class="data-section__lead">{lead}</p>
            {filter.map(|filter| view! { <FilterForm filter /> })}
            {tables.into_iter().map(|table| view! { <DataTable live table correction /> }).collect_view()}
            {children()}
        </section>
    }
}
