//! What each line of a chart is: its look and its name.

use leptos::prelude::*;

#[component]
pub fn PlotLegend(
    is_measured: Signal<bool>,
    is_simulated: Signal<bool>,
    is_limited: Signal<bool>,
    /// The letters of the scenarios that are kept.
    kept: Signal<Vec<char>>,
) -> impl IntoView {
    let line = |class: &str, name: String| {
        view! {
            <li class="plot-legend__one">
                <svg class=format!("plot-legend__line plot-legend__line--{class}") viewBox="0 0 32 12" aria-hidden="true">
                    <rect x="0" y="1" width="32" height="10" />
                    <path d="M0 6h32" />
                </svg>
                {name}
            </li>
        }
    };
    view! {
        <ul class="plot-legend" aria-label="Lines of the chart">
            {move || is_measured.get().then(|| line("measured", "measured".to_string()))}
            {line("twin", "twin, 5 to 95 %".to_string())}
            {line("forecast", "forecast, 5 to 95 %".to_string())}
            {move || is_simulated.get().then(|| line("scenario", "simulation, 5 to 95 %".to_string()))}
            {move || {
                let own = |letter: char| {
                    line(&format!("kept-{}", letter.to_ascii_lowercase()), format!("scenario {letter}"))
                };
                super::all(kept.get().into_iter().map(own))
            }}
            {line("now", "now".to_string())}
            {move || is_limited.get().then(|| line("limit", "normal band".to_string()))}
        </ul>
    }
}
