//! Where on a strip a pointer is.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// The pointer's place as a share of what listens to it, and one pixel of the page as such a share. A pointer that came
/// down there stays with it until it is let go.
pub fn place(event: &PointerEvent) -> Option<(f64, f64)> {
    let strip: Element = event.current_target()?.dyn_into().ok()?;
    if event.type_() == "pointerdown" {
        strip.set_pointer_capture(event.pointer_id()).ok();
    }
    let shown = strip.get_bounding_client_rect();
    let pixel = 1.0 / shown.width().max(1.0);
    Some(((f64::from(event.client_x()) - shown.left()) * pixel, pixel))
}
