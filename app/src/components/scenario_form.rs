//! The sliders of what-if: each with a number, its range, and the way back.

use leptos::prelude::*;
use twin::model::Slider;

use crate::{live::lab::Lab, wording};

#[component]
pub fn ScenarioForm(lab: Lab) -> impl IntoView {
    let sliders = lab.sliders.get_value();
    view! {
        <form class="scenario-form" on:submit=|event| event.prevent_default()>
            {(0u16..)
                .zip(sliders)
                .map(|(number, slider)| view! { <SliderRow lab number slider /> })
                .collect_view()}
            <button
                type="button"
                class="button"
                disabled=move || !lab.is_moved()
                on:click=move |_| lab.reset_all()
            >
                "Back to as it is"
            </button>
        </form>
    }
}

#[component]
fn SliderRow(lab: Lab, number: u16, slider: Slider) -> impl IntoView {
    let decimals = decimals_of_step(slider.step);
    let unit = wording::unit(&slider.unit);
    let id = format!("slider-{}", slider.name);
    let label_id = format!("{id}-label");
    // A moved slider is written as it was set, one at rest with the digits of a step.
    let text = Memo::new(move |_| {
        let value = lab.position(number);
        if lab.is_slider_moved(number) { value.to_string() } else { format!("{value:.decimals$}") }
    });
    let take = move |text: String| {
        if let Ok(value) = text.parse() {
            lab.set(number, value);
        }
    };
    let bound = move |value: f64| wording::number(value, decimals);
    view! {
        <div class="scenario-form__row" class=("scenario-form__row--moved", move || lab.is_slider_moved(number))>
            <label class="scenario-form__label" id=label_id.clone() for=id.clone()>
                {slider.title}
            </label>
            <div class="scenario-form__controls">
                <div class="scenario-form__range">
                    <input
                        type="range"
                        id=id
                        name=slider.name.clone()
                        min=slider.min
                        max=slider.max
                        step=slider.step
                        value=text
                        prop:value=text
                        on:input=move |event| take(event_target_value(&event))
                        on:change=move |_| lab.note_address()
                    />
                    <span class="scenario-form__bounds" aria-hidden="true">
                        <span>{bound(slider.min)}</span>
                        <span>{bound(slider.max)}</span>
                    </span>
                </div>
                <input
                    type="number"
                    class="scenario-form__number"
                    aria-labelledby=label_id
                    min=slider.min
                    max=slider.max
                    step=slider.step
                    value=text
                    prop:value=text
                    on:input=move |event| take(event_target_value(&event))
                    on:change=move |_| lab.note_address()
                />
                <span class="scenario-form__unit">{unit}</span>
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=format!("Reset {}", slider.name)
                    disabled=move || !lab.is_slider_moved(number)
                    on:click=move |_| lab.reset(number)
                >
                    "Reset"
                </button>
            </div>
        </div>
    }
}

fn decimals_of_step(step: f64) -> usize {
    (0..6).find(|decimals| (step * 10f64.powi(*decimals)).fract().abs() < 1e-9).unwrap_or(6) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_shows_the_digits_of_its_step() {
        let check = |step, expected| assert_eq!(decimals_of_step(step), expected, "{step}");
        check(1.0, 0);
        check(0.5, 1);
        check(0.01, 2);
        check(0.05, 2);
    }
}
