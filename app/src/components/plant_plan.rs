//! The plant drawn as a plan: boxes in boxes, and in them assets with their values of this moment.

use leptos::{html::Div, prelude::*};

/// `html` as the server drew it; whoever shows it keeps its values up to date.
#[component]
pub fn PlantPlan(place: NodeRef<Div>, html: String) -> impl IntoView {
    view! { <div class="plant-plan" node_ref=place inner_html=html></div> }
}
