//! The sliders of what-if: each with a number, its range, and the way back; and whole scenarios at a press.

use leptos::{html::Button, prelude::*};
use twin::model::{Preset, Slider};

use super::{SliderZones, ZonesNote};
use crate::{
    browser,
    live::{kept::Kept, lab::Lab},
    wording,
};

#[component]
pub fn ScenarioForm(lab: Lab) -> impl IntoView {
    let sliders = lab.sliders.get_value();
    let keep = NodeRef::<Button>::new();
    view! {
        <form
            class="scenario-form"
            on:submit=|event| event.prevent_default()
            on:keydown=move |event| {
                // In a number's field the keys take back what was typed.
                if let Some(forward) = step_of(&event.key(), event.ctrl_key() || event.meta_key(), event.shift_key())
                    && !browser::field::is_number(&event)
                {
                    event.prevent_default();
                    lab.step(forward);
                }
            }
        >
            <p class="scenario-form__misread" role="status" hidden=move || lab.misread.with(String::is_empty)>
                {lab.misread}
            </p>
            <Presets lab />
            {(0u16..)
                .zip(sliders)
                .map(|(number, slider)| view! { <SliderRow lab number slider /> })
                .collect_view()}
            <div class="scenario-form__ends">
                <StepButton lab forward=false />
                <StepButton lab forward=true />
                <button
                    type="button"
                    class="button"
                    aria-disabled=move || aria(!lab.is_moved())
                    on:click=move |_| lab.reset_all()
                >
                    "Back to as it is"
                </button>
                <button
                    type="button"
                    class="button"
                    node_ref=keep
                    aria-disabled=move || aria(!lab.can_keep())
                    on:click=move |_| lab.keep()
                >
                    "Keep to compare"
                </button>
            </div>
            <p class="scenario-form__said" role="status">{lab.said}</p>
            <KeptScenarios lab keep />
        </form>
    }
}

/// A truth as ARIA has it. Buttons are `aria-disabled` and not `disabled`, which would take the focus from whoever has just
/// pressed one.
fn aria(holds: bool) -> &'static str {
    if holds { "true" } else { "false" }
}

/// Which way these keys step, where they do.
fn step_of(key: &str, has_command: bool, has_shift: bool) -> Option<bool> {
    match (key, has_command, has_shift) {
        ("z", true, false) => Some(false),
        ("y", true, false) | ("z" | "Z", true, true) => Some(true),
        _ => None,
    }
}

/// The way back, or forward again.
#[component]
fn StepButton(lab: Lab, forward: bool) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button--quiet"
            aria-disabled=move || aria(!lab.can_step(forward))
            aria-keyshortcuts=if forward { "Control+Shift+Z" } else { "Control+Z" }
            on:click=move |_| lab.step(forward)
        >
            {if forward { "Redo" } else { "Undo" }}
        </button>
    }
}

/// Scenarios that the model file names; nothing where it names none.
#[component]
fn Presets(lab: Lab) -> impl IntoView {
    let presets = lab.presets.get_value();
    let button = |preset: Preset| {
        let sliders = StoredValue::new(preset.sliders);
        let pressed = move || sliders.with_value(|sliders| lab.stands_as(sliders));
        view! {
            <button
                type="button"
                class="button"
                aria-pressed=move || aria(pressed())
                on:click=move |_| sliders.with_value(|sliders| lab.set_all(sliders))
            >
                {preset.title}
            </button>
        }
    };
    (!presets.is_empty()).then(|| {
        view! {
            <div class="scenario-form__presets" role="group" aria-label="Scenarios of the model">
                {super::all(presets.into_iter().map(button))}
            </div>
        }
    })
}

/// What is kept to compare with: in words, and the ways to take it up again and to drop it.
#[component]
fn KeptScenarios(
    lab: Lab,
    /// Where the focus goes from a scenario that is dropped.
    keep: NodeRef<Button>,
) -> impl IntoView {
    let words = move |(number, value): &(u16, f64)| {
        lab.sliders.with_value(|sliders| {
            let slider = sliders.get(usize::from(*number))?;
            Some(format!("{} {}", slider.title, wording::as_set(*value, &slider.unit)))
        })
    };
    let row = move |Kept { letter, scenario }: Kept| {
        let said = scenario.sliders.iter().filter_map(words).collect::<Vec<_>>().join(", ");
        view! {
            <li class="scenario-form__kept">
                <strong>{letter.to_string()}</strong>
                <span class="scenario-form__said">{said}</span>
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=format!("Set the sliders as in scenario {letter}")
                    on:click=move |_| lab.set_all(&scenario.sliders)
                >
                    "Set"
                </button>
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=format!("Drop scenario {letter}")
                    on:click=move |_| {
                        lab.drop_kept(letter);
                        if let Some(keep) = keep.get_untracked() {
                            keep.focus().ok();
                        }
                    }
                >
                    "Drop"
                </button>
            </li>
        }
    };
    let rows = move || lab.kept.get().into_iter().map(row).collect_view();
    view! {
        <ul class="scenario-form__all-kept" aria-label="Kept scenarios" hidden=move || lab.kept.with(Vec::is_empty)>
            {rows}
        </ul>
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
        if let Some(value) = wire::number::read(&text) {
            lab.set(number, value);
        }
    };
    let bound = move |value: f64| wording::number(value, decimals);
    let zones = |what| Signal::from(Memo::new(move |_| lab.zones(number, what)));
    let (likely, possible) = (zones(|zones| &zones.likely), zones(|zones| &zones.possible));
    let note = zones(|zones| &zones.note);
    let is_old = Signal::from(Memo::new(move |_| lab.has_old_zones(number)));
    let note_id = format!("{id}-zones");
    view! {
        <div class="scenario-form__row" class=("scenario-form__row--moved", move || lab.is_slider_moved(number))>
            <label class="scenario-form__label" id=label_id.clone() for=id.clone()>
                {slider.title.clone()}
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
                        aria-describedby=note_id.clone()
                        disabled=move || lab.is_locked(number)
                        value=text
                        prop:value=text
                        on:input=move |event| take(event_target_value(&event))
                        on:change=move |_| lab.note_step()
                    />
                    <SliderZones name=slider.name.clone() likely possible is_old />
                    <span class="scenario-form__bounds" aria-hidden="true">
                        <span>{bound(slider.min)}</span>
                        <span>{bound(slider.max)}</span>
                    </span>
                </div>
                <div class="scenario-form__stepper">
                <NudgeButton lab number steps=-1.0 title=slider.title.clone() />
                <input
                    type="number"
                    class="scenario-form__number"
                    aria-labelledby=label_id
                    min=slider.min
                    max=slider.max
                    step=slider.step
                    disabled=move || lab.is_locked(number)
                    value=text
                    prop:value=text
                    on:input=move |event| take(event_target_value(&event))
                    on:change=move |_| lab.note_step()
                />
                <NudgeButton lab number steps=1.0 title=slider.title.clone() />
                </div>
                <span class="scenario-form__unit">{unit}</span>
            </div>
            <ZonesNote id=note_id note />
            <div class="scenario-form__buttons">
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=format!("Reset {}", slider.title)
                    aria-disabled=move || aria(!lab.is_slider_moved(number))
                    on:click=move |_| lab.reset(number)
                >
                    "Reset"
                </button>
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=format!("Lock {}", slider.title)
                    aria-pressed=move || aria(lab.is_locked(number))
                    on:click=move |_| lab.turn_lock(number)
                >
                    "Lock"
                </button>
            </div>
        </div>
    }
}

/// One step of a slider up or down, for whoever has no keys.
#[component]
fn NudgeButton(lab: Lab, number: u16, steps: f64, title: String) -> impl IntoView {
    let (sign, way) = if steps < 0.0 { ("\u{2212}", "down") } else { ("+", "up") };
    view! {
        <button
            type="button"
            class="button button--quiet scenario-form__nudge"
            aria-label=format!("{title} a step {way}")
            aria-disabled=move || aria(lab.is_locked(number))
            on:click=move |_| lab.nudge(number, steps)
        >
            {sign}
        </button>
    }
}

fn decimals_of_step(step: f64) -> usize {
    (0..6).find(|decimals| (step * 10f64.powi(*decimals)).fract().abs() < 1e-9).unwrap_or(6) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_step_as_they_do_everywhere() {
        assert_eq!(step_of("z", true, false), Some(false));
        assert_eq!(step_of("Z", true, true), Some(true));
        assert_eq!(step_of("y", true, false), Some(true));
        assert_eq!(step_of("z", false, false), None);
    }

    #[test]
    fn a_slider_shows_the_digits_of_its_step() {
        let check = |step, expected| assert_eq!(decimals_of_step(step), expected, "{step}");
        check(1.0, 0);
        check(0.5, 1);
        check(0.01, 2);
        check(0.05, 2);
    }
}
