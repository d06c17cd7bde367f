//! A canvas that many rectangles of one colour are filled on: the colour is told once, not a thousand times.

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

type Failed = DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>;

/// All else is left to the backend of plotters.
pub struct Brush {
    backend: CanvasBackend,
    context: CanvasRenderingContext2d,
    /// What the canvas fills with, where that is known.
    fill: Option<((u8, u8, u8), f64)>,
}

impl Brush {
    pub fn new(canvas: HtmlCanvasElement) -> Option<Brush> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Brush { backend: CanvasBackend::with_canvas_object(canvas)?, context, fill: None })
    }
}

impl DrawingBackend for Brush {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.backend.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Result<(), Failed> {
        self.fill = None;
        self.backend.draw_pixel(at, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        let BackendColor { alpha, rgb } = style.color();
        if !fill || self.fill != Some((rgb, alpha)) {
            self.fill = fill.then_some((rgb, alpha));
            return self.backend.draw_rect(from, to, style, fill);
        }
        let (x, y) = (f64::from(from.0), f64::from(from.1));
        self.context.fill_rect(x, y, f64::from(to.0) - x, f64::from(to.1) - y);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.backend.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.fill = None;
        self.backend.fill_polygon(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        self.fill = None;
        self.backend.draw_circle(centre, radius, style, fill)
    }
}
