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

use super::{
    axis::{ValueAxis, time_ticks},
    frame::Frame,
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
    pub twin: Vec<BandPoint>,
    pub forecast: Vec<BandPoint>,
    pub scenario: Vec<BandPoint>,
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
    Long,
    Short,
}

/// Draws `trend` over the whole of `area`.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, trend: &Trend, palette: &Palette) -> Drawn<DB> {
    area.fill(&palette.surface)?;
    let frame = Frame::new(trend, area.dim_in_pixel());
    if trend.detail == Detail::Full {
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
    line(area, &frame, &mids(&trend.forecast), Stroke { colour: palette.forecast, gap: ENDLESS, dash: Dash::Long })?;
    line(area, &frame, &mids(&trend.scenario), Stroke { colour: palette.scenario, gap: ENDLESS, dash: Dash::Short })?;
    measured(area, &frame, palette)
}

/// The round instants at which the grid stands, which are those that the page writes.
pub fn ticks_of(from: Timestamp, to: Timestamp, css_width: f64) -> Vec<Timestamp> {
    time_ticks(from, to, ((css_width / 96.0) as usize).clamp(2, 12))
}

fn mids(points: &[BandPoint]) -> Vec<Point> {
    points.iter().map(|point| Point { t: point.t, value: point.band.mid }).collect()
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
                Dash::Long => frame.dashes(&path, 8.0, 4.0),
                Dash::Short => frame.dashes(&path, 3.0, 3.0),
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
        let shown = clip(stretch, trend.from, trend.to);
        for path in frame.visible_paths(&downsample(&shown, trend.from, trend.to, frame.width.unsigned_abs() as usize))
        {
            area.draw(&PathElement::new(path, style))?;
        }
        let is_sparse = trend.detail == Detail::Full && (shown.len() as f64) < frame.css_width() / 12.0;
        for point in stretch.iter().filter(|point| is_sparse || stretch.len() == 1 && point.value.is_finite()) {
            if let Some(centre) = frame.point_inside(point) {
                area.draw(&Circle::new(centre, frame.pixels(2.0), palette.measured.filled()))?;
            }
        }
    }
    Ok(())
}

impl Frame<'_> {
    fn stroke(&self, colour: RGBAColor, css_width: f64) -> ShapeStyle {
        ShapeStyle { color: colour, filled: false, stroke_width: self.pixels(css_width).unsigned_abs() }
    }
}

/// A rectangle of one colour over `area`: what a chart without data is.
pub fn blank<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, palette: &Palette) -> Drawn<DB> {
    let (width, height) = area.dim_in_pixel();
    area.draw(&Rectangle::new([(0, 0), (width as i32, height as i32)], palette.surface.filled()))
}

#[cfg(test)]
mod tests {
    use plotters::{drawing::IntoDrawingArea, prelude::SVGBackend};
    use twin::twin::Band;

    use super::*;
    use crate::plot::axis::value_axis;

    fn secs(secs: i64) -> Timestamp {
        Timestamp(secs * 1_000_000)
    }

    fn measured(points: &[(i64, f64)]) -> Trend {
        Trend {
            from: secs(0),
            to: secs(120),
            now: secs(60),
            values: value_axis(0.0, 10.0, 2),
            gap: Span(15_000_000),
            measured: points.iter().map(|(t, value)| Point { t: secs(*t), value: *value }).collect(),
            twin: Vec::new(),
            forecast: Vec::new(),
            scenario: Vec::new(),
            limits: Vec::new(),
            detail: Detail::Full,
            pixel_ratio: 1.0,
        }
    }

    fn spread(t: i64, mid: f64, half: f64) -> BandPoint {
        BandPoint { t: secs(t), band: Band { mean: mid, low: mid - half, mid, high: mid + half } }
    }

    fn svg(trend: &Trend) -> String {
        let mut svg = String::new();
        draw(&SVGBackend::with_string(&mut svg, (240, 80)).into_drawing_area(), trend, &Palette::LIGHT).unwrap();
        svg
    }

    /// The colour of a series as SVG has it.
    fn hex(colour: RGBAColor) -> String {
        format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
    }

    fn lines_of(svg: &str, colour: RGBAColor) -> usize {
        let stroke = format!("stroke=\"{}\"", hex(colour));
        svg.lines().filter(|line| line.starts_with("<polyline") && line.contains(&stroke)).count()
    }

    #[test]
    fn all_nan() {
        let nothing = svg(&measured(&[(10, f64::NAN), (20, f64::NAN), (30, f64::NAN)]));
        assert_eq!(lines_of(&nothing, Palette::LIGHT.measured), 0);
        insta::assert_snapshot!(nothing);
    }

    #[test]
    fn single_point() {
        let dot = svg(&measured(&[(30, 5.0)]));
        assert!(dot.contains("<circle"));
        insta::assert_snapshot!(dot);
    }

    #[test]
    fn gap_in_the_middle() {
        let broken = svg(&measured(&[(0, 2.0), (10, 4.0), (20, 3.0), (50, 8.0), (60, 7.0)]));
        assert_eq!(lines_of(&broken, Palette::LIGHT.measured), 2);
        insta::assert_snapshot!(broken);
    }

    #[test]
    fn crosses_now() {
        let mut trend = measured(&[(-10, 1.0), (0, 2.0), (10, 3.0), (20, 4.0), (30, 5.0), (40, 5.5), (50, 6.0)]);
        trend.twin = vec![spread(0, 2.1, 0.3), spread(25, 4.4, 0.3), spread(50, 6.1, 0.3)];
        trend.forecast = vec![spread(50, 6.1, 0.3), spread(90, 8.0, 1.0), spread(140, 12.0, 3.0)];
        trend.scenario = vec![spread(50, 6.1, 0.3), spread(90, 5.0, 1.0), spread(140, 3.0, 2.0)];
        trend.limits = vec![9.0, 99.0];
        let crossing = svg(&trend);
        assert!(lines_of(&crossing, Palette::LIGHT.forecast) > 3, "a forecast is dashed");
        insta::assert_snapshot!(crossing);
    }

    #[test]
    fn nothing_is_drawn_outside_of_the_picture() {
        let wild: Vec<(i64, f64)> = (-50..200).map(|t| (t, if t % 7 == 0 { 1e6 } else { -3.0 * t as f64 })).collect();
        let drawn = svg(&measured(&wild));
        let points = drawn.lines().filter_map(|line| line.split_once("points=\"")?.1.split_once('"'));
        let mut seen = 0;
        for pair in points.flat_map(|(points, _)| points.split_whitespace()) {
            let (x, y) = pair.split_once(',').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((0..=240).contains(&x) && (0..=80).contains(&y), "{x},{y}");
            seen += 1;
        }
        assert!(seen > 10, "{drawn}");
    }

    #[test]
    fn a_long_series_costs_few_vertices_a_column() {
        let many: Vec<(i64, f64)> = (0..200_000).map(|i| (i / 1_700, (i * 7_919 % 1_000) as f64 / 100.0)).collect();
        let drawn = svg(&measured(&many));
        let vertices: usize = drawn.lines().map(|line| line.matches(',').count()).sum();
        assert!(vertices < 240 * 8, "{vertices}");
    }

    #[test]
    fn strokes_and_dots_grow_with_the_pixels_of_the_device() {
        let mut trend = measured(&[(30, 5.0)]);
        assert!(svg(&trend).contains("r=\"2\""));
        trend.pixel_ratio = 2.0;
        assert!(svg(&trend).contains("r=\"4\""));
    }
}
