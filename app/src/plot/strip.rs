//! The whole history in a strip with the stretch that is shown in it: what pointers and keys on it ask for.

use std::fmt::Write;

use twin::{Span, Timestamp, series::Point};

use crate::live::stretch::Stretch;

/// The picture, in its own units.
pub const WIDTH: f64 = 1_000.0;
pub const HEIGHT: f64 = 40.0;
/// How far a key moves the window or an end of it, as a share of the window.
const STEP: f64 = 0.1;

/// What of the window is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    Begin,
    Window,
    End,
}

/// What is at a place of the strip, the ends being `reach` wide; `None` beside the window.
pub fn grip(share: f64, whole: Stretch, window: Stretch, reach: f64) -> Option<Grip> {
    let (begin, end) = (whole.share(window.from), whole.share(window.to));
    match share {
        _ if (share - end).abs() <= reach => Some(Grip::End),
        _ if (share - begin).abs() <= reach => Some(Grip::Begin),
        _ if begin < share && share < end => Some(Grip::Window),
        _ => None,
    }
}

/// The window after it, or an end of it, was moved by a share of the strip; none leaves the history.
pub fn dragged(grip: Grip, whole: Stretch, window: Stretch, by: f64) -> Stretch {
    moved(grip, whole, window, Span((whole.length().0 as f64 * by) as i64))
}

/// The window with its middle at a place of the strip.
pub fn centred(whole: Stretch, window: Stretch, share: f64) -> Stretch {
    moved(Grip::Window, whole, window, whole.at(share) - window.at(0.5))
}

/// The window after a key; `None` for a key that says nothing here.
pub fn key(name: &str, grip: Grip, whole: Stretch, window: Stretch) -> Option<Stretch> {
    let share = match name {
        "ArrowLeft" | "ArrowDown" => -STEP,
        "ArrowRight" | "ArrowUp" => STEP,
        "PageUp" => -1.0,
        "PageDown" => 1.0,
        "Home" => return Some(dragged(grip, whole, window, -2.0)),
        "End" => return Some(dragged(grip, whole, window, 2.0)),
        _ => return None,
    };
    Some(moved(grip, whole, window, Span((window.length().0 as f64 * share) as i64)))
}

fn moved(grip: Grip, whole: Stretch, window: Stretch, by: Span) -> Stretch {
    let Stretch { from, to } = window;
    // A window may reach beyond the history already: it comes no further out, and is not thrown back.
    let (first, last) = (whole.from.min(from), whole.to.max(to));
    let least = (whole.length().0 / 1_000).min(window.length().0);
    match grip {
        Grip::Begin => Stretch::new(Timestamp(from.0.saturating_add(by.0).clamp(first.0, to.0 - least)), to),
        Grip::End => Stretch::new(from, Timestamp(to.0.saturating_add(by.0).clamp(from.0 + least, last.0))),
        Grip::Window => {
            let by = by.0.clamp(first.0 - from.0, last.0 - to.0);
            Stretch { from: Timestamp(from.0 + by), to: Timestamp(to.0 + by) }
        }
    }
}

/// A line through points of `whole`, as the path of a picture; where nothing was measured it has a hole.
pub fn path(points: &[Point], whole: Stretch) -> String {
    let values = points.iter().map(|point| point.value).filter(|value| value.is_finite());
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let length = (high - low).max(1e-9);
    let mut path = String::new();
    let mut before = f64::NEG_INFINITY;
    for point in points.iter().filter(|point| point.value.is_finite()) {
        let x = whole.share(point.t) * WIDTH;
        let y = 2.0 + (1.0 - (point.value - low) / length) * (HEIGHT - 4.0);
        let pen = if x - before > WIDTH / 50.0 { 'M' } else { 'L' };
        // Writing to a string does not fail.
        let _ = write!(path, "{pen}{x:.0} {y:.0}");
        before = x;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(from: i64, to: i64) -> Stretch {
        Stretch::new(Timestamp(from * 1_000_000), Timestamp(to * 1_000_000))
    }

    #[test]
    fn ends_are_held_before_what_is_between_them() {
        let at = |share| grip(share, secs(0, 100), secs(20, 60), 0.02);
        assert_eq!([at(0.19), at(0.4), at(0.61)].map(Option::unwrap), [Grip::Begin, Grip::Window, Grip::End]);
        assert_eq!((at(0.1), at(0.9)), (None, None));
    }

    #[test]
    fn a_window_is_moved_and_stays_in_the_history() {
        let (whole, window) = (secs(0, 100), secs(20, 60));
        assert_eq!(dragged(Grip::Window, whole, window, 0.1), secs(30, 70));
        assert_eq!(dragged(Grip::Window, whole, window, 0.9), secs(60, 100));
        assert_eq!(dragged(Grip::Begin, whole, window, -0.5), secs(0, 60));
        assert_eq!(dragged(Grip::End, whole, window, -0.9).from, window.from);
        assert_eq!(centred(whole, window, 0.5), secs(30, 70));
        // One that shows more than there is stays where it is.
        assert_eq!(dragged(Grip::Window, whole, secs(-50, 100), -0.5), secs(-50, 100));
    }

    #[test]
    fn every_drag_has_a_key() {
        let press = |name, grip| key(name, grip, secs(0, 100), secs(20, 60));
        assert_eq!(press("ArrowRight", Grip::Window), Some(secs(24, 64)));
        assert_eq!(press("ArrowLeft", Grip::Begin), Some(secs(16, 60)));
        assert_eq!(press("PageDown", Grip::Window), Some(secs(60, 100)));
        assert_eq!(press("Home", Grip::Window), Some(secs(0, 40)));
        assert_eq!(press("End", Grip::End), Some(secs(20, 100)));
        assert_eq!(press("a", Grip::End), None);
    }

    #[test]
    fn a_line_has_a_hole_where_nothing_was_measured() {
        let point = |t: i64, value| Point { t: Timestamp(t * 1_000_000), value };
        let points = [point(0, 1.0), point(1, 3.0), point(2, f64::NAN), point(50, 2.0)];
        assert_eq!(path(&points, secs(0, 100)), "M0 38L10 2M500 20");
        assert_eq!(path(&[], secs(0, 100)), "");
    }
}
