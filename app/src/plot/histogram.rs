//! How many members of a future are where: bars, and a smooth line that holds as many.

mod members;

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    element::{PathElement, Rectangle},
    prelude::DrawingBackend,
    style::{Color, RGBAColor, ShapeStyle},
};

pub use self::members::Members;
use super::{
    axis::{ValueAxis, value_axis},
    frame::Pixel,
    palette::Palette,
};

/// Bars between two ticks.
const BARS: usize = 4;
/// Places of the smooth line in a bar.
const PLACES: usize = 4;

/// What one picture shows; both futures are counted in the same bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    pub values: ValueAxis,
    /// Of all members, in a bar.
    pub shares: ValueAxis,
    pub baseline: Shape,
    pub scenario: Option<Shape>,
}

/// One future.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Shares of all members: they add up to 1, less those that have no value.
    pub bars: Vec<f64>,
    /// The same as a line: what a bar at that place would hold.
    pub density: Vec<f64>,
    /// Where one in twenty, half and nineteen in twenty of all members lie below.
    pub marks: [Option<f64>; 3],
}

impl Shape {
    fn of(members: &Members, values: &ValueAxis) -> Shape {
        let bars = BARS * (values.ticks.len() - 1);
        let all = f64::from(members.all.max(1));
        let shares = |counts: Vec<f64>, a_bar: f64| counts.into_iter().map(|count| count * a_bar / all).collect();
        let fine = members.in_bins(values.low, values.high, bars * PLACES);
        let width = (values.high - values.low) / fine.len() as f64;
        let density = smooth(fine, members.bandwidth() / width, BARS * PLACES);
        Shape {
            bars: shares(members.in_bins(values.low, values.high, bars), 1.0),
            density: shares(density, PLACES as f64),
            marks: [0.05, 0.5, 0.95].map(|share| members.quantile(share)),
        }
    }

    fn highest(&self) -> f64 {
        self.bars.iter().chain(&self.density).fold(0.0, |most: f64, share| most.max(*share))
    }
}

impl Histogram {
    /// Over all values of both futures, at least `least` wide; `None` where no member has one.
    pub fn of(baseline: &Members, scenario: Option<&Members>, least: f64) -> Option<Histogram> {
        let ranges = || [Some(baseline), scenario].into_iter().flatten().filter_map(Members::range);
        let low = ranges().map(|(low, _)| low).reduce(f64::min)?;
        let high = ranges().map(|(_, high)| high).reduce(f64::max)?;
        let lacking = (least - (high - low)).max(0.0) / 2.0;
        let values = value_axis(low - lacking, high + lacking, 6);
        let baseline = Shape::of(baseline, &values);
        let scenario = scenario.map(|members| Shape::of(members, &values));
        let highest = scenario.as_ref().map_or(0.0, Shape::highest).max(baseline.highest());
        Some(Histogram { values, shares: value_axis(0.0, highest, 3), baseline, scenario })
    }

    /// From tick to tick: the share of members in each future.
    pub fn rows(&self) -> Vec<([f64; 2], f64, Option<f64>)> {
        let sum = |shape: &Shape, row: usize| shape.bars[row * BARS..][..BARS].iter().sum();
        let row = |(row, ends): (usize, &[f64])| {
            ([ends[0], ends[1]], sum(&self.baseline, row), self.scenario.as_ref().map(|shape| sum(shape, row)))
        };
        self.values.ticks.windows(2).enumerate().map(row).collect()
    }
}

/// Spreads what is in each place over its neighbours, about `deviation` places to either side and at most `most`. Nothing is
/// lost: what would leave at an end comes back from it.
fn smooth(mut counts: Vec<f64>, deviation: f64, most: usize) -> Vec<f64> {
    // Three boxes of this reach after each other are a bell of that deviation.
    let reach = (((4.0 * deviation * deviation + 1.0).sqrt() - 1.0) / 2.0).round();
    let reach = (reach as usize).clamp(1, most.max(1)).min(counts.len().saturating_sub(1));
    for _ in 0..3 {
        let inside = |place: usize, offset: usize| {
            // `offset` is counted from the box's left end.
            let Some(right) = (place + offset).checked_sub(reach) else { return reach - place - offset - 1 };
            if right < counts.len() { right } else { 2 * counts.len() - 1 - right }
        };
        let spread = |place| (0..=2 * reach).map(|offset| counts[inside(place, offset)]).sum::<f64>();
        counts = (0..counts.len()).map(|place| spread(place) / (2 * reach + 1) as f64).collect();
    }
    counts
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws it over the whole of `area`: what is, in grey; what is simulated, in its colour.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    histogram: Option<&Histogram>,
    pixel_ratio: f64,
    palette: &Palette,
) -> Drawn<DB> {
    area.fill(&palette.surface)?;
    let Some(histogram) = histogram else { return Ok(()) };
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (width as i32, height as i32);
    let Histogram { values, shares, baseline, scenario } = histogram;
    let x = |share: f64| (share * f64::from(width)).round() as i32;
    let x_of = |value: f64| x((value - values.low) / (values.high - values.low)).min(width - 1);
    let y_of = |share: f64| ((1.0 - share / shares.high) * f64::from(height - 1)).round() as i32;
    let stroke = |color: RGBAColor, css_width: f64| ShapeStyle {
        color,
        filled: false,
        stroke_width: ((css_width * pixel_ratio).round() as u32).max(1),
    };
    let line = |path: Vec<Pixel>, style: ShapeStyle| area.draw(&PathElement::new(path, style));
    for share in &shares.ticks {
        line(vec![(0, y_of(*share)), (width, y_of(*share))], stroke(palette.grid, 1.0))?;
    }
    for value in &values.ticks {
        line(vec![(x_of(*value), 0), (x_of(*value), height)], stroke(palette.grid, 1.0))?;
    }
    let shapes = [Some((baseline, palette.now)), scenario.as_ref().map(|shape| (shape, palette.scenario))];
    for (shape, colour) in shapes.into_iter().flatten() {
        let bars = shape.bars.len() as f64;
        for (bar, share) in shape.bars.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let (from, to) = (x(bar as f64 / bars), x((bar + 1) as f64 / bars));
            // What one in ten thousand makes up is still seen.
            let corners = [(from, y_of(*share).min(height - 2)), ((to - 1).max(from + 1), height)];
            area.draw(&Rectangle::new(corners, colour.mix(0.3).filled()))?;
        }
    }
    for (shape, colour) in shapes.into_iter().flatten() {
        let places = shape.density.len() as f64;
        let place = |(place, share): (usize, &f64)| (x((place as f64 + 0.5) / places), y_of(*share));
        line(shape.density.iter().enumerate().map(place).collect(), stroke(colour, 1.5))?;
        for (mark, css_width) in shape.marks.iter().zip([1.0, 2.0, 1.0]) {
            if let Some(value) = mark {
                let top = if css_width > 1.0 { 0 } else { height * 2 / 3 };
                line(vec![(x_of(*value), top), (x_of(*value), height)], stroke(colour, css_width))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
