//! A figure by hour of the day and by day; no script draws it.

use leptos::prelude::*;

use super::FigurePlot;
use crate::{
    figures::Hourly,
    plot::{
        heat_map::{self, HOURS},
        svg,
        tones::Tone,
    },
};

/// Hours that are written below, and what share of the width each stands at.
const WRITTEN: [usize; 4] = [0, 6, 12, 18];

#[component]
pub fn HeatMap(hourly: Hourly) -> impl IntoView {
    let Hourly { id, title, said, names, map, steps, table } = hourly;
    let (width, height) = map.size();
    let painted = svg::paint((width, height), Tone::named, |area| heat_map::draw(area, &map));
    let hour = |hour: usize| {
        view! {
            <text x=format!("{:.2}%", 100.0 * hour as f64 / HOURS as f64) y="1em">
                {format!("{hour:02}:00")}
            </text>
        }
    };
    let step = |(number, name): (usize, String)| {
        view! {
            <li class="heat-map__step">
                <span class=format!("heat-map__swatch heat-map__swatch--{number}")></span>
                {name}
            </li>
        }
    };
    let is_partly_unknown = map.values.iter().any(Option::is_none);
    let unknown = is_partly_unknown.then(|| {
        view! {
            <li class="heat-map__step">
                <span class="heat-map__swatch heat-map__swatch--unknown"></span>
                "not known"
            </li>
        }
    });
    let drawn = view! {
        <div class="heat-map" aria-hidden="true">
            <ul class="heat-map__names">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
            <svg
                class="heat-map__picture"
                viewBox=format!("0 0 {width} {height}")
                preserveAspectRatio="none"
                height=format!("{}rem", 1.5 * map.rows() as f64)
                inner_html=painted
            ></svg>
            <svg class="heat-map__hours">{WRITTEN.map(hour).collect_view()}</svg>
        </div>
        <ul class="heat-map__legend" aria-label="Legend">
            {steps.into_iter().enumerate().map(step).collect_view()} {unknown}
        </ul>
    };
    view! { <FigurePlot id title said table picture=drawn.into_any() /> }
}
