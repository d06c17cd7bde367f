//! What was measured over a window beside what a model shows, as it is and as it is set: lines of an SVG that is stretched to
//! its place.

use std::fmt::Write;

use super::axis::{self, ValueAxis};
use crate::live::{calibration::bench::Column, stretch::Stretch};

/// The picture, in its own units.
pub const WIDTH: f64 = 1_000.0;
pub const HEIGHT: f64 = 300.0;
const LINES: usize = 5;
/// A pause that is so many times the usual one is a gap in the lines.
const GAP: i64 = 8;

/// What is drawn over a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub axis: ValueAxis,
    /// Paths: what was measured, what the model shows as it is, and as it is set.
    pub measured: String,
    pub was: String,
    pub set: String,
}

impl Fitted {
    /// `None` where there is nothing to draw.
    pub fn of(columns: &[Column], window: Stretch) -> Option<Fitted> {
        let values = columns.iter().flat_map(|own| [own.low, own.high, own.was, own.set]).filter(|v| v.is_finite());
        let [low, high] = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        if low > high {
            return None;
        }
        let axis = axis::value_axis(low, high, LINES);
        let x = |micros: i64| window.share(twin::Timestamp(micros)) * WIDTH;
        let y = |value: f64| (axis.high - value) / (axis.high - axis.low) * HEIGHT;
        let mut pauses: Vec<i64> = columns.windows(2).map(|pair| pair[1].micros - pair[0].micros).collect();
        pauses.sort_unstable();
        let longest = pauses.get(pauses.len() / 2).copied().unwrap_or(0).saturating_mul(GAP);
        let line = |value: fn(&Column) -> f64| {
            let mut path = String::new();
            let mut before: Option<i64> = None;
            for own in columns.iter().filter(|own| value(own).is_finite()) {
                let goes_on = before.is_some_and(|before| own.micros - before <= longest);
                // Writing to a string does not fail.
                let _ = write!(path, "{}{:.1} {:.1}", if goes_on { 'L' } else { 'M' }, x(own.micros), y(value(own)));
                before = Some(own.micros);
            }
            path
        };
        let mut measured = String::new();
        for own in columns {
            let (top, bottom) = (y(own.high), y(own.low));
            let _ = write!(measured, "M{:.1} {top:.1}V{:.1}", x(own.micros), bottom.max(top + 0.1));
        }
        let (was, set) = (line(|own| own.was), line(|own| own.set));
        Some(Fitted { measured, was, set, axis })
    }

    /// Each value of the axis and where its line stands, as a share of the height.
    pub fn levels(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let ValueAxis { low, high, ticks, .. } = &self.axis;
        ticks.iter().map(move |value| (*value, (high - value) / (high - low)))
    }
}

#[cfg(test)]
mod tests {
    use twin::Timestamp;

    use super::*;

    fn column(secs: i64, [low, high, was, set]: [f64; 4]) -> Column {
        Column { micros: secs * 1_000_000, low, high, was, set }
    }

    fn drawn(columns: &[Column]) -> Option<Fitted> {
        Fitted::of(columns, Stretch::new(Timestamp(0), Timestamp(100_000_000)))
    }

    #[test]
    fn three_lines_share_an_axis_and_a_long_pause_parts_them() {
        let columns = [
            column(0, [1.0, 1.0, 0.0, 1.0]),
            column(1, [1.0, 2.0, 0.0, 2.0]),
            column(2, [1.0, 1.0, 0.0, f64::NAN]),
            column(90, [5.0, 5.0, 0.0, 5.0]),
        ];
        let Fitted { axis, measured, was, set } = drawn(&columns).unwrap();
        assert_eq!((axis.low, axis.high), (0.0, 5.0));
        assert_eq!(was, "M0.0 300.0L10.0 300.0L20.0 300.0M900.0 300.0");
        assert_eq!(set, "M0.0 240.0L10.0 180.0M900.0 0.0");
        assert_eq!(measured, "M0.0 240.0V240.1M10.0 180.0V240.0M20.0 240.0V240.1M900.0 0.0V0.1");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(drawn(&[]), None);
        assert_eq!(drawn(&[column(0, [f64::NAN; 4])]), None);
    }
}
