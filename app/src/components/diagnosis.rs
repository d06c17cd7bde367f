//! What the twin finds: one calm line, or what is not as expected, since when, and why.

use leptos::{html::Div, prelude::*};
use twin::id::AssetId;

use crate::{
    browser,
    live::{Live, lab::Lab},
};

/// `ahead` is what is said of failures, where somebody looks back at it.
#[component]
pub fn Diagnosis(
    live: Live,
    asset_id: AssetId,
    lab: Lab,
    #[prop(optional)] ahead: Option<Memo<String>>,
) -> impl IntoView {
    let has_estimates = live.read(&asset_id, |asset, _| !asset.model.latents.is_empty()).unwrap_or_default();
    let id = asset_id.clone();
    let question = Memo::new(move |_| live.watch(&id, |asset, _| asset.question()).flatten());
    Effect::new(move |_| {
        if let Some((began, _)) = question.get() {
            lab.explain(began);
        }
    });
    let id = asset_id.clone();
    let findings = Memo::new(move |_| {
        let findings = |causes: &_| live.watch(&id, |asset, _| asset.findings(causes, browser::clock::instant));
        lab.causes.with(findings).unwrap_or_default()
    });
    let id = asset_id.clone();
    let announcement = Memo::new(move |_| live.watch(&id, |asset, _| asset.announcement()).unwrap_or_default());
    let beliefs = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let html = live.watch(&asset_id, |asset, _| asset.beliefs()).unwrap_or_default();
        // In place: whoever opened it goes on reading.
        if let Some(place) = beliefs.get() {
            browser::sheet::refresh(&place, &html);
        }
    });
    let said_ahead = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let html = ahead.map(|ahead| ahead.get()).unwrap_or_default();
        if let Some(place) = said_ahead.get() {
            browser::sheet::refresh(&place, &html);
        }
    });
    view! {
        <section class="said diagnosis" class=("diagnosis--estimates", has_estimates) aria-labelledby="diagnosis-title">
            <h2 id="diagnosis-title">"What the twin finds"</h2>
            <div>
                <p class="visually-hidden" role="status">
                    {announcement}
                </p>
                <div class="diagnosis__all" inner_html=findings></div>
                <div class="diagnosis__ahead" node_ref=said_ahead></div>
                <div class="diagnosis__beliefs" node_ref=beliefs></div>
            </div>
        </section>
    }
}
