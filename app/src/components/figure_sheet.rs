//! All of the page of key figures: of what and when, what needs attention, the figures, the places, the assumptions.

use leptos::prelude::*;

use super::{AttentionList, DataTable, FigureCard, FigurePicker, HeatMap, Pareto, Timeline};
use crate::figures::{Figures, Pictures};

#[component]
pub fn FigureSheet(figures: Figures) -> impl IntoView {
    let Figures { title, period, notes, picker, attention, calm, cards, pictures, places, remarks } = figures;
    let Pictures { courses, weighed, hourly } = pictures;
    let has_pictures = courses.is_some() || !weighed.is_empty() || !hourly.is_empty();
    let has_no_notes = notes.is_empty();
    let cards = (!cards.is_empty()).then(|| {
        view! {
            <section class="figure-sheet__cards" aria-label="Figures">
                {cards.into_iter().map(|card| view! { <FigureCard card /> }).collect_view()}
            </section>
        }
    });
    let pictures = has_pictures.then(|| {
        view! {
            <section class="figure-sheet__pictures" aria-label="Pictures">
                {courses.map(|courses| view! { <Timeline courses /> })}
                {weighed.into_iter().map(|weighed| view! { <Pareto weighed /> }).collect_view()}
                {hourly.into_iter().map(|hourly| view! { <HeatMap hourly /> }).collect_view()}
            </section>
        }
    });
    let remarks = (!remarks.is_empty()).then(|| {
        view! {
            <footer class="figure-sheet__remarks">
                <h2>"Assumptions"</h2>
                <ul>{remarks.into_iter().map(|remark| view! { <li>{remark}</li> }).collect_view()}</ul>
            </footer>
        }
    });
    view! {
        <header class="figure-sheet__head">
            <h1>"KPIs: " {title}</h1>
            <p class="figure-sheet__period">{period}</p>
            <ul class="figure-sheet__notes" hidden=has_no_notes>
                {notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ul>
        </header>
        <FigurePicker picker />
        <AttentionList attention calm />
        {cards}
        {places
            .map(|table| view! { <section class="figure-sheet__places" aria-label="Places"><DataTable table /></section> })}
        {pictures}
        {remarks}
    }
}
