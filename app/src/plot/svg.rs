//! A drawing as SVG that a server writes: colours by the names of their tokens, so that the theme of the page decides.

use std::{convert::Infallible, fmt::Write};

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

type Failed = DrawingErrorKind<Infallible>;

/// The custom property of a colour of the light theme, of those that a picture is painted with.
pub type Named = fn((u8, u8, u8)) -> Option<&'static str>;

/// What `draw` draws on so many units, to be put into an element that has them as its view box.
pub fn paint(
    size: (u32, u32),
    named: Named,
    draw: impl FnOnce(&DrawingArea<Svg<'_>, Shift>) -> Result<(), DrawingAreaErrorKind<Infallible>>,
) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = draw(&Svg { text: &mut text, size, named, open: None }.into_drawing_area());
    text
}

pub struct Svg<'a> {
    text: &'a mut String,
    size: (u32, u32),
    named: Named,
    /// Of a path that may go on: what is drawn alike one after the other is one, which takes a fifth of the bytes.
    open: Option<Ink>,
}

/// How a path is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ink {
    rgb: (u8, u8, u8),
    alpha: f64,
    /// How wide its line is, or filled.
    stroke: Option<u32>,
}

impl Ink {
    fn filled(BackendColor { alpha, rgb }: BackendColor) -> Ink {
        Ink { rgb, alpha, stroke: None }
    }

    fn line<S: BackendStyle>(style: &S) -> Ink {
        Ink { stroke: Some(style.stroke_width()), ..Ink::filled(style.color()) }
    }
}

impl Drop for Svg<'_> {
    fn drop(&mut self) {
        self.end_path();
    }
}

impl Svg<'_> {
    fn end_path(&mut self) {
        if self.open.take().is_some() {
            self.text.push_str("\"/>");
        }
    }

    /// The attributes of what is drawn so; lines are as wide as they are said to be, however the picture is stretched.
    fn attributes(&self, Ink { rgb, alpha, stroke }: Ink) -> String {
        let colour = match (self.named)(rgb) {
            Some(property) => format!("var({property})"),
            None => format!("#{:02x}{:02x}{:02x}", rgb.0, rgb.1, rgb.2),
        };
        let mut attributes = match stroke {
            None => format!("fill=\"{colour}\""),
            Some(width) => format!(
                "fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" vector-effect=\"non-scaling-stroke\""
            ),
        };
        if alpha < 1.0 {
            let _ = write!(attributes, " opacity=\"{alpha}\"");
        }
        attributes
    }

    /// Goes on with a path that is drawn so, or begins one. What is covered by itself shows through once, so only what is
    /// not translucent goes on.
    fn path(&mut self, ink: Ink, shape: &str) {
        if self.open != Some(ink) || ink.alpha < 1.0 && ink.stroke.is_some() {
            self.end_path();
            let attributes = self.attributes(ink);
            let _ = write!(self.text, "<path {attributes} d=\"");
            self.open = Some(ink);
        }
        self.text.push_str(shape);
    }
}

/// `M0 1L2 3`.
fn path(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let _ = write!(path, "{}{x} {y}", if path.is_empty() { 'M' } else { 'L' });
    }
    path
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Result<(), Failed> {
        self.path(Ink::filled(color), &format!("M{x} {y}h1v1h-1z"));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        let (width, height) = (right - left, bottom - top);
        let ink = if fill { Ink::filled(style.color()) } else { Ink::line(style) };
        self.path(ink, &format!("M{left} {top}h{width}v{height}h-{width}z"));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.path(Ink::line(style), &path(points));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.end_path();
        self.path(Ink::filled(style.color()), &path(points));
        self.end_path();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        let ink = if fill { Ink::filled(style.color()) } else { Ink::line(style) };
        let (left, across) = (x - radius as i32, 2 * radius);
        self.path(ink, &format!("M{left} {y}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0z"));
        Ok(())
    }
}
