//! Listens to pointers, the wheel and keys over a chart, and does what they ask for.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AddEventListenerOptions, Element, Event, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};

use super::painter::Painter;
use crate::{
    live::stretch::{Shown, Stretch, View},
    plot::hand::{self, Hand, Wish},
};

const EVENTS: [&str; 8] =
    ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave", "wheel", "dblclick", "keydown"];

/// Listens for as long as it is kept.
pub struct Gestures {
    area: HtmlElement,
    listener: Closure<dyn FnMut(Event)>,
}

/// What a chart marks while a pointer is down, as shares of its width.
pub type Marked = RwSignal<Option<(f64, f64)>>;

impl Gestures {
    /// Listens to `area`, of which `canvas` is the picture that `painter` paints.
    pub fn start(
        area: HtmlElement,
        canvas: Element,
        painter: Rc<Painter>,
        shown: Shown,
        marked: Marked,
    ) -> Option<Gestures> {
        let hand = RefCell::new(Hand::default());
        let before = Cell::new(View::Around);
        let of_area = area.clone();
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let Some(stretch) = painter.stretch() else { return };
            let is_first = event.dyn_ref::<PointerEvent>().is_some_and(PointerEvent::is_primary);
            match event.type_().as_str() {
                "pointerdown" if is_first => before.set(shown.view.get_untracked()),
                // The browser scrolls the page with it: nothing was meant for the chart.
                "pointercancel" => shown.view.set(before.get()),
                _ => {}
            }
            let wish = wish_of(&event, &mut hand.borrow_mut(), &of_area, &canvas, shown, stretch);
            follow(wish, shown, marked, stretch);
        });
        let options = AddEventListenerOptions::new();
        // Without this, the page would scroll as well.
        options.set_passive(false);
        for name in EVENTS {
            let function = listener.as_ref().unchecked_ref();
            area.add_event_listener_with_callback_and_add_event_listener_options(name, function, &options).ok()?;
        }
        Some(Gestures { area, listener })
    }
}

impl Drop for Gestures {
    fn drop(&mut self) {
        for name in EVENTS {
            self.area.remove_event_listener_with_callback(name, self.listener.as_ref().unchecked_ref()).ok();
        }
    }
}

fn wish_of(
    event: &Event,
    hand: &mut Hand,
    area: &HtmlElement,
    canvas: &Element,
    shown: Shown,
    stretch: Stretch,
) -> Wish {
    if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
        if key.ctrl_key() || key.alt_key() || key.meta_key() {
            return Wish::Nothing;
        }
        let cursor = shown.cursor.get_untracked().map(|t| stretch.share(t)).filter(|share| (0.0..=1.0).contains(share));
        let wish = hand::key(&key.key(), key.shift_key(), cursor, stretch);
        if wish != Wish::Nothing {
            event.prevent_default();
        }
        return wish;
    }
    let picture = canvas.get_bounding_client_rect();
    let share = |x: i32| (f64::from(x) - picture.left()) / picture.width().max(1.0);
    if let Some(wheel) = event.dyn_ref::<WheelEvent>() {
        // A page that is scrolled past a chart goes on scrolling; a chart that was chosen zooms.
        let has_focus = super::window().document().and_then(|document| document.active_element());
        let is_chosen = has_focus.is_some_and(|focused| area.is_same_node(Some(&focused)));
        if !(is_chosen || wheel.ctrl_key() || wheel.meta_key()) {
            return Wish::Nothing;
        }
        event.prevent_default();
        if wheel.delta_x().abs() > wheel.delta_y().abs() {
            return Wish::Hold(stretch.moved(wheel.delta_x() / picture.width().max(1.0)));
        }
        // Lines and pages come as such from some mice.
        let pixels = [1.0, 16.0, 400.0][(wheel.delta_mode() as usize).min(2)] * wheel.delta_y();
        return hand::wheel(share(wheel.client_x()), pixels, stretch);
    }
    let Some(pointer) = event.dyn_ref::<PointerEvent>() else {
        return if event.type_() == "dblclick" { Wish::Follow } else { Wish::Nothing };
    };
    let place = share(pointer.client_x());
    match event.type_().as_str() {
        "pointerdown" if pointer.button() <= 1 && (0.0..=1.0).contains(&place) => {
            area.set_pointer_capture(pointer.pointer_id()).ok();
            let is_moving = pointer.pointer_type() == "touch" || pointer.shift_key() || pointer.button() == 1;
            hand.press(pointer.pointer_id(), place, is_moving, stretch);
            if pointer.pointer_type() == "touch" { Wish::Point(place) } else { Wish::Nothing }
        }
        "pointermove" => match hand.drag(pointer.pointer_id(), place) {
            Wish::Point(share) if !(0.0..=1.0).contains(&share) => Wish::Leave,
            wish => wish,
        },
        "pointerup" => hand.release(pointer.pointer_id(), stretch),
        "pointercancel" => hand.cancel(),
        "pointerleave" if pointer.pointer_type() == "mouse" && pointer.buttons() == 0 => Wish::Leave,
        _ => Wish::Nothing,
    }
}

fn follow(wish: Wish, shown: Shown, marked: Marked, stretch: Stretch) {
    let mark = if let Wish::Mark(a, b) = wish { Some((a.min(b), a.max(b))) } else { None };
    if marked.get_untracked() != mark && !matches!(wish, Wish::Nothing) {
        marked.set(mark);
    }
    match wish {
        Wish::Hold(stretch) => shown.hold(stretch),
        Wish::Follow => shown.choose(View::Around),
        Wish::Pause => shown.choose(shown.view.get_untracked().turned(stretch)),
        Wish::Point(share) => shown.cursor.set(Some(stretch.at(share))),
        Wish::Leave => shown.cursor.set(None),
        Wish::Nothing | Wish::Mark(..) => {}
    }
}
