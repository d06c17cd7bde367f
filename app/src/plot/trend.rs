//! A trend on any plotters backend: a canvas in the browser, SVG in tests. It draws no text.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    element::{Circle, PathElement, Polygon, Rectangle},
    prelude::DrawingBackend,
    style::{Color, RGBAColor, ShapeStyle},
};
use twin::{
    Span, Timestamp,
    series::{Point, clip, downsample, split_gaps},
};

use wire::view::Course;

use super::{
    axis::{ValueAxis, time_ticks},
    column::{Column, columns_of, is_crowded},
    frame::{Frame, Pixel},
    palette::Palette,
};
use crate::live::trace::BandPoint;

/// How much of a trend is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Grid, limits, bands, dots.
    Full,
    /// Lines only: a sparkline.
    Lines,
    /// What was measured beside what the twin expected, around 0: a lane below the chart.
    Residuals,
}

/// All that one chart shows, in the asset's time and the quantity's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    pub from: Timestamp,
    pub to: Timestamp,
    pub now: Timestamp,
    pub values: ValueAxis,
    /// A silence longer than this is drawn as a gap.
    pub gap: Span,
    pub measured: Vec<Point>,
    /// What the signal did between two samples.
    pub course: Course,
    pub twin: Vec<BandPoint>,
    pub forecast: Vec<BandPoint>,
    pub scenario: Vec<BandPoint>,
    /// What half of the members are above and half below, in each scenario that is kept; with its number.
    pub kept: Vec<(usize, Vec<Point>)>,
    /// What was measured after now, where the past is replayed: what then came.
    pub later: Vec<Point>,
    pub limits: Vec<f64>,
    pub detail: Detail,
    /// Device pixels a pixel of the page: strokes and dots grow with it.
    pub pixel_ratio: f64,
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// The gap of a future: it has none.
const ENDLESS: Span = Span(i64::MAX);

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
struct Stroke {
    colour: RGBAColor,
    gap: Span,
    dash: Dash,
}

#[derive(Debug, Clone, Copy)]
enum Dash {
    Whole,
    /// CSS pixels that are drawn, and that are left out.
    Parts(f64, f64),
}

const LONG: Dash = Dash::Parts(8.0, 4.0);
const SHORT: Dash = Dash::Parts(3.0, 3.0);
/// What then came: of the colour of what was measured, and no line that anybody could take for it.
const DOTS: Dash = Dash::Parts(1.5, 3.0);
/// One each kept scenario, by which they are told apart: as in the legend.
const KEPT: [Dash; 3] = [Dash::Parts(12.0, 4.0), Dash::Parts(6.0, 6.0), Dash::Parts(1.5, 4.5)];

/// Draws `trend` over the whole of `area`.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, trend: &Trend, palette: &Palette) -> Drawn<DB> {
    area.fill(&palette.surface)?;
    let frame = Frame::new(trend, area.dim_in_pixel());
    if trend.detail != Detail::Lines {
        grid(area, &frame, palette)?;
        band(area, &frame, &trend.twin, trend.gap, palette.twin)?;
        band(area, &frame, &trend.forecast, ENDLESS, palette.forecast)?;
        band(area, &frame, &trend.scenario, ENDLESS, palette.scenario)?;
        for limit in &trend.limits {
            level(area, &frame, *limit, palette.limit)?;
        }
    }
    // The now line lies under the data: a sample at this very instant must be seen.
    if let Some(x) = frame.x_inside(trend.now) {
        let style = frame.stroke(palette.now, 1.0);
        area.draw(&PathElement::new(vec![(x, 0), (x, frame.height)], style))?;
    }
    let gap = trend.gap;
    line(area, &frame, &mids(&trend.twin), Stroke { colour: palette.twin, gap, dash: Dash::Whole })?;
    line(area, &frame, &mids(&trend.forecast), Stroke { colour: palette.forecast, gap: ENDLESS, dash: LONG })?;
    for (number, kept) in &trend.kept {
        let dash = KEPT[number % KEPT.len()];
        line(area, &frame, kept, Stroke { colour: palette.kept, gap: ENDLESS, dash })?;
    }
    line(area, &frame, &mids(&trend.scenario), Stroke { colour: palette.scenario, gap: ENDLESS, dash: SHORT })?;
    line(area, &frame, &trend.later, Stroke { colour: palette.measured, gap, dash: DOTS })?;
    measured(area, &frame, palette)
}

/// The round instants at which the grid stands, which are those that the page writes.
pub fn ticks_of(from: Timestamp, to: Timestamp, css_width: f64) -> Vec<Timestamp> {
    time_ticks(from, to, ((css_width / 96.0) as usize).clamp(2, 12))
}

fn mids(points: &[BandPoint]) -> Vec<Point> {
    points.iter().map(BandPoint::mid).collect()
}

fn grid<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, frame: &Frame<'_>, palette: &Palette) -> Drawn<DB> {
    let style = frame.stroke(palette.grid, 1.0);
    for value in &frame.trend.values.ticks {
        let y = frame.y(*value);
        area.draw(&PathElement::new(vec![(0, y), (frame.width, y)], style))?;
    }
    for t in ticks_of(frame.trend.from, frame.trend.to, frame.css_width()) {
        let x = frame.x(t);
        area.draw(&PathElement::new(vec![(x, 0), (x, frame.height)], style))?;
    }
    Ok(())
}

/// A horizontal line at a limit, dotted; nothing where it is out of sight.
fn level<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    frame: &Frame<'_>,
    value: f64,
    colour: RGBAColor,
) -> Drawn<DB> {
    if !(value > frame.trend.values.low && value < frame.trend.values.high) {
        return Ok(());
    }
    let y = frame.y(value);
    let style = frame.stroke(colour, 1.0);
    for dot in frame.dashes(&[(0, y), (frame.width, y)], 2.0, 4.0) {
        area.draw(&PathElement::new(dot, style))?;
    }
    Ok(())
}

/// The space between the 5 % and the 95 % quantile.
fn band<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    frame: &Frame<'_>,
    points: &[BandPoint],
    gap: Span,
    colour: RGBAColor,
) -> Drawn<DB> {
    let side = |pick: fn(&BandPoint) -> f64| -> Vec<Point> {
        points.iter().map(|point| Point { t: point.t, value: pick(point) }).collect()
    };
    let (lows, highs) = (side(|p| p.band.low), side(|p| p.band.high));
    for (low, high) in split_gaps(&lows, gap).into_iter().zip(split_gaps(&highs, gap)) {
        let low = clip(low, frame.trend.from, frame.trend.to);
        let high = clip(high, frame.trend.from, frame.trend.to);
        let mut outline = frame.path(&high);
        outline.extend(frame.path(&low).into_iter().rev());
        if outline.len() > 2 {
            area.draw(&Polygon::new(outline, colour.mix(0.16).filled()))?;
        }
    }
    Ok(())
}

fn line<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    frame: &Frame<'_>,
    points: &[Point],
    stroke: Stroke,
) -> Drawn<DB> {
    let style = frame.stroke(stroke.colour, 1.5);
    for stretch in split_gaps(points, stroke.gap) {
        for path in frame.visible_paths(stretch) {
            let parts = match stroke.dash {
                Dash::Whole => vec![path],
                Dash::Parts(drawn, left) => frame.dashes(&path, drawn, left),
            };
            for part in parts {
                area.draw(&PathElement::new(part, style))?;
            }
        }
    }
    Ok(())
}

/// The measured line, and a dot a sample where they stand far enough apart.
fn measured<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, frame: &Frame<'_>, palette: &Palette) -> Drawn<DB> {
    let trend = frame.trend;
    let style = frame.stroke(palette.measured, 1.5);
    for stretch in split_gaps(&trend.measured, trend.gap) {
        // Corners first: at an edge a line that stays is where it was, not on its way.
        let mut shown = match trend.course {
            Course::Slope => clip(stretch, trend.from, trend.to),
            Course::Steps | Course::Switch => clip(&steps(stretch), trend.from, trend.to),
        };
        let columns = frame.width.unsigned_abs() as usize;
        if shown.len() > 4 * columns {
            shown = downsample(&shown, trend.from, trend.to, columns);
        }
        if trend.course == Course::Switch && trend.detail != Detail::Lines && !shown.is_empty() {
            area.draw(&Polygon::new(frame.above_zero(&shown), palette.measured.mix(0.16).filled()))?;
        }
        for path in frame.visible_paths(&shown) {
            if is_crowded(&path) {
                crowd(area, &path, style)?;
            } else {
                area.draw(&PathElement::new(path, style))?;
            }
        }
        let is_sparse = trend.detail != Detail::Lines && (shown.len() as f64) < frame.css_width() / 12.0;
        for point in stretch.iter().filter(|point| is_sparse || stretch.len() == 1 && point.value.is_finite()) {
            if let Some(centre) = frame.point_inside(point) {
                area.draw(&Circle::new(centre, frame.pixels(2.0), palette.measured.filled()))?;
            }
        }
    }
    Ok(())
}

/// The corners of a line that stays at each value until the next.
fn steps(points: &[Point]) -> Vec<Point> {
    let corner = |pair: &[Point]| [pair[0], Point { t: pair[1].t, value: pair[0].value }];
    let mut corners: Vec<Point> = points.windows(2).flat_map(corner).collect();
    corners.extend(points.last());
    corners
}

/// A line that turns several times a column, as wide as its stroke would be.
fn crowd<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, path: &[Pixel], style: ShapeStyle) -> Drawn<DB> {
    let (width, half) = (style.stroke_width as i32, style.stroke_width as i32 / 2);
    let filled = style.color.filled();
    for Column { x, top, bottom } in columns_of(path) {
        let corners = [(x - half, top - half), (x - half + width, bottom - half + width)];
        area.draw(&Rectangle::new(corners, filled))?;
    }
    Ok(())
}

impl Frame<'_> {
    fn stroke(&self, colour: RGBAColor, css_width: f64) -> ShapeStyle {
        ShapeStyle { color: colour, filled: false, stroke_width: self.pixels(css_width).unsigned_abs() }
    }
}

#[cfg(test)]
mod tests;
