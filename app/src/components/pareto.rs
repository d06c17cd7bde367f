//! What took the most, the worst first, with the share that it and all before it have together; no script draws it.

use leptos::prelude::*;

use super::FigurePlot;
use crate::{
    figures::Weighed,
    plot::{pareto, svg, tones::Tone},
};

#[component]
pub fn Pareto(weighed: Weighed) -> impl IntoView {
    let Weighed { id, title, said, rows, table } = weighed;
    let picture = pareto::Pareto::of(rows.iter().map(|row| row.weight));
    let (width, height) = picture.size();
    let painted = svg::paint((width, height), Tone::named, |area| pareto::draw(area, &picture));
    let row = |name: String| view! { <li>{name}</li> };
    let (names, amounts): (Vec<_>, Vec<_>) =
        rows.iter().map(|own| (row(own.name.clone()), row(own.amount.clone()))).unzip();
    let drawn = view! {
        <div class="pareto" aria-hidden="true">
            <ul class="pareto__names">{names}</ul>
            <svg
                class="pareto__picture"
                viewBox=format!("0 0 {width} {height}")
                preserveAspectRatio="none"
                height=format!("{}rem", 2.25 * rows.len() as f64)
                inner_html=painted
            ></svg>
            <ul class="pareto__amounts">{amounts}</ul>
        </div>
        <p class="pareto__legend" aria-hidden="true">
            "Bars: share of all. Line: share down to there; the upright line is at 80\u{a0}%."
        </p>
    };
    view! { <FigurePlot id title said table picture=drawn.into_any() /> }
}
