//! Points of a curve: fewer for a screen, cut at gaps, clipped to a window.

mod curve;

use alloc::{vec, vec::Vec};

pub use curve::Curve;

use crate::time::{Span, Timestamp};

/// A value at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub t: Timestamp,
    pub value: f64,
}

/// Of points in order of time, those of `from..=to` and the neighbour on either side, so that lines reach the edges.
pub fn around<T>(points: &[T], from: Timestamp, to: Timestamp, time: impl Fn(&T) -> Timestamp) -> &[T] {
    let first = points.partition_point(|point| time(point) < from).saturating_sub(1);
    let last = (points.partition_point(|point| time(point) <= to) + 1).min(points.len());
    &points[first.min(last)..last]
}

/// Keeps what a line through `points` shows on `width_px` columns between `from` and `to`: of each column the first,
/// least, greatest and last point.
///
/// `points` are ordered by time. Of those outside of the window the last before and the first after it stay, so that
/// the line still reaches the edges. NaN is neither least nor greatest but may be first or last; of equal values the
/// earliest counts. Points are never moved or made, and a second call changes nothing.
pub fn downsample(points: &[Point], from: Timestamp, to: Timestamp, width_px: usize) -> Vec<Point> {
    if to <= from || width_px == 0 {
        return Vec::new();
    }
    let start = points.partition_point(|p| p.t < from);
    let end = points.partition_point(|p| p.t <= to);
    let mut kept: Vec<Point> = points[..start].last().copied().into_iter().collect();
    let column = |p: &Point| column_of(p.t, from, to, width_px);
    for same in points[start..end].chunk_by(|a, b| column(a) == column(b)) {
        keep_of_column(same, &mut kept);
    }
    kept.extend(points.get(end));
    kept
}

/// The pixel column, 0 to `width_px` - 1, of an instant between `from` and `to`.
fn column_of(t: Timestamp, from: Timestamp, to: Timestamp, width_px: usize) -> u64 {
    let width_px = width_px as u64;
    // The right edge belongs to the last column.
    share_of(t.0.abs_diff(from.0), width_px, to.0.abs_diff(from.0)).min(width_px - 1)
}

/// The first instant of a pixel column; none where there is no such column.
fn first_of_column(column: u64, from: Timestamp, to: Timestamp, width_px: usize) -> Option<Timestamp> {
    let (width_px, whole) = (width_px as u64, to.0.abs_diff(from.0));
    let elapsed = share_of(column, whole, width_px);
    // Rounded up: the column does not begin before its edge.
    let is_before = column_of(Timestamp(from.0.wrapping_add_unsigned(elapsed)), from, to, width_px as usize) < column;
    (column < width_px).then(|| Timestamp(from.0.wrapping_add_unsigned(elapsed + u64::from(is_before))))
}

/// `a * b / c`, rounded down, however large the product is.
fn share_of(a: u64, b: u64, c: u64) -> u64 {
    match a.checked_mul(b) {
        Some(product) => product / c,
        None => (u128::from(a) * u128::from(b) / u128::from(c)) as u64,
    }
}

fn keep_of_column(column: &[Point], kept: &mut Vec<Point>) {
    let number = |i: &usize| !column[*i].value.is_nan();
    let earliest = |better: fn(f64, f64) -> bool| {
        (0..column.len())
            .filter(number)
            .reduce(|best, i| if better(column[i].value, column[best].value) { i } else { best })
            .unwrap_or(0)
    };
    pick(column, [0, earliest(|a, b| a < b), earliest(|a, b| a > b), column.len() - 1], kept);
}

/// Keeps the first, least, greatest and last of a column, in order of time and each once.
fn pick(points: &[Point], [first, least, greatest, last]: [usize; 4], kept: &mut Vec<Point>) {
    let (low, high) = if least < greatest { (least, greatest) } else { (greatest, least) };
    kept.push(points[first]);
    for (before, index) in [(first, low), (low, high), (high, last)] {
        if index != before {
            kept.push(points[index]);
        }
    }
}

/// The runs of `points` that a line may join: cut where more than `longest` passes without one and at every value
/// that is not finite, which is left out.
pub fn split_gaps(points: &[Point], longest: Span) -> Vec<&[Point]> {
    let finite = points.split(|p| !p.value.is_finite());
    finite.flat_map(|run| run.chunk_by(|a, b| b.t - a.t <= longest)).filter(|run| !run.is_empty()).collect()
}

/// The part of the line through `run` between `from` and `to`, with points made on the edges where it crosses them.
///
/// `run` is ordered by time and finite, as `split_gaps` gives it.
pub fn clip(run: &[Point], from: Timestamp, to: Timestamp) -> Vec<Point> {
    let start = run.partition_point(|p| p.t < from);
    let end = run.partition_point(|p| p.t <= to);
    let mut clipped = Vec::with_capacity(end.saturating_sub(start) + 2);
    if to < from {
        return clipped;
    }
    let crossing = |edge, after: usize| {
        let (a, b) = (run.get(after.checked_sub(1)?)?, run.get(after)?);
        Some(Point { t: edge, value: value_at(*a, *b, edge) })
    };
    if run.get(start).is_some_and(|p| p.t > from) {
        clipped.extend(crossing(from, start));
    }
    clipped.extend_from_slice(&run[start..end]);
    if end > 0 && run[end - 1].t < to && from < to {
        clipped.extend(crossing(to, end));
    }
    clipped
}

/// The value at `t` on the line from `a` to `b`, never beyond either.
fn value_at(a: Point, b: Point, t: Timestamp) -> f64 {
    let share = (t - a.t).0 as f64 / (b.t - a.t).0 as f64;
    let value = a.value * (1.0 - share) + b.value * share;
    let (low, high) = if a.value < b.value { (a.value, b.value) } else { (b.value, a.value) };
    value.clamp(low, high)
}

/// The parts of the line through `run` whose values are between `low` and `high`, with points made where it enters
/// and leaves.
///
/// `run` is ordered by time and finite, as `split_gaps` gives it. A part of one point is a run of one point.
pub fn clip_values(run: &[Point], low: f64, high: f64) -> Vec<Vec<Point>> {
    let inside = |p: &Point| low <= p.value && p.value <= high;
    let mut parts: Vec<Vec<Point>> = Vec::new();
    if let [only] = run
        && inside(only)
    {
        return vec![vec![*only]];
    }
    let mut open = false;
    for ends in run.windows(2) {
        let (a, b) = (ends[0], ends[1]);
        let Some((entry, exit)) = clip_segment(a, b, low, high) else {
            open = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if open => part.push(exit),
            _ => parts.push(vec![entry, exit]),
        }
        open = inside(&b);
    }
    parts
}

/// The ends of what is left of the line from `a` to `b`; `None` where it stays outside or only touches an edge.
fn clip_segment(a: Point, b: Point, low: f64, high: f64) -> Option<(Point, Point)> {
    let (above, below) = (a.value > high && b.value > high, a.value < low && b.value < low);
    if above || below {
        return None;
    }
    let end = |inner: Point, outer: Point| {
        let bound = if outer.value > high {
            high
        } else if outer.value < low {
            low
        } else {
            return outer;
        };
        Point { t: time_at(inner, outer, bound), value: bound }
    };
    let (entry, exit) = (end(b, a), end(a, b));
    // A corner outside whose neighbour lies on the edge leaves nothing to draw.
    let touches = entry.value == exit.value && a.value != b.value;
    (!touches).then_some((entry, exit))
}

/// When the line from `a` to `b`, which passes `value`, does so.
fn time_at(a: Point, b: Point, value: f64) -> Timestamp {
    // Halves, since the difference of two huge values has no `f64`.
    let share = (value * 0.5 - a.value * 0.5) / (b.value * 0.5 - a.value * 0.5);
    let whole = (b.t - a.t).0;
    let offset = whole.unsigned_abs() as f64 * share.clamp(0.0, 1.0) + 0.5;
    let offset = (offset as u64).min(whole.unsigned_abs()) as i64;
    if whole < 0 { a.t - Span(offset) } else { a.t + Span(offset) }
}
