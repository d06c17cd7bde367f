//! One key figure: value, its last periods as a line, target and trend in words; opened, its formula with the values put in and what is beneath.

use leptos::prelude::*;

use super::Sparkline;
use crate::figures::{Card, Detail, StopLine};

#[component]
pub fn FigureCard(card: Card) -> impl IntoView {
    let Card { id, title, value, is_known, aside, target, is_missed, trend, past, detail } = card;
    let class = if is_known { "figure-card__value" } else { "figure-card__value figure-card__value--unknown" };
    let target_class =
        if is_missed { "figure-card__target figure-card__target--missed" } else { "figure-card__target" };
    let (has_target, has_trend) = (!target.is_empty(), !trend.is_empty());
    let title_id = format!("{id}-title");
    let (labelled_by, of) = (title_id.clone(), title.clone());
    view! {
        <article class="figure-card" id=id aria-labelledby=labelled_by>
            <h2 class="figure-card__title" id=title_id>
                {title}
            </h2>
            <div class="figure-card__headline">
                <p class=class>{value}</p>
                {past.map(|past| view! { <Sparkline past /> })}
            </div>
            <p class="figure-card__aside">{aside}</p>
            <p class=target_class hidden=!has_target>{target}</p>
            <p class="figure-card__trend" hidden=!has_trend>{trend}</p>
            {opened(detail, &of)}
        </article>
    }
}

fn opened(detail: Detail, of: &str) -> impl IntoView + use<> {
    let Detail { formula, filled, standard, facts, stops, more } = detail;
    let (has_stops, has_none_filled) = (!stops.is_empty(), filled.is_empty());
    let lines = |all: Vec<String>| all.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let stops = has_stops.then(|| {
        view! {
            <h3>"Stops beneath"</h3>
            <ol class="figure-card__stops">{stops.into_iter().map(stop).collect_view()}</ol>
            <p>{more}</p>
        }
    });
    let of = format!(" ({of})");
    view! {
        <details class="figure-card__detail">
            <summary>"How it is worked out" <span class="figure-card__of">{of}</span></summary>
            <p class="figure-card__formula">{formula}</p>
            <ul class="figure-card__filled" hidden=has_none_filled>{lines(filled)}</ul>
            <p>{standard}</p>
            <ul>{lines(facts)}</ul>
            {stops}
        </details>
    }
}

fn stop(line: StopLine) -> impl IntoView {
    let StopLine { when, lasts, what, asset, link, marks, note } = line;
    let marks =
        marks.into_iter().map(|mark| view! { " " <span class="figure-card__mark">{mark}</span> }).collect_view();
    view! {
        <li>
            <span>
                {when} ", " {lasts} ": " {what} ", "
                <a href=link>{asset}</a>
                {marks}
            </span>
            <span class="figure-card__note">{note}</span>
        </li>
    }
}
