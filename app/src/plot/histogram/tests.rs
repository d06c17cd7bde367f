//! Pictures of members, and that none of them is lost.

use plotters::{drawing::IntoDrawingArea, prelude::SVGBackend};
use twin::{
    Span, Timestamp,
    whatif::{Crossing, Met, Spread},
};

use super::*;

fn svg(histogram: Option<&Histogram>) -> String {
    let mut svg = String::new();
    draw(&SVGBackend::with_string(&mut svg, (240, 80)).into_drawing_area(), histogram, 1.0, &Palette::LIGHT).unwrap();
    svg
}

/// Members that fail so many seconds after now.
fn meeting(secs: impl IntoIterator<Item = Option<i64>>) -> Members {
    let first = secs.into_iter().map(|secs| secs.map(|secs| Timestamp(secs * 1_000_000))).collect();
    let crossing = Crossing { met: Met::Failure(0), first };
    Members::meeting(&crossing, Timestamp(0), Span::SECOND, Span::SECOND)
}

fn picture(baseline: &Members, scenario: Option<&Members>) -> Histogram {
    Histogram::of(baseline, scenario, 4.0).unwrap()
}

fn bell() -> impl Iterator<Item = Option<i64>> {
    // How often each second comes: a bell around 40.
    (0..80).flat_map(|secs: i64| std::iter::repeat_n(Some(secs), ((40 - (secs - 40).abs()) / 4) as usize))
}

#[test]
fn empty() {
    assert_eq!(Histogram::of(&Members::default(), None, 4.0), None);
    insta::assert_snapshot!(svg(None));
}

#[test]
fn none_of_them_fails() {
    assert_eq!(Histogram::of(&meeting([None; 64]), None, 4.0), None);
}

#[test]
fn single_value() {
    insta::assert_snapshot!(svg(Some(&picture(&meeting([Some(30)]), None))));
}

#[test]
fn all_equal() {
    let alike = picture(&meeting([Some(30); 64]), None);
    assert!(alike.values.low <= 28.0 && alike.values.high >= 31.0, "{:?}", alike.values);
    insta::assert_snapshot!(svg(Some(&alike)));
}

#[test]
fn one_outlier() {
    let far = picture(&meeting(bell().chain([Some(190)])), None);
    assert!(far.baseline.bars.last().is_some_and(|share| *share > 0.0), "it is in sight");
    insta::assert_snapshot!(svg(Some(&far)));
}

#[test]
fn all_nan() {
    // What is no number counts as the greatest.
    let spread = Spread { low: 0.0, width: 1.0, counts: vec![0, 0, 0, 64] };
    let members = Members::ending(&spread);
    assert_eq!((members.counted(), members.range()), (64, Some((2.0, 2.0))));
    insta::assert_snapshot!(svg(Some(&picture(&members, None))));
}

#[test]
fn some_never_and_simulated() {
    let baseline = meeting(bell().chain([None; 90]));
    let later = meeting(bell().map(|secs| secs.map(|secs| secs + 35).filter(|secs| *secs < 90)));
    let both = picture(&baseline, Some(&later));
    let shown: f64 = both.baseline.bars.iter().sum();
    assert!((shown - f64::from(baseline.counted()) / f64::from(baseline.all)).abs() < 1e-12, "never is no bar");
    let drawn = svg(Some(&both));
    let RGBAColor(red, green, blue, _) = Palette::LIGHT.scenario;
    assert!(drawn.contains(&format!("#{red:02X}{green:02X}{blue:02X}")));
    insta::assert_snapshot!(drawn);
}

#[test]
fn a_member_that_is_found_after_a_step_fell_within_it() {
    let members = meeting([Some(10), Some(10), Some(12), None]);
    assert_eq!(members.piles, [(9.0, 10.0, 2), (11.0, 12.0, 1)]);
    assert_eq!(members.quantile(0.5), Some(10.0));
    assert_eq!(members.quantile(0.95), None, "one in four never does");
    assert_eq!(meeting([Some(-5)]).piles, [(0.0, 0.0, 1)], "what is met already is met now");
}

#[test]
fn what_lies_beyond_the_bins_stands_at_their_edges() {
    let members = Members::ending(&Spread { low: 10.0, width: 2.0, counts: vec![3, 0, 5, 1] });
    assert_eq!(members.piles, [(10.0, 10.0, 3), (12.0, 14.0, 5), (14.0, 14.0, 1)]);
    assert_eq!(members.all, 9);
}

#[test]
fn rows_hold_what_the_bars_hold() {
    let both = picture(&meeting(bell()), Some(&meeting(bell().chain([None; 40]))));
    let rows = both.rows();
    assert_eq!(rows.len() + 1, both.values.ticks.len());
    assert!((rows.iter().map(|(_, share, _)| share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(rows.iter().filter_map(|(_, _, share)| *share).sum::<f64>() < 1.0);
}

proptest::proptest! {
    #[test]
    fn no_member_is_lost_in_any_bins(
        piles in proptest::collection::vec((-50.0f64..150.0, 0.0f64..40.0, 0u32..10_000), 1..60),
        bins in 1usize..300,
    ) {
        let piles: Vec<_> = piles.into_iter().map(|(from, length, count)| (from, from + length, count)).collect();
        let all: u32 = piles.iter().map(|(_, _, count)| count).sum();
        let counts = Members { piles, all }.in_bins(0.0, 100.0, bins);
        proptest::prop_assert!(counts.iter().all(|count| *count >= -1e-6));
        proptest::prop_assert!((counts.iter().sum::<f64>() - f64::from(all)).abs() < 1e-6 * f64::from(all).max(1.0));
    }

    #[test]
    fn a_smooth_line_holds_as_many_as_the_bars(
        counts in proptest::collection::vec(0.0f64..1_000.0, 1..200),
        deviation in 0.0f64..60.0,
    ) {
        let all: f64 = counts.iter().sum();
        let smoothed = smooth(counts, deviation, 16);
        proptest::prop_assert!((smoothed.iter().sum::<f64>() - all).abs() < 1e-6 * all.max(1.0));
    }

    #[test]
    fn half_of_the_members_lie_below_their_median(secs in proptest::collection::vec(1i64..100_000, 1..200)) {
        let members = meeting(secs.iter().copied().map(Some));
        let median = members.quantile(0.5).unwrap();
        let below = secs.iter().filter(|secs| (**secs as f64) < median).count();
        proptest::prop_assert!(2 * below <= secs.len());
    }
}
