//! What each line of a chart is: its look and its name.

use leptos::prelude::*;

#[component]
pub fn PlotLegend(is_measured: Signal<bool>, is_simulated: Signal<bool>, is_limited: Signal<bool>) -> impl IntoView {
    let line = |class: &'static str, name: &'static str| {
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
            {move || is_measured.get().then(|| line("measured", "measured"))}
            {line("twin", "twin, 5 to 95 %")}
            {line("forecast", "forecast, 5 to 95 %")}
            {move || is_simulated.get().then(|| line("scenario", "simulation, 5 to 95 %"))}
            {line("now", "now")}
            {move || is_limited.get().then(|| line("limit", "normal band"))}
        </ul>
    }
}
