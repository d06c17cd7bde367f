//! One section of the data page: what it says, its filter, its tables, and what can be done from it.

use leptos::prelude::*;

use super::{CorrectionForm, DataTable, FilterForm};
use crate::sheet::Section;

#[component]
pub fn DataSection(section: Section) -> impl IntoView {
    let Section { id, title, lead, filter, tables, has_correction } = section;
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <section class="data-section" id=id aria-labelledby=labelled_by>
            <h2 id=title_id>{title}</h2>
            <p class="data-section__lead">{lead}</p>
            {filter.map(|filter| view! { <FilterForm filter /> })}
            {tables.into_iter().map(|table| view! { <DataTable table /> }).collect_view()}
            {has_correction.then(|| view! { <CorrectionForm /> })}
        </section>
    }
}
