//! A part of the page that the server renders: put up to date in place, so that focus, choices and scrolling stay.

use js_sys::Array;
use twin::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, Node};

use super::clock;

const CHOICES: &str = "input[name=key]";
const FORM: &str = "#correction";
const TAKE_IN: &str = "[data-step=readmit]";

/// Makes `sheet` say what `html` says, but for what is marked `data-kept`.
pub fn refresh(sheet: &Element, html: &str) {
    let Some(fresh) = super::window().document().and_then(|document| document.create_element("div").ok()) else {
        return;
    };
    fresh.set_inner_html(html);
    write_instants(&fresh);
    let chosen: Vec<String> = choices(sheet).filter(HtmlInputElement::checked).map(|input| input.value()).collect();
    follow(sheet, &fresh);
    choices(sheet).for_each(|input| input.set_checked(chosen.contains(&input.value())));
}

/// Writes a value at the end of every line of a drawing that has one, as `say` words it, and marks it where that says so.
pub fn fill(drawing: &Element, say: &dyn Fn(usize) -> Option<(String, bool)>) {
    for place in all(drawing, "[data-number]") {
        let number = place.get_attribute("data-number").and_then(|number| number.parse().ok());
        let Some((text, is_abnormal)) = number.and_then(say) else { continue };
        if place.text_content().as_ref() != Some(&text) {
            place.set_text_content(Some(&text));
        }
        place.toggle_attribute_with_force("data-abnormal", is_abnormal).ok();
    }
}

/// Writes every instant as the user writes time.
pub fn write_instants(sheet: &Element) {
    for time in all(sheet, "time[data-micros]") {
        let micros = time.get_attribute("data-micros").and_then(|micros| micros.parse().ok());
        if let Some(micros) = micros {
            time.set_text_content(Some(&clock::instant(Timestamp(micros))));
        }
    }
}

/// The step that a click on one of the form's buttons asks for, and all that is chosen and written.
pub fn asked(sheet: &Element, click: &Event) -> Option<Vec<(String, String)>> {
    let clicked = click.target()?.dyn_into::<Element>().ok()?;
    let step = clicked.get_attribute("data-step")?;
    let form = sheet.query_selector(FORM).ok()??.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let pair = |pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    let step = std::iter::once(("step".to_string(), step));
    Some(step.chain(Array::from(&data).iter().filter_map(pair)).collect())
}

/// Tells what came of it; only what was previewed just now can be taken in.
pub fn tell(sheet: &Element, said: &str, items: &str, is_preview: bool) {
    if let Ok(Some(place)) = sheet.query_selector(".correction-form__said") {
        place.set_text_content(Some(said));
    }
    if let Ok(Some(place)) = sheet.query_selector(".correction-form__items") {
        place.set_inner_html(items);
    }
    allow_taking_in(sheet, is_preview);
}

pub fn allow_taking_in(sheet: &Element, is_allowed: bool) {
    if let Ok(Some(button)) = sheet.query_selector(TAKE_IN) {
        button.toggle_attribute_with_force("disabled", !is_allowed).ok();
    }
}

pub fn choose_none(sheet: &Element) {
    choices(sheet).for_each(|input| input.set_checked(false));
}

fn choices(sheet: &Element) -> impl Iterator<Item = HtmlInputElement> {
    all(sheet, CHOICES).filter_map(|input| input.dyn_into().ok())
}

pub fn all(sheet: &Element, selector: &str) -> impl Iterator<Item = Element> {
    let found = sheet.query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, |found| found.length());
    (0..count).filter_map(move |place| found.as_ref()?.get(place)?.dyn_into().ok())
}

/// Changes what is below `old` into what is below `new`, node by node; nodes that stay the same are not touched.
fn follow(old: &Node, new: &Node) {
    let (mut olds, mut news) = (old.first_child(), new.first_child());
    loop {
        match (olds, news) {
            (None, None) => return,
            (Some(gone), None) => {
                (olds, news) = (gone.next_sibling(), None);
                old.remove_child(&gone).ok();
            }
            (None, Some(more)) => {
                (olds, news) = (None, more.next_sibling());
                old.append_child(&more).ok();
            }
            (Some(there), Some(fresh)) => {
                (olds, news) = (there.next_sibling(), fresh.next_sibling());
                become_like(old, &there, &fresh);
            }
        }
    }
}

fn become_like(parent: &Node, there: &Node, fresh: &Node) {
    if there.is_equal_node(Some(fresh)) {
        return;
    }
    if there.node_name() != fresh.node_name() {
        parent.replace_child(fresh, there).ok();
        return;
    }
    match (there.dyn_ref::<Element>(), fresh.dyn_ref::<Element>()) {
        (Some(there), _) if there.has_attribute("data-kept") => {}
        (Some(there), Some(fresh)) => {
            take_attributes(there, fresh);
            follow(there, fresh);
        }
        _ => there.set_node_value(fresh.node_value().as_deref()),
    }
}

fn take_attributes(there: &Element, fresh: &Element) {
    for name in there.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !fresh.has_attribute(&name) {
            there.remove_attribute(&name).ok();
        }
    }
    for name in fresh.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = fresh.get_attribute(&name);
        if let Some(value) = value.filter(|value| there.get_attribute(&name).as_ref() != Some(value)) {
            there.set_attribute(&name, &value).ok();
        }
    }
}
