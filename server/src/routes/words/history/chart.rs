//! A line of samples as SVG, which needs no script and prints.

use std::fmt::Write;

use app::{plot::axis, wording};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use twin::Timestamp;
use wire::view::Point;

use super::range::{self, Range};

const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const BOTTOM: f64 = 28.0;
const TOP: f64 = 10.0;
const VALUES: usize = 5;
/// A pause that is so many times the usual one is a gap in the line.
const GAP: i64 = 8;

/// The samples over `range`, with clock times of `zone` below.
pub fn draw(points: &[Point], range: &Range, zone: &TimeZone) -> AnyView {
    let values = points.iter().map(|point| point.value).filter(|value| value.is_finite());
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let axis = axis::value_axis(low, high, VALUES);
    let x = |t: Timestamp| LEFT + (t.0 - range.from.0) as f64 / (range.to.0 - range.from.0) as f64 * (WIDTH - LEFT);
    let y = |value: f64| TOP + (axis.high - value) / (axis.high - axis.low) * (HEIGHT - TOP - BOTTOM);
    let level = |value: &f64| {
        view! {
            <line class="words-page__grid" x1=LEFT.to_string() x2=WIDTH.to_string() y1=place(y(*value)) y2=place(y(*value)) />
            <text x=place(LEFT - 8.0) y=place(y(*value) + 4.0) text-anchor="end">
                {wording::number(*value, axis.decimals)}
            </text>
        }
    };
    let tick = |(t, label): (Timestamp, String)| {
        view! {
            <line class="words-page__grid" x1=place(x(t)) x2=place(x(t)) y1=TOP.to_string() y2=place(HEIGHT - BOTTOM) />
            <text x=place(x(t).clamp(LEFT, WIDTH - 24.0)) y=place(HEIGHT - 8.0) text-anchor="middle">
                {label}
            </text>
        }
    };
    let levels = axis.ticks.iter().map(level).collect_view();
    let ticks = range::ticks(range, zone).into_iter().map(tick).collect_view();
    view! {
        <svg class="words-page__plot" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true">
            {levels}
            {ticks}
            <path class="words-page__line" d=line(points, x, y) />
        </svg>
    }
    .into_any()
}

/// The lowest and the highest of what is shown, in words.
pub fn summary(points: &[Point], decimals: usize, unit: &str) -> String {
    let by_value = |a: &&Point, b: &&Point| a.value.total_cmp(&b.value);
    let (Some(low), Some(high)) = (points.iter().min_by(by_value), points.iter().max_by(by_value)) else {
        return String::new();
    };
    let words = |value| wording::quantity(value, decimals, unit);
    format!("Lowest {}, highest {}.", words(low.value), words(high.value))
}

fn line(points: &[Point], x: impl Fn(Timestamp) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut pauses: Vec<i64> = points.windows(2).map(|pair| pair[1].t.0 - pair[0].t.0).filter(|p| *p > 0).collect();
    pauses.sort_unstable();
    let longest = pauses.get(pauses.len() / 2).copied().unwrap_or(0).saturating_mul(GAP);
    let mut path = String::new();
    let mut before: Option<Timestamp> = None;
    for point in points.iter().filter(|point| point.value.is_finite()) {
        let goes_on = before.is_some_and(|before| point.t.0 - before.0 <= longest);
        let (x, y) = (x(point.t), y(point.value));
        let _ = if goes_on { write!(path, "L{x:.1} {y:.1}") } else { write!(path, "M{x:.1} {y:.1}h.1") };
        before = Some(point.t);
    }
    path
}

fn place(at: f64) -> String {
    format!("{at:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_pause_parts_the_line() {
        let at = |secs: i64, value| Point { t: Timestamp(secs), value };
        let points = [at(0, 1.0), at(1, 2.0), at(2, 1.0), at(60, 3.0), at(61, f64::NAN), at(62, 4.0)];
        let path = line(&points, |t| t.0 as f64, |value| value);
        assert_eq!(path, "M0.0 1.0h.1L1.0 2.0L2.0 1.0M60.0 3.0h.1L62.0 4.0");
    }

    #[test]
    fn the_lowest_and_the_highest_are_said() {
        let at = |value| Point { t: Timestamp(0), value };
        assert_eq!(
            summary(&[at(2.0), at(-1.0), at(5.5)], 1, "degC"),
            "Lowest \u{2212}1.0\u{a0}\u{b0}C, highest 5.5\u{a0}\u{b0}C."
        );
        assert_eq!(summary(&[], 1, "V"), "");
    }
}
