//! Which parameters are looked for, where they stand, and the search: dragged by hand the model follows at once.

use leptos::prelude::*;
use twin::calibrate::MOST_ROUNDS;

use crate::{
    live::calibration::{Calibration, Parameter, Quest, words},
    wording,
};

#[component]
pub fn CalibrationForm(calibration: Calibration) -> impl IntoView {
    let parameters = calibration.parameters.get_value();
    let rows = parameters.into_iter().enumerate();
    let rows = rows.map(|(place, parameter)| view! { <ParameterRow calibration place parameter /> }).collect_view();
    let act = move |_| match calibration.is_searching() {
        true => calibration.stop(),
        false if calibration.can_search() => calibration.search(),
        false => {}
    };
    let can_press = move || calibration.is_searching() || calibration.can_search();
    let said = Memo::new(move |_| match calibration.quest.get() {
        Quest::Idle => calibration.hindrance(),
        Quest::Searching { rounds, differs } if differs.is_finite() => {
            format!("Round {rounds}: off by {differs:.2} standard deviations of the sensors.")
        }
        Quest::Searching { .. } => "Searching\u{2026}".to_string(),
        Quest::Stopped => "Cancelled: nothing was found.".to_string(),
        Quest::Failed(why) => format!("The search has failed: {why}"),
        Quest::Found => "Found: the sliders stand where the model fits best.".to_string(),
    });
    let rounds = move || match calibration.quest.get() {
        Quest::Searching { rounds, .. } => rounds.to_string(),
        _ => "0".to_string(),
    };
    view! {
        <form class="calibration-form" on:submit=|event| event.prevent_default()>
            <fieldset class="calibration-form__all">
                <legend>"Parameters to look for"</legend>
                {rows}
            </fieldset>
            <div class="calibration-form__ends">
                <button
                    type="button"
                    class="button button--main"
                    aria-disabled=move || if can_press() { "false" } else { "true" }
                    on:click=act
                >
                    {move || if calibration.is_searching() { "Cancel" } else { "Find what fits best" }}
                </button>
                <button type="button" class="button" on:click=move |_| calibration.reset()>
                    "Back to as it is"
                </button>
                <progress
                    max=MOST_ROUNDS.to_string()
                    value=rounds
                    aria-label="Rounds of the search"
                    hidden=move || !calibration.is_searching()
                ></progress>
            </div>
            <p class="calibration-form__said" role="status">
                {said}
            </p>
        </form>
    }
}

#[component]
fn ParameterRow(calibration: Calibration, place: usize, parameter: Parameter) -> impl IntoView {
    let Parameter { name, title, unit, bounds, range, step, .. } = parameter;
    let id = format!("parameter-{name}");
    let is_chosen = move || calibration.chosen.with(|chosen| chosen.get(place).copied().unwrap_or(false));
    let at = move |values: RwSignal<Vec<f64>>| values.with(|values| values.get(place).copied());
    let text = Memo::new(move |_| at(calibration.set).map_or_else(String::new, words::short));
    let was = {
        let unit = unit.clone();
        Memo::new(move |_| match at(calibration.was) {
            Some(was) => format!("as it is: {}", words::shown(was, &unit)),
            None => String::new(),
        })
    };
    let take = move |event: leptos::ev::Event| {
        if let Some(value) = wire::number::read(&event_target_value(&event)) {
            calibration.drag(place, value);
        }
    };
    let cannot = move || !is_chosen() || !calibration.is_ready();
    let bound = |value: f64| if value.is_finite() { words::shown(value, "1") } else { "no bound".to_string() };
    let label_id = format!("{id}-label");
    view! {
        <div class="calibration-form__row">
            <input
                type="checkbox"
                id=format!("{id}-find")
                checked=is_chosen
                prop:checked=is_chosen
                on:change=move |event| calibration.choose(place, event_target_checked(&event))
            />
            <label class="calibration-form__label" for=format!("{id}-find") id=label_id.clone()>
                {title.clone()}
            </label>
            <span class="calibration-form__was">{was}</span>
            <input
                type="range"
                class="calibration-form__slider"
                id=id
                name=name
                aria-labelledby=label_id.clone()
                min=range[0]
                max=range[1]
                step=step
                disabled=cannot
                prop:value=text
                on:input=take
            />
            <span class="calibration-form__bounds" aria-hidden="true">
                <span>{bound(bounds[0])}</span>
                <span>{bound(bounds[1])}</span>
            </span>
            <input
                type="number"
                class="calibration-form__number"
                aria-labelledby=label_id
                min=range[0]
                max=range[1]
                step="any"
                disabled=cannot
                prop:value=text
                on:change=take
            />
            <span class="calibration-form__unit">{wording::unit(&unit)}</span>
        </div>
    }
}
