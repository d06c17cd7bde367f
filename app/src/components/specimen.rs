//! One component with its states beneath, for whoever designs them; the server alone makes it.

use leptos::prelude::*;

#[component]
pub fn Specimen(name: &'static str, states: Vec<(&'static str, AnyView)>) -> impl IntoView {
    let state = |(state, shown): (&'static str, AnyView)| {
        view! {
            <div class="specimen__state">
                <p class="words-page__kind">{state}</p>
                {shown}
            </div>
        }
    };
    view! {
        <section class="specimen">
            <h2>{name}</h2>
            <div class="specimen__states">{states.into_iter().map(state).collect_view()}</div>
        </section>
    }
}
