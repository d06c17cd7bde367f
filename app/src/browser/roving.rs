//! Tiles in a grid or a list: their order, and arrow keys among them, of which Tab reaches one.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, Node};

use crate::live::ranking::staying;

const LIST: &str = ".fleet-page__tiles, .plant-plan";
const LINK: &str = "li:not([hidden]) > :is(.asset-tile, .plant-plan__link)";

/// Moves the focus among the links around it as this key says.
pub fn step(key: &KeyboardEvent) {
    let Some(list) = list_around(key) else { return };
    let all = links(&list);
    let focused = focused();
    let Some(at) = all.iter().position(|link| link.is_same_node(focused.as_ref())) else { return };
    if key.ctrl_key() || key.alt_key() || key.meta_key() {
        return;
    }
    let last = all.len() - 1;
    let to = match key.key().as_str() {
        "ArrowRight" => (at + 1).min(last),
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowDown" => below(&all, at, 1.0).unwrap_or(at),
        "ArrowUp" => below(&all, at, -1.0).unwrap_or(at),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    key.prevent_default();
    all[to].focus().ok();
}

/// The link that got the focus is the one that Tab comes back to.
pub fn settle(event: &Event) {
    let Some(list) = list_around(event) else { return };
    let focused = focused();
    for link in links(&list) {
        link.set_tab_index(if link.is_same_node(focused.as_ref()) { 0 } else { -1 });
    }
}

/// Puts the items of `list` in the order of their numbers, hides the others, and says which way they are laid out. As few
/// as can be are moved: each is laid out anew, and a link that stays keeps its focus.
pub fn arrange(list: &Element, order: &[usize], is_list: bool) {
    let items = list.children();
    let all: Vec<Element> = (0..items.length()).filter_map(|place| items.item(place)).collect();
    let number = |item: &Element| item.get_attribute("data-number").and_then(|number| number.parse::<usize>().ok());
    let numbers: Vec<Option<usize>> = all.iter().map(number).collect();
    for (item, number) in all.iter().zip(&numbers) {
        let is_hidden = number.is_some_and(|number| !order.contains(&number));
        if item.has_attribute("hidden") != is_hidden {
            item.toggle_attribute_with_force("hidden", is_hidden).ok();
        }
    }
    let place = |wanted: &usize| numbers.iter().position(|number| number.as_ref() == Some(wanted));
    let places: Vec<usize> = order.iter().filter_map(place).collect();
    let mut next = None::<&Element>;
    for (place, stays) in places.iter().zip(staying(&places)).rev() {
        if !stays {
            list.insert_before(&all[*place], next.map(|next| &**next)).ok();
        }
        next = Some(&all[*place]);
    }
    let links = links(list);
    if let Some(first) = links.first().filter(|_| links.iter().all(|link| link.tab_index() < 0)) {
        first.set_tab_index(0);
    }
    let is_none = order.is_empty() && numbers.iter().any(Option::is_some);
    list.class_list().toggle_with_force("fleet-page__tiles--list", is_list).ok();
    if let Ok(Some(none)) = list.parent_element().map_or(Ok(None), |around| around.query_selector(".fleet-page__none"))
    {
        none.toggle_attribute_with_force("hidden", !is_none).ok();
    }
}

fn list_around(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(LIST).ok()?
}

/// Whether the keyboard is in `element`, and whether the pointer is over it.
pub fn is_used(element: &Element) -> (bool, bool) {
    let matches = |selector| element.matches(selector).unwrap_or(false);
    (matches(":focus-within"), matches(":hover"))
}

/// The nearest one of the row below (1) or above (-1).
fn below(all: &[HtmlElement], at: usize, way: f64) -> Option<usize> {
    let middle = |link: &HtmlElement| {
        let rect = link.get_bounding_client_rect();
        (rect.left() + rect.width() / 2.0, rect.top())
    };
    let (x, y) = middle(&all[at]);
    let places = all.iter().map(middle).enumerate();
    // Tiles of a row begin at the same height.
    let others = places.filter(|(_, (_, top))| (top - y) * way > 1.0);
    let distance = |(_, (middle, top)): &(usize, (f64, f64))| (top - y) * way * 1e4 + (middle - x).abs();
    others.min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|(place, _)| place)
}

fn focused() -> Option<Node> {
    super::window().document()?.active_element().map(Into::into)
}

fn links(list: &Element) -> Vec<HtmlElement> {
    let Ok(found) = list.query_selector_all(LINK) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}
