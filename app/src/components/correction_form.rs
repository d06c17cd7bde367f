//! What is done with refused items that were chosen: a rule, a preview, and then it is done.

use leptos::{html, prelude::*};
use wire::view::data::{Look, Order, Outcome, Step};

use super::DataTable;
use crate::{
    api::{self, ApiError},
    browser,
    live::Live,
};

/// What is chosen and what came of it; it outlives each refresh of the page around it.
#[derive(Clone, Copy)]
pub struct Correction {
    pub chosen: RwSignal<Vec<i64>>,
    /// Whether the last preview is of what is chosen and written now.
    is_previewed: RwSignal<bool>,
    form: NodeRef<html::Form>,
    carry_out: Action<Order, Result<Outcome, ApiError>>,
}

impl Correction {
    /// `done` is called whenever something was changed.
    pub fn new(done: impl Fn() + Copy + Send + Sync + 'static) -> Correction {
        let (chosen, is_previewed) = (RwSignal::new(Vec::new()), RwSignal::new(false));
        let carry_out = Action::new(move |order: &Order| {
            let order = order.clone();
            async move {
                let step = order.step;
                let outcome = api::data::correct(order).await;
                is_previewed.set(step == Step::Preview && outcome.as_ref().is_ok_and(|found| found.items.is_some()));
                if step != Step::Preview && outcome.is_ok() {
                    chosen.set(Vec::new());
                    done();
                }
                outcome
            }
        });
        Correction { chosen, is_previewed, form: NodeRef::new(), carry_out }
    }

    pub fn toggle(&self, key: i64) {
        self.is_previewed.set(false);
        self.chosen.update(|chosen| {
            let count = chosen.len();
            chosen.retain(|known| *known != key);
            if chosen.len() == count {
                chosen.push(key);
            }
        });
    }
}

#[component]
pub fn CorrectionForm(live: Live, correction: Correction, search: Signal<String>) -> impl IntoView {
    let Correction { chosen, is_previewed, form, carry_out } = correction;
    let ask = move |step| {
        if let Some(form) = form.get_untracked() {
            let mut fields = browser::form::fields(&form);
            fields.push(("search".to_string(), search.get_untracked()));
            carry_out.dispatch(Order { step, keys: chosen.get_untracked(), fields });
        }
    };
    let is_busy = move || carry_out.pending().get();
    let is_off = move || !live.is_mounted.get() || is_busy();
    let count = move || match chosen.with(Vec::len) {
        1 => "The 1 chosen item".to_string(),
        n => format!("The {n} chosen items"),
    };
    let said = move || {
        let is_busy = is_busy();
        carry_out.value().with(|value| match value {
            _ if is_busy => ("", "Asking the server\u{2026}".to_string()),
            None => ("", String::new()),
            Some(Ok(outcome)) if outcome.said.look == Look::Alarm => {
                ("correction-form__alarm", outcome.said.text.clone())
            }
            Some(Ok(outcome)) => ("", outcome.said.text.clone()),
            Some(Err(error)) => ("correction-form__alarm", error.to_string()),
        })
    };
    let items = move || {
        let table = carry_out.value().with(|value| value.as_ref()?.as_ref().ok()?.items.clone());
        table.map(|table| view! { <DataTable live table correction /> })
    };
    let field = |name: &'static str, title: &'static str, hint: &'static str| {
        let id = format!("rule-{name}");
        view! {
            <p class="correction-form__field">
                <label for=id.clone()>{title}</label>
                <input type="text" id=id name=name placeholder=hint autocomplete="off" />
            </p>
        }
    };
    view! {
        <form
            class="correction-form"
            aria-labelledby="correction-title"
            node_ref=form
            on:submit=move |event| {
                event.prevent_default();
                ask(Step::Preview);
            }
            on:input=move |_| is_previewed.set(false)
        >
            <h3 id="correction-title">"Correct and take in"</h3>
            <p hidden=move || live.is_mounted.get()>
                "Without scripts, items are corrected through the API: POST /api/v1/quarantine/readmit."
            </p>
            <div class="correction-form__fields">
                <p class="correction-form__field">
                    <label for="rule-scope">"Which items"</label>
                    <select id="rule-scope" name="scope">
                        <option value="chosen">{count}</option>
                        <option value="matching">"All that wait and match the filter above"</option>
                    </select>
                </p>
                {field("unit", "Its unit is", "mV")}
                {field("multiply", "Multiply by", "0.001")}
                {field("shift", "Shift its time by", "-1 h")}
                {field("to_asset", "It is of asset", "cell")}
                {field("to_signal", "It is of signal", "voltage")}
                <p class="correction-form__check">
                    <input type="checkbox" id="rule-range" name="out_of_range" value="accept" />
                    <label for="rule-range">"Accept a value out of range, this once"</label>
                </p>
                {field("note", "Note, for dismissing", "test run")}
            </div>
            <div class="correction-form__buttons">
                <button type="submit" class="button" disabled=is_off>
                    "Preview"
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=move || is_off() || !is_previewed.get()
                    on:click=move |_| ask(Step::Readmit)
                >
                    "Take in"
                </button>
                <button type="button" class="button" disabled=is_off on:click=move |_| ask(Step::Dismiss)>
                    "Dismiss"
                </button>
            </div>
            <p class="correction-form__said" role="status">
                <span class=move || said().0>{move || said().1}</span>
            </p>
        </form>
        {items}
    }
}
