//! What was proposed for this model, and what became of it: taken over or declined, each by somebody who says why.

use leptos::{ev::MouseEvent, html::Div, prelude::*, task::spawn_local};

use crate::{
    api, browser,
    live::{Live, asset::LiveAsset, calibration::Calibration, heard},
};

/// Worded by the server; here it is put up to date and listened to.
#[component]
pub fn CalibrationList(live: Live, calibration: Calibration) -> impl IntoView {
    let (place, said) = (NodeRef::<Div>::new(), RwSignal::new(String::new()));
    let refresh = move || {
        let asset = calibration.asset_id.get_value().to_string();
        spawn_local(async move {
            let answer = api::calibration::proposals(asset).await;
            let Some(place) = place.try_get_untracked().flatten() else { return };
            match answer {
                Ok(html) => browser::sheet::refresh(&place, &html),
                Err(error) => said.set(format!("The proposals cannot be shown. {error}")),
            }
        });
    };
    // Whoever answers one elsewhere is heard here.
    let newest = Memo::new(move |_| {
        let is_own = |kind: &str| kind.starts_with("calibration-");
        let newest = |asset: &LiveAsset| asset.events.iter().find(|event| is_own(&event.kind)).map(|event| event.seq);
        live.watch(&calibration.asset_id.get_value(), |asset, _| newest(asset)).flatten()
    });
    Effect::new(move |_| {
        // Asked, not only listened to: nobody else has it look.
        newest.get();
        if place.get().is_some() {
            refresh();
        }
    });
    let learning = Memo::new(move |_| {
        let said = |asset: &LiveAsset, _| asset.learning(browser::clock::instant);
        heard(live.is_mounted)
            .then(|| live.watch(&calibration.asset_id.get_value(), said))
            .flatten()
            .unwrap_or_default()
    });
    let answer = move |event: MouseEvent| {
        let Some((step, proposal, reason)) = browser::post::asked(&event) else { return };
        if reason.trim().is_empty() {
            return said.set("Say why: the reason is kept with it.".to_string());
        }
        let body = calibration.answer(&proposal, &reason);
        let address = format!("/api/v1/calibrations/{step}");
        said.set("Asking the server\u{2026}".to_string());
        spawn_local(async move {
            let answer = browser::post::json(&address, &body).await;
            let words = match answer {
                Ok(()) if step == "take" => {
                    format!(
                        "Proposal {proposal} is taken over: every twin of this asset goes on with it. What was known to be \
                         normal stays known, and alarms go on; what was not is learnt anew."
                    )
                }
                Ok(()) => format!("Proposal {proposal} is declined."),
                Err(why) => format!("Nothing was done: {why}."),
            };
            if said.try_set(words).is_none() {
                refresh();
            }
        });
    };
    view! {
        <section class="calibration-list" aria-labelledby="proposals-title">
            <h2 id="proposals-title">"Proposals"</h2>
            <p class="calibration-list__said" role="status">
                {said}
            </p>
            <p class="calibration-list__learning" hidden=move || learning.with(String::is_empty)>
                {learning}
            </p>
            <p class="calibration-list__none">
                "What is taken over is set aside when the model\u{2019}s file is changed."
            </p>
            <div node_ref=place on:click=answer>
                <p class="calibration-list__none">"Asking for the proposals\u{2026}"</p>
            </div>
        </section>
    }
}
