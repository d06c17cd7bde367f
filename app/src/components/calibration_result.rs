//! What a search has found: each parameter as it is and as it fits, within how much, and what it cannot be told apart from.

use leptos::prelude::*;

use crate::live::calibration::{
    Calibration,
    words::{self, Found},
};

#[component]
pub fn CalibrationResult(calibration: Calibration) -> impl IntoView {
    let row = |found: Found| {
        let Found { title, was, value, bounds, remark } = found;
        view! {
            <tr>
                <th scope="row">{title}</th>
                <td>{was}</td>
                <td>{value}</td>
                <td>{bounds}</td>
                <td class="calibration-result__remark">{remark}</td>
            </tr>
        }
    };
    let found = Memo::new(move |_| calibration.found());
    let summary = move || calibration.fit.with(|fit| fit.as_ref().map(words::summary));
    view! {
        <section class="calibration-result" aria-labelledby="result-title" hidden=move || found.with(Vec::is_empty)>
            <h2 id="result-title">"What fits best"</h2>
            <div class="calibration-result__table" tabindex="0" role="region" aria-labelledby="result-title">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Parameter"</th>
                            <th scope="col">"As it is"</th>
                            <th scope="col">"Fits, within 90\u{a0}%"</th>
                            <th scope="col">"Bounds"</th>
                            <th scope="col">"What to know"</th>
                        </tr>
                    </thead>
                    <tbody>{move || super::all(found.get().into_iter().map(row))}</tbody>
                </table>
            </div>
            <p class="calibration-result__note">{summary}</p>
        </section>
    }
}
