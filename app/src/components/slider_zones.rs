//! Which part of a slider's range leads to trouble: a strip below its track, and a line in words.

use leptos::prelude::*;

/// Hatched where trouble is more likely than not, a thin line where it is possible, nothing where all is well.
#[component]
pub fn SliderZones(
    /// Of the slider, for the names of what is drawn with.
    name: String,
    /// As outlines, in shares of the track's length.
    likely: Signal<String>,
    possible: Signal<String>,
    /// Whether they are of before, while others are being found.
    is_old: Signal<bool>,
) -> impl IntoView {
    let [hatching, of_likely, of_possible] =
        ["hatching", "likely", "possible"].map(|what| format!("slider-zones-{what}-{name}"));
    let url = |id: &str| format!("url(#{id})");
    view! {
        <svg class="slider-zones" class=("slider-zones--old", is_old) aria-hidden="true">
            <rect class="slider-zones__possible" width="100%" height="3" clip-path=url(&of_possible) />
            <rect width="100%" height="7" fill=url(&hatching) clip-path=url(&of_likely) />
            <clipPath id=of_possible clipPathUnits="objectBoundingBox">
                <path d=move || possible.get() />
            </clipPath>
            <clipPath id=of_likely clipPathUnits="objectBoundingBox">
                <path class="slider-zones__likely" d=move || likely.get() />
            </clipPath>
            <pattern id=hatching width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="slider-zones__ground" width="5" height="5" />
                <rect class="slider-zones__hatch" width="2.5" height="5" />
            </pattern>
        </svg>
    }
}

/// The zones in words; it has its line where there are none, too, so that the sliders below stay where they are.
#[component]
pub fn ZonesNote(
    /// By which the slider is described.
    id: String,
    note: Signal<String>,
) -> impl IntoView {
    view! {
        <p class="slider-zones__note" id=id>
            {move || note.get()}
        </p>
    }
}
