//! A drawing as SVG that a server writes: colours by the names of their tokens, so that the theme of the page decides.

use std::{convert::Infallible, fmt::Write};

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::tones;

type Failed = DrawingErrorKind<Infallible>;

/// What `draw` draws on so many units, to be put into an element that has them as its view box.
pub fn paint(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<Svg<'_>, Shift>) -> Result<(), DrawingAreaErrorKind<Infallible>>,
) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = draw(&Svg { text: &mut text, size, filling: None }.into_drawing_area());
    text
}

pub struct Svg<'a> {
    text: &'a mut String,
    size: (u32, u32),
    /// Of rectangles that were filled one after the other in one colour: many are one path, which takes a fifth of the bytes.
    filling: Option<BackendColor>,
}

impl Drop for Svg<'_> {
    fn drop(&mut self) {
        self.end_filling();
    }
}

/// The name of a colour, and how much of what lies beneath it is covered.
fn paint_of(BackendColor { alpha, rgb }: BackendColor) -> (String, String) {
    let colour = match tones::property(rgb) {
        Some(property) => format!("var({property})"),
        None => format!("#{:02x}{:02x}{:02x}", rgb.0, rgb.1, rgb.2),
    };
    (colour, if alpha < 1.0 { format!(" opacity=\"{alpha}\"") } else { String::new() })
}

impl Svg<'_> {
    fn end_filling(&mut self) {
        if self.filling.take().is_some() {
            self.text.push_str("\"/>");
        }
    }

    fn fill(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord, color: BackendColor) {
        if self.filling.is_none_or(|filling| filling.rgb != color.rgb || filling.alpha != color.alpha) {
            self.end_filling();
            let (colour, opacity) = paint_of(color);
            let _ = write!(self.text, "<path fill=\"{colour}\"{opacity} d=\"");
            self.filling = Some(color);
        }
        let (width, height) = (right - left, bottom - top);
        let _ = write!(self.text, "M{left} {top}h{width}v{height}h-{width}z");
    }

    /// One element; lines are as wide as they are said to be, however the picture is stretched.
    fn element<S: BackendStyle>(&mut self, shape: &str, style: &S, is: Ink) -> Result<(), Failed> {
        self.end_filling();
        let (colour, opacity) = paint_of(style.color());
        let _ = match is {
            Ink::Filled => write!(self.text, "<{shape} fill=\"{colour}\""),
            Ink::Line => write!(
                self.text,
                "<{shape} fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\" vector-effect=\"non-scaling-stroke\"",
                style.stroke_width()
            ),
        };
        let _ = write!(self.text, "{opacity}/>");
        Ok(())
    }
}

#[derive(Debug, Clone, Copy)]
enum Ink {
    Filled,
    Line,
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
        self.element(&format!("rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\""), &color, Ink::Filled)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        if fill {
            self.fill((left, top), (right, bottom), style.color());
            return Ok(());
        }
        let (width, height) = (right - left, bottom - top);
        let shape = format!("rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"");
        self.element(&shape, style, Ink::Line)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.element(&format!("path d=\"{}\"", path(points)), style, Ink::Line)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<(), Failed> {
        self.element(&format!("path d=\"{}\"", path(points)), style, Ink::Filled)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), Failed> {
        let shape = format!("circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"");
        self.element(&shape, style, if fill { Ink::Filled } else { Ink::Line })
    }
}
