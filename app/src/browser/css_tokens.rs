//! Reads the plots' colours from the computed tokens: one source of colour for page and canvas.

use plotters::style::RGBAColor;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::plot::palette::{self, PROPERTIES, Palette};

/// The palette of the present theme; what cannot be read is as in the light theme.
pub fn palette() -> Palette {
    read().unwrap_or(Palette::LIGHT)
}

fn read() -> Option<Palette> {
    let window = super::window();
    let document = window.document()?;
    let root = document.document_element()?;
    let style = window.get_computed_style(&root).ok()??;
    // A canvas turns any colour of CSS, a system colour too, into `#` and six digits.
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let mut colours = Palette::LIGHT.colours();
    for (colour, property) in colours.iter_mut().zip(PROPERTIES) {
        let value = style.get_property_value(property).ok()?;
        if let Some(read) = resolve(&context, value.trim()) {
            *colour = read;
        }
    }
    Some(Palette::of(colours))
}

fn resolve(context: &CanvasRenderingContext2d, value: &str) -> Option<RGBAColor> {
    if value.is_empty() {
        return None;
    }
    context.set_fill_style_str(value);
    palette::parse(context.fill_style().as_string()?.as_bytes())
}
