//! The frame of a picture on the page of key figures: title, what it says, the picture, and the same as a table.

use leptos::prelude::*;

use super::DataTable;
use crate::sheet::Table;

#[component]
pub fn FigurePlot(id: &'static str, title: String, said: String, table: Table, picture: AnyView) -> impl IntoView {
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <section class="figure-plot" id=id aria-labelledby=labelled_by>
            <h2 class="figure-plot__title" id=title_id>
                {title}
            </h2>
            <p class="figure-plot__said">{said}</p>
            {picture}
            <details class="fold figure-plot__table">
                <summary>"As a table"</summary>
                <DataTable table />
            </details>
        </section>
    }
}
