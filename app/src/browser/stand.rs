//! A chart without a page, for whoever times one: points in memory, a canvas, and the code that draws the charts of pages.

use plotters::drawing::IntoDrawingArea;
use twin::{
    Span, Timestamp,
    series::{Curve, Point},
};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;
use wire::view::Course;

use super::brush::Brush;
use crate::{
    plot::{
        axis::{Axes, axes_of, value_axis},
        palette::Palette,
        trend::{self, Detail, Trend},
    },
    wording,
};

/// One series on a canvas.
#[wasm_bindgen]
pub struct Stand {
    canvas: HtmlCanvasElement,
    curve: Curve,
}

#[wasm_bindgen]
impl Stand {
    /// Takes `values` at `times`, in milliseconds and in order, to be drawn on `canvas`.
    #[wasm_bindgen(constructor)]
    pub fn new(canvas: HtmlCanvasElement, times: &[f64], values: &[f64]) -> Stand {
        let points = times.iter().zip(values);
        let points = points.map(|(t, value)| Point { t: instant(*t), value: *value });
        Stand { canvas, curve: Curve::of(points.collect()) }
    }

    /// Takes in one more point.
    pub fn push(&mut self, time: f64, value: f64) {
        self.curve.insert(Point { t: instant(time), value });
    }

    /// Draws a stretch, and returns what stands beside it: place in percent and text, first of times, then of values.
    pub fn show(&self, from: f64, to: f64) -> Vec<String> {
        let (from, to) = (instant(from), instant(to));
        let width = self.canvas.width();
        let (low, high) = self.curve.range(from, to).unwrap_or((0.0, 1.0));
        let trend = Trend {
            from,
            to,
            now: to,
            values: value_axis(low, high, 6),
            gap: Span(2 * (to - from).0 / i64::from(width)).max(Span::SECOND),
            measured: self.curve.downsample(from, to, width as usize),
            course: Course::Slope,
            twin: Vec::new(),
            forecast: Vec::new(),
            scenario: Vec::new(),
            kept: Vec::new(),
            later: Vec::new(),
            limits: Vec::new(),
            detail: Detail::Full,
            pixel_ratio: 1.0,
        };
        if let Some(brush) = Brush::new(self.canvas.clone()) {
            trend::draw(&brush.into_drawing_area(), &trend, &Palette::LIGHT).ok();
        }
        let Axes { times, values, .. } = axes_of(&trend, f64::from(width));
        let times = times.into_iter().flat_map(|(place, t)| [place, wording::iso_time(t)]);
        let values = values.into_iter().flat_map(|(place, value)| [place, value]);
        times.chain(values).collect()
    }
}

fn instant(millis: f64) -> Timestamp {
    Timestamp((millis * 1000.0) as i64)
}
