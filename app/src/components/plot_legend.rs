//! What each line of a chart is: its look and its name; a press hides it or shows it again, two presses show it alone.

use leptos::{ev::MouseEvent, prelude::*};

use crate::{
    live::stretch::Shown,
    plot::layer::{Layer, Layers},
};

#[component]
pub fn PlotLegend(
    is_measured: Signal<bool>,
    /// Whether a twin says what to expect.
    #[prop(default = Signal::stored(true))]
    is_foreseen: Signal<bool>,
    /// Whether it was learned what comes next, where no twin says it.
    #[prop(optional)]
    has_outlook: bool,
    is_simulated: Signal<bool>,
    is_limited: Signal<bool>,
    /// The letters of the scenarios that are kept.
    kept: Signal<Vec<char>>,
    shown: Shown,
) -> impl IntoView {
    let look = |class: &str| {
        view! {
            <svg class=format!("plot-legend__line plot-legend__line--{class}") viewBox="0 0 32 12" aria-hidden="true">
                <rect x="0" y="1" width="32" height="10" />
                <path d=if class == "flags" { "M12 12V1h12l-3 3 3 3H12" } else { "M0 6h32" } />
            </svg>
        }
    };
    let line = move |layer: Layer, class: &str, name: String| {
        let alone = move || shown.layers.update(|layers| *layers = layers.alone(layer));
        // With the shift key one press does what two do: so keys do it as well.
        let press = move |event: MouseEvent| match event.shift_key() {
            true => alone(),
            false => shown.layers.update(|layers| *layers = layers.turned(layer)),
        };
        view! {
            <li>
                <button
                    type="button"
                    class="plot-legend__one"
                    aria-pressed=move || if shown.layers.get().shows(layer) { "true" } else { "false" }
                    title="Hides or shows this; two presses, or one with Shift, show it alone"
                    on:click=press
                    on:dblclick=move |_| alone()
                >
                    {look(class)}
                    {name}
                </button>
            </li>
        }
    };
    view! {
        <ul class="plot-legend" aria-label="Lines of the chart">
            {move || is_measured.get().then(|| line(Layer::Measured, "measured", "measured".to_string()))}
            {has_outlook.then(|| line(Layer::Forecast, "forecast", "forecast, 5 to 95 %".to_string()))}
            {move || {
                is_foreseen
                    .get()
                    .then(|| {
                        let twin = line(Layer::Twin, "twin", "twin, 5 to 95 %".to_string());
                        (twin, line(Layer::Forecast, "forecast", "forecast, 5 to 95 %".to_string()))
                    })
            }}
            {move || {
                is_simulated.get().then(|| line(Layer::Scenario, "scenario", "simulation, 5 to 95 %".to_string()))
            }}
            {move || {
                let own = |letter: char| {
                    let number = (letter.to_ascii_lowercase() as usize).saturating_sub('a' as usize);
                    line(
                        Layer::Kept(number),
                        &format!("kept-{}", letter.to_ascii_lowercase()),
                        format!("scenario {letter}"),
                    )
                };
                super::all(kept.get().into_iter().map(own))
            }}
            <li class="plot-legend__one">{look("now")} "now"</li>
            {move || is_limited.get().then(|| line(Layer::Limits, "limit", "normal band".to_string()))}
            {line(Layer::Flags, "flags", "events".to_string())}
            <li hidden=move || shown.layers.get().are_all()>
                <button type="button" class="button button--quiet" on:click=move |_| shown.layers.set(Layers::default())>
                    "Show all"
                </button>
            </li>
        </ul>
    }
}
