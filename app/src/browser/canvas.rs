//! A canvas as a stage for plots: its size in device pixels, whether it is in view, and who paints on it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use plotters::{coord::Shift, drawing::DrawingArea, drawing::IntoDrawingArea};
use twin::id::AssetId;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, IntersectionObserver, IntersectionObserverEntry,
    ResizeObserver,
};

use super::{brush::Brush, css_tokens};
use crate::plot::palette::Palette;

thread_local! {
    static PALETTE: Cell<Option<Palette>> = const { Cell::new(None) };
    static PAINTERS: RefCell<Vec<Painter>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static THEME: Cell<u64> = const { Cell::new(0) };
}

struct Painter {
    number: u64,
    asset_id: AssetId,
    canvas: HtmlCanvasElement,
    paint: Rc<dyn Fn()>,
}

/// One canvas and what is watched of it. Dropping it ends the watching.
pub struct Stage {
    canvas: HtmlCanvasElement,
    number: u64,
    css_size: Rc<Cell<(f64, f64)>>,
    is_in_view: Rc<Cell<bool>>,
    resize: ResizeObserver,
    intersection: IntersectionObserver,
    _on_resize: Closure<dyn FnMut()>,
    _on_intersection: Closure<dyn FnMut(js_sys::Array)>,
}

impl Stage {
    /// Watches `canvas`; `paint` is called when it was resized or came into view.
    pub fn new(asset_id: AssetId, canvas: HtmlCanvasElement, paint: Rc<dyn Fn()>) -> Option<Stage> {
        let css_size = Rc::new(Cell::new(size_of(&canvas)));
        // The observer says at once how it is: what is not seen is not painted, not even the first time.
        let is_in_view = Rc::new(Cell::new(false));
        let on_resize = {
            let (canvas, css_size, paint) = (canvas.clone(), css_size.clone(), paint.clone());
            Closure::<dyn FnMut()>::new(move || {
                let size = size_of(&canvas);
                if css_size.replace(size) != size {
                    paint();
                }
            })
        };
        let on_intersection = {
            let (is_in_view, paint) = (is_in_view.clone(), paint.clone());
            Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
                let newest: Option<IntersectionObserverEntry> = entries.pop().dyn_into().ok();
                let is_in_view_now = newest.is_none_or(|entry| entry.is_intersecting());
                if !is_in_view.replace(is_in_view_now) && is_in_view_now {
                    paint();
                }
            })
        };
        let resize = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok()?;
        let intersection = IntersectionObserver::new(on_intersection.as_ref().unchecked_ref()).ok()?;
        let element: &Element = &canvas;
        resize.observe(element);
        intersection.observe(element);
        let number = NEXT.replace(NEXT.get() + 1);
        let painter = Painter { number, asset_id, canvas: canvas.clone(), paint };
        PAINTERS.with_borrow_mut(|painters| painters.push(painter));
        Some(Stage {
            canvas,
            number,
            css_size,
            is_in_view,
            resize,
            intersection,
            _on_resize: on_resize,
            _on_intersection: on_intersection,
        })
    }

    /// Width and height in pixels of the page.
    pub fn css_size(&self) -> (f64, f64) {
        self.css_size.get()
    }

    pub fn is_in_view(&self) -> bool {
        self.is_in_view.get() && super::frame::is_visible() || super::frame::is_printed()
    }

    /// The canvas as a drawing area of whole device pixels.
    pub fn area(&self) -> Option<DrawingArea<Brush, Shift>> {
        let (width, height) = self.css_size();
        let ratio = pixel_ratio();
        let (width, height) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        if width < 2 || height < 2 {
            return None;
        }
        // Setting a size clears a canvas and gives it new memory, so only a new one is set.
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        Some(Brush::new(self.canvas.clone())?.into_drawing_area())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.resize.disconnect();
        self.intersection.disconnect();
        PAINTERS.with_borrow_mut(|painters| painters.retain(|painter| painter.number != self.number));
    }
}

pub fn pixel_ratio() -> f64 {
    super::window().device_pixel_ratio().clamp(1.0, 4.0)
}

/// The colours of the present theme, read once.
pub fn palette() -> Palette {
    PALETTE.get().unwrap_or_else(|| {
        let palette = css_tokens::palette();
        PALETTE.set(Some(palette));
        palette
    })
}

/// Goes up with every change of theme.
pub fn theme() -> u64 {
    THEME.get()
}

/// Paints every chart of `asset_id` now, not at the next frame.
pub fn paint_now(asset_id: &AssetId) {
    let paints = of_asset(asset_id, |painter| painter.paint.clone());
    paints.iter().for_each(|paint| paint());
}

/// Waits until every chart of `asset_id` has reached its pixels, by reading one of them.
pub fn flush(asset_id: &AssetId) {
    for canvas in of_asset(asset_id, |painter| painter.canvas.clone()) {
        let context =
            canvas.get_context("2d").ok().flatten().and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok());
        if let Some(context) = context {
            context.get_image_data(0.0, 0.0, 1.0, 1.0).ok();
        }
    }
}

/// Another theme: reads the colours anew and paints everything.
pub fn repaint_all() {
    PALETTE.set(None);
    THEME.set(THEME.get() + 1);
    let paints: Vec<_> = PAINTERS.with_borrow(|painters| painters.iter().map(|p| p.paint.clone()).collect());
    paints.iter().for_each(|paint| paint());
}

/// Sets an attribute that tests and benches read.
pub fn mark(canvas: &HtmlCanvasElement, name: &str, value: &str) {
    if let Ok(Some(figure)) = canvas.closest("figure") {
        figure.set_attribute(name, value).ok();
    }
}

fn of_asset<T>(asset_id: &AssetId, pick: impl Fn(&Painter) -> T) -> Vec<T> {
    PAINTERS.with_borrow(|painters| painters.iter().filter(|p| p.asset_id == *asset_id).map(pick).collect())
}

fn size_of(canvas: &HtmlCanvasElement) -> (f64, f64) {
    let rect = canvas.get_bounding_client_rect();
    (rect.width(), rect.height())
}
