//! Curves as charts ask for them: whatever the points, nothing that can be seen is lost or invented.

use proptest::prelude::*;
use twin::{
    Span, Timestamp,
    series::{Curve, Point, clip, clip_values, downsample, split_gaps},
};

fn point(t: i64, value: f64) -> Point {
    Point { t: Timestamp(t), value }
}

/// Points in order of time; some share an instant, some are NaN where `with_nan`.
fn points(with_nan: bool) -> impl Strategy<Value = Vec<Point>> {
    let value = prop_oneof![
        8 => -1e3..1e3f64,
        2 => (-3..3i32).prop_map(f64::from),
        1 => Just(if with_nan { f64::NAN } else { 0.0 }),
    ];
    prop::collection::vec((0..2_000i64, value), 0..300).prop_map(|mut raw| {
        raw.sort_by_key(|(t, _)| *t);
        raw.into_iter().map(|(t, value)| point(t, value)).collect()
    })
}

/// Points of distinct instants and finite values.
fn run() -> impl Strategy<Value = Vec<Point>> {
    points(false).prop_map(|mut points| {
        points.dedup_by_key(|p| p.t);
        points
    })
}

fn bits(points: &[Point]) -> Vec<(i64, u64)> {
    points.iter().map(|p| (p.t.0, p.value.to_bits())).collect()
}

/// The line's value at `t`, by the plain definition.
fn on_line(run: &[Point], t: i64) -> Option<f64> {
    run.windows(2).find(|w| w[0].t.0 <= t && t <= w[1].t.0).map(|w| {
        let share = (t - w[0].t.0) as f64 / (w[1].t.0 - w[0].t.0) as f64;
        w[0].value + (w[1].value - w[0].value) * share
    })
}

proptest! {
    #[test]
    fn first_least_greatest_and_last_of_every_column_survive(points in points(true), width in 1..80i64, length in 1..1_500i64) {
        let (from, to) = (200, 200 + length);
        let kept = downsample(&points, Timestamp(from), Timestamp(to), width as usize);
        let column = |p: &&Point| ((p.t.0 - from) * width / length).min(width - 1);
        for c in 0..width {
            let of = |all: &[Point]| -> Vec<Point> {
                all.iter().filter(|p| (from..=to).contains(&p.t.0) && column(p) == c).copied().collect()
            };
            let (before, after) = (of(&points), of(&kept));
            prop_assert!(after.len() <= 4);
            prop_assert_eq!(before.is_empty(), after.is_empty());
            if let (Some(first), Some(last)) = (before.first(), before.last()) {
                prop_assert_eq!(bits(&[*first, *last]), bits(&[after[0], after[after.len() - 1]]));
            }
            let least = |all: &[Point]| all.iter().map(|p| p.value).fold(f64::INFINITY, f64::min);
            let greatest = |all: &[Point]| all.iter().map(|p| p.value).fold(f64::NEG_INFINITY, f64::max);
            prop_assert_eq!(least(&before), least(&after));
            prop_assert_eq!(greatest(&before), greatest(&after));
        }
    }

    #[test]
    fn downsampling_keeps_the_order_and_makes_nothing_up(points in points(true), width in 1..80usize) {
        let (from, to) = (Timestamp(300), Timestamp(1_700));
        let kept = downsample(&points, from, to, width);
        prop_assert!(kept.windows(2).all(|w| w[0].t <= w[1].t));
        let all = bits(&points);
        let mut rest = all.iter();
        for one in bits(&kept) {
            prop_assert!(rest.any(|other| *other == one), "a point that was not there, or not in this order");
        }
        let again = downsample(&kept, from, to, width);
        prop_assert_eq!(bits(&again), bits(&kept));
        let outside = |p: &&Point| p.t < from || p.t > to;
        prop_assert!(kept.iter().filter(outside).count() <= 2);
    }

    #[test]
    fn runs_hold_every_finite_point_once_and_no_gap(points in points(true), longest in 1..60i64) {
        let runs = split_gaps(&points, Span(longest));
        let joined: Vec<Point> = runs.iter().flat_map(|run| run.iter().copied()).collect();
        let finite: Vec<Point> = points.iter().filter(|p| p.value.is_finite()).copied().collect();
        prop_assert_eq!(bits(&joined), bits(&finite));
        for run in &runs {
            prop_assert!(!run.is_empty());
            prop_assert!(run.windows(2).all(|w| (w[1].t - w[0].t).0 <= longest));
        }
        for (a, b) in runs.iter().zip(runs.iter().skip(1)) {
            let gap = (b[0].t - a[a.len() - 1].t).0 > longest;
            let hole = points.iter().any(|p| p.value.is_nan() && a[0].t <= p.t && p.t <= b[b.len() - 1].t);
            prop_assert!(gap || hole, "cut without a reason");
        }
    }

    #[test]
    fn a_clipped_run_is_the_same_line_inside_of_the_window(run in run(), from in 0..1_500i64, length in 1..900i64) {
        let to = from + length;
        let clipped = clip(&run, Timestamp(from), Timestamp(to));
        prop_assert!(clipped.iter().all(|p| (from..=to).contains(&p.t.0)));
        prop_assert!(clipped.windows(2).all(|w| w[0].t < w[1].t));
        for t in from..=to {
            match (on_line(&run, t), on_line(&clipped, t)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-6, "{a} is not {b} at {t}"),
                (a, b) => prop_assert_eq!(a.is_some() && run.len() > 1 && clipped.len() > 1, b.is_some()),
            }
        }
    }

    #[test]
    fn what_is_clipped_to_values_stays_between_them_and_on_the_line(run in run(), low in -900..800i32, height in 1..900i32) {
        let (low, high) = (f64::from(low), f64::from(low + height));
        let parts = clip_values(&run, low, high);
        for part in &parts {
            prop_assert!(!part.is_empty());
            prop_assert!(part.iter().all(|p| low <= p.value && p.value <= high));
            prop_assert!(part.windows(2).all(|w| w[0].t <= w[1].t));
        }
        prop_assert!(parts.windows(2).all(|w| w[0][w[0].len() - 1].t <= w[1][0].t));
        // Every point inside is kept, unless it lies on the edge and only touches it.
        let shown: Vec<(i64, u64)> = parts.iter().flat_map(|part| bits(part)).collect();
        for p in run.iter().filter(|p| low < p.value && p.value < high) {
            prop_assert!(shown.contains(&(p.t.0, p.value.to_bits())));
        }
        // What was made lies where the line meets an edge, to the microsecond.
        let given = bits(&run);
        for p in parts.iter().flatten().filter(|p| !given.contains(&(p.t.0, p.value.to_bits()))) {
            prop_assert!(p.value == low || p.value == high);
            let around = [p.t.0 - 1, p.t.0, p.t.0 + 1].map(|t| on_line(&run, t));
            let known: Vec<f64> = around.into_iter().flatten().collect();
            let least = known.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(least - 1e-9 <= p.value && p.value <= greatest + 1e-9);
        }
    }
}

#[test]
fn a_line_that_crosses_the_whole_window_is_two_points() {
    let run = [point(0, 0.0), point(100, 10.0)];
    assert_eq!(clip(&run, Timestamp(40), Timestamp(60)), [point(40, 4.0), point(60, 6.0)]);
    assert_eq!(clip_values(&run, 4.0, 6.0), [[point(40, 4.0), point(60, 6.0)]]);
}

#[test]
fn a_line_that_leaves_and_comes_back_is_two_parts() {
    let run = [point(0, 1.0), point(10, 3.0), point(20, 1.0)];
    assert_eq!(clip_values(&run, 0.0, 2.0), [[point(0, 1.0), point(5, 2.0)], [point(15, 2.0), point(20, 1.0)]]);
    assert!(clip_values(&run, 5.0, 9.0).is_empty());
    assert!(clip_values(&run, 3.0, 9.0).is_empty(), "a corner that touches the edge");
}

#[test]
fn values_at_the_ends_of_what_an_f64_holds_are_clipped_in_the_middle() {
    let run = [point(0, f64::MIN), point(100, f64::MAX)];
    assert_eq!(clip_values(&run, -1.0, 1.0), [[point(50, -1.0), point(50, 1.0)]]);
    assert_eq!(clip(&run, Timestamp(50), Timestamp(100))[0], point(50, 0.0));
}

#[test]
fn a_window_without_points_keeps_both_neighbours() {
    let points = [point(0, 1.0), point(5, 2.0), point(95, 3.0), point(100, 4.0)];
    assert_eq!(downsample(&points, Timestamp(10), Timestamp(90), 50), points[1..3]);
    assert!(downsample(&points, Timestamp(10), Timestamp(10), 50).is_empty());
    assert!(downsample(&points, Timestamp(10), Timestamp(90), 0).is_empty());
}

#[test]
fn one_lone_point_is_a_run() {
    let points = [point(0, 1.0), point(1, f64::NAN), point(2, 2.0)];
    let runs = split_gaps(&points, Span(100));
    assert_eq!(runs, [&points[..1], &points[2..]]);
    assert_eq!(clip_values(runs[0], 0.0, 5.0), [[points[0]]]);
    assert_eq!(clip(runs[0], Timestamp(-5), Timestamp(5)), [points[0]]);
}

/// A curve that was told of `points` one by one, the last ones of every hundred late and out of order.
fn told(points: &[Point]) -> Curve {
    let mut curve = Curve::default();
    for some in points.chunks(100) {
        let (early, late) = some.split_at(some.len() - some.len() / 10);
        early.iter().chain(late.iter().rev()).for_each(|point| curve.insert(*point));
    }
    curve
}

/// Many points of distinct instants, with runs of NaN and of equal values.
fn long(count: usize) -> Vec<Point> {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 40
    };
    let mut t = 0;
    (0..count)
        .map(|i| {
            t += 1 + (random() % 9) as i64;
            let value = match (i / 97) % 11 {
                0 => f64::NAN,
                1 => 7.0,
                _ if random().is_multiple_of(13) => f64::NAN,
                _ => (random() % 1_000) as f64,
            };
            point(t, value)
        })
        .collect()
}

proptest! {
    #[test]
    fn a_curve_shows_what_a_look_at_every_point_shows(
        count in 0..4_000usize, from in -100..20_000i64, length in 1..25_000i64, width in 1..300usize,
    ) {
        let points = long(count);
        let (from, to) = (Timestamp(from), Timestamp(from + length));
        let shown = downsample(&points, from, to, width);
        for curve in [Curve::of(points.clone()), told(&points)] {
            prop_assert_eq!(bits(curve.points()), bits(&points));
            prop_assert_eq!(bits(&curve.downsample(from, to, width)), bits(&shown));
            let inside = points.iter().filter(|p| from <= p.t && p.t <= to && !p.value.is_nan());
            let plain = inside.fold(None, |range: Option<(f64, f64)>, p| {
                let (low, high) = range.unwrap_or((p.value, p.value));
                Some((low.min(p.value), high.max(p.value)))
            });
            prop_assert_eq!(curve.range(from, to), plain);
        }
    }
}

#[test]
fn a_curve_of_many_levels_shows_what_a_look_at_every_point_shows() {
    let points = long(300_000);
    let curve = Curve::of(points.clone());
    let end = points.last().unwrap().t.0;
    for (from, to) in [(0, end), (end / 3, end / 2), (-end, 3 * end), (end - 5, end), (i64::MIN, i64::MAX)] {
        for width in [1, 7, 1_200] {
            let (from, to) = (Timestamp(from), Timestamp(to));
            assert_eq!(bits(&curve.downsample(from, to, width)), bits(&downsample(&points, from, to, width)));
        }
    }
}

#[test]
fn a_point_of_a_known_instant_takes_its_place_in_every_level() {
    let mut curve = Curve::of((0..5_000).map(|t| point(t, 0.0)).collect());
    curve.insert(point(2_500, 9.0));
    assert_eq!(curve.range(Timestamp(0), Timestamp(4_999)), Some((0.0, 9.0)));
    curve.insert(point(2_500, -1.0));
    assert_eq!(curve.range(Timestamp(0), Timestamp(4_999)), Some((-1.0, 0.0)));
    assert_eq!(curve.range(Timestamp(2_501), Timestamp(4_999)), Some((0.0, 0.0)));
    assert_eq!(curve.range(Timestamp(6_000), Timestamp(7_000)), None);
}
