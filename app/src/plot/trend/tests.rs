//! Pictures of trends, as SVG.

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
        course: Course::Slope,
        twin: Vec::new(),
        forecast: Vec::new(),
        scenario: Vec::new(),
        kept: Vec::new(),
        later: Vec::new(),
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
fn step_with_gap() {
    let mut trend = measured(&[(0, 2.0), (10, 4.0), (20, 3.0), (50, 8.0), (60, 7.0)]);
    trend.course = Course::Steps;
    let stepped = svg(&trend);
    assert_eq!(lines_of(&stepped, Palette::LIGHT.measured), 2);
    insta::assert_snapshot!(stepped);
}

#[test]
fn switch_on_and_off() {
    let mut trend = measured(&[(0, 0.0), (10, 1.0), (20, 1.0), (30, 0.0), (40, 0.0)]);
    (trend.course, trend.values) = (Course::Switch, value_axis(0.0, 1.0, 2));
    let switched = svg(&trend);
    assert!(switched.contains("<polygon"), "what was on is filled");
    insta::assert_snapshot!(switched);
}

#[test]
fn switch_of_one_sample_and_of_none() {
    for points in [&[(30, 1.0)][..], &[(30, f64::NAN)], &[]] {
        let mut trend = measured(points);
        trend.course = Course::Switch;
        assert_eq!(lines_of(&svg(&trend), Palette::LIGHT.measured), 0);
    }
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

#[test]
fn kept_scenarios_are_lines_that_can_be_told_apart() {
    let mut trend = measured(&[(30, 5.0)]);
    let line = |value: f64| vec![Point { t: secs(60), value }, Point { t: secs(110), value }];
    trend.kept = vec![(2, line(6.0)), (1, line(4.0)), (0, line(2.0))];
    let drawn = svg(&trend);
    let stroke = format!("stroke=\"{}\"", hex(Palette::LIGHT.kept));
    // By height in the picture, the highest line first.
    let mut dashes = std::collections::BTreeMap::<u32, usize>::new();
    for line in drawn.lines().filter(|line| line.contains(&stroke)) {
        let y = line.split_once(',').unwrap().1.split([' ', '"']).next().unwrap();
        *dashes.entry(y.parse().unwrap()).or_default() += 1;
    }
    let counts: Vec<usize> = dashes.into_values().collect();
    assert!(counts.len() == 3 && counts[2] > 3 && counts.is_sorted_by(|a, b| a > b), "{counts:?}");
}

#[test]
fn what_lies_beyond_the_stretch_is_no_data_in_it() {
    let has_data = |points: &[(i64, f64)]| crate::plot::axis::axes_of(&measured(points), 240.0).has_data;
    assert!(!has_data(&[]));
    assert!(!has_data(&[(-20, 1.0), (-10, 2.0)]));
    assert!(!has_data(&[(-10, 1.0), (130, 2.0)]), "a gap");
    assert!(has_data(&[(-10, 1.0), (5, 2.0)]));
    let mut foreseen = measured(&[]);
    foreseen.forecast = vec![spread(130, 1.0, 0.1), spread(140, 1.0, 0.1)];
    assert!(!crate::plot::axis::axes_of(&foreseen, 240.0).has_data);
    foreseen.forecast.insert(0, spread(-10, 1.0, 0.1));
    assert!(crate::plot::axis::axes_of(&foreseen, 240.0).has_data, "the line crosses it");
}
