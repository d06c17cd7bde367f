//! What assets did over a period, a lane each; no script draws it.

use leptos::prelude::*;
use twin::kpi::Doing;

use super::FigurePlot;
use crate::{
    figures::Courses,
    plot::{
        svg,
        timeline::{self, LANE},
        tones::Tone,
    },
};

/// What each look means.
const LEGEND: [(&str, &str); 6] = [
    ("runs", "runs"),
    ("planned", "planned stop"),
    ("stopped", "unplanned stop"),
    ("failed", "failure"),
    ("rests", "not to run"),
    ("unknown", "unknown"),
];

#[component]
pub fn Timeline(courses: Courses) -> impl IntoView {
    let Courses { said, names, timeline, ticks, table } = courses;
    let (width, height) = timeline.size();
    let painted = svg::paint((width, height), Tone::named, |area| timeline::draw(area, &timeline));
    let has_ahead = timeline.lanes.iter().any(|lane| !lane.ahead.is_empty());
    let has = |doing: Doing| timeline.lanes.iter().any(|lane| lane.course.iter().any(|(_, own)| *own == doing));
    let shown = [Doing::Runs, Doing::Planned, Doing::Stopped, Doing::Failed, Doing::Rests, Doing::Unknown].map(has);
    let tick = |(share, label): (f64, String)| {
        view! {
            <text x=format!("{:.2}%", share * 100.0) y="1em" text-anchor="middle">
                {label}
            </text>
        }
    };
    let look = |(class, name): (&'static str, &'static str)| {
        view! {
            <li class="timeline__look">
                <span class=format!("timeline__swatch timeline__swatch--{class}")></span>
                {name}
            </li>
        }
    };
    let looks = LEGEND.into_iter().zip(shown).filter(|(_, is_shown)| *is_shown).map(|(own, _)| look(own));
    let ahead = has_ahead.then(|| look(("ahead", "planned or foreseen, after the upright line of now")));
    let drawn = view! {
        <div class="timeline" aria-hidden="true">
            <ul class="timeline__names">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
            <svg
                class="timeline__picture"
                viewBox=format!("0 0 {width} {height}")
                preserveAspectRatio="none"
                height=format!("{}rem", 1.75 * f64::from(height / LANE))
                inner_html=painted
            ></svg>
            <svg class="timeline__ticks">{ticks.into_iter().map(tick).collect_view()}</svg>
        </div>
        <ul class="timeline__legend" aria-label="Legend">
            {looks.collect_view()} {ahead}
        </ul>
    };
    view! { <FigurePlot id="course" title="What ran, and what stood".into() said table picture=drawn.into_any() /> }
}
