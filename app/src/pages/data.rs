//! Whether the data can be trusted: sources, gaps, quarantine, lineage, contracts, the store, the connectors.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use wire::view::data::{DataView, Section};

use super::{Trouble, WithPlant};
use crate::{
    api::{self, ApiError},
    browser,
    components::{Correction, CorrectionForm, DataSection, FindingList, Instant},
    live::Live,
};

const REFRESH_EVERY: Duration = Duration::from_secs(5);
/// The section from which something can be done.
const QUARANTINE: &str = "quarantine";

#[component]
pub fn DataPage() -> impl IntoView {
    let search = use_location().search;
    let view = Resource::new(move || search.get(), api::data::data);
    let correction = Correction::new(move || view.refetch());
    Effect::new(move |_| browser::frame::every_while_shown(REFRESH_EVERY, move || view.refetch()));
    // What stays on screen while the server cannot be asked.
    let last = StoredValue::new(None::<DataView>);
    view! {
        <Title text="Data" />
        <WithPlant page=move |live| {
            view! {
                <Transition fallback=|| view! { <p class="notice" role="status">"Asking about the data\u{2026}"</p> }>
                    {move || Suspend::new(async move {
                        let (shown, trouble) = match view.await {
                            Ok(view) => {
                                last.set_value(Some(view.clone()));
                                (Some(view), None)
                            }
                            Err(error) => (last.get_value(), Some(error)),
                        };
                        match shown {
                            Some(view) => view! { <Whole live view trouble correction search=search.into() /> }.into_any(),
                            None => view! { <Trouble error=trouble.unwrap_or(ApiError::Unreachable) /> }.into_any(),
                        }
                    })}
                </Transition>
            }
        } />
    }
}

#[component]
fn Whole(
    live: Live,
    view: DataView,
    trouble: Option<ApiError>,
    correction: Correction,
    search: Signal<String>,
) -> impl IntoView {
    let DataView { now, findings, sections } = view;
    let link = |section: &Section| {
        view! {
            <li>
                <a href=format!("#{}", section.id)>{section.title.clone()}</a>
            </li>
        }
    };
    let links = sections.iter().map(link).collect_view();
    let stale = trouble.map(|error| {
        view! {
            <p class="notice notice--trouble" role="alert">
                {format!("What is shown is old. {error}")}
            </p>
        }
    });
    let section = |section: Section| {
        let has_form = section.id == QUARANTINE;
        view! {
            <DataSection live section correction>
                {has_form.then(|| view! { <CorrectionForm live correction search /> })}
            </DataSection>
        }
    };
    view! {
        <div class="data-page">
            <header class="data-page__head">
                <h1>"Data"</h1>
                <p class="data-page__now">"As of " <Instant live t=now /></p>
            </header>
            {stale}
            <FindingList findings />
            <nav class="data-page__nav" aria-label="On this page">
                <ul>{links}</ul>
            </nav>
            {sections.into_iter().map(section).collect_view()}
        </div>
    }
}
