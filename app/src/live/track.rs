//! The shown samples of one signal: ordered by time, bounded, open to late ones.

use std::sync::Arc;

use twin::{
    Span, Timestamp,
    series::{Curve, Point},
};

use super::stretch::Stretch;

/// Beyond this, the older half is thinned; it keeps its extremes.
pub const MOST_POINTS: usize = 65_536;

#[derive(Debug, Clone, Default)]
pub struct Track {
    curve: Curve,
    past: Option<Past>,
    /// All that was measured in the window that is replayed, of which nothing is shown before its time.
    window: Arc<Curve>,
}

/// A stretch of history, thinned for the width of a chart, for whoever looks at another time than now.
#[derive(Debug, Clone)]
struct Past {
    stretch: Stretch,
    curve: Curve,
}

impl Track {
    /// One of nothing yet, in a window in which this will have been measured: in order of time, one an instant.
    pub fn replayed(window: Arc<Curve>) -> Track {
        Track { window, ..Track::default() }
    }

    /// The same from the begin of its window, with nothing shown yet.
    pub fn rewound(&self) -> Track {
        Track::replayed(self.window.clone())
    }

    /// What comes after `now` in the window that is replayed; without one, nothing.
    pub fn to_come(&self, now: Timestamp) -> &[Point] {
        let points = self.window.points();
        &points[points.partition_point(|point| point.t <= now)..]
    }

    /// What so many columns show of that, until `to`.
    pub fn later(&self, now: Timestamp, to: Timestamp, width_px: usize) -> Vec<Point> {
        if self.to_come(now).is_empty() || to <= now {
            return Vec::new();
        }
        let mut shown = self.window.downsample(now, to, width_px);
        shown.retain(|point| point.t > now);
        shown
    }

    /// Oldest first, one an instant.
    pub fn points(&self) -> &[Point] {
        self.curve.points()
    }

    pub fn newest(&self) -> Option<Point> {
        self.curve.points().last().copied()
    }

    /// Takes in one sample; one of the same instant is replaced.
    pub fn insert(&mut self, point: Point) {
        self.curve.insert(point);
        if let Some(past) = self.past.as_mut().filter(|past| past.stretch.from <= point.t && point.t <= past.stretch.to)
        {
            past.curve.insert(point);
        }
        self.bound();
    }

    /// Takes in a stretch of history, oldest first. What came live stands against what was thinned.
    pub fn merge(&mut self, history: impl IntoIterator<Item = Point>) {
        let mut merged = Vec::new();
        let mut live = std::mem::take(&mut self.curve).into_points().into_iter().peekable();
        for point in history {
            while let Some(earlier) = live.next_if(|p| p.t < point.t) {
                merged.push(earlier);
            }
            if live.peek().is_none_or(|p| p.t != point.t) {
                merged.push(point);
            }
        }
        merged.extend(live);
        self.curve = Curve::of(merged);
        self.bound();
    }

    /// Holds the history of another stretch, in the place of the one before.
    pub fn hold(&mut self, stretch: Stretch, history: Vec<Point>) {
        self.past = Some(Past { stretch, curve: Curve::of(history) });
    }

    /// The points of `from..=to` and the neighbour on either side, so that lines reach the edges.
    pub fn window(&self, from: Timestamp, to: Timestamp) -> &[Point] {
        self.curve.window(from, to)
    }

    /// What so many columns show of a stretch around now: of what this tab has.
    pub fn recent(&self, Stretch { from, to }: Stretch, width_px: usize) -> Vec<Point> {
        self.curve.downsample(from, to, width_px)
    }

    /// What so many columns show of another stretch: of its history where that was asked for, and of what came since.
    pub fn shown(&self, stretch: Stretch, width_px: usize) -> Vec<Point> {
        let Stretch { from, to } = stretch;
        let Some(past) = self.past.as_ref().filter(|past| past.stretch.from <= from) else {
            return self.recent(stretch, width_px);
        };
        let mut shown = past.curve.downsample(from, to, width_px);
        if past.stretch.to < to {
            let known = shown.last().map_or(past.stretch.from, |point| point.t);
            shown.extend(self.curve.downsample(from, to, width_px).into_iter().filter(|point| point.t > known));
        }
        shown
    }

    /// The usual time between two of the newest samples.
    pub fn interval(&self) -> Option<Span> {
        let points = self.curve.points();
        let newest = &points[points.len().saturating_sub(33)..];
        let mut spans: Vec<Span> = newest.windows(2).map(|pair| pair[1].t - pair[0].t).collect();
        spans.sort_unstable();
        spans.get(spans.len() / 2).copied()
    }

    fn bound(&mut self) {
        let points = self.curve.points();
        if points.len() <= MOST_POINTS {
            return;
        }
        let (old, new) = points.split_at(points.len() / 2);
        let mut kept = thinned(old);
        kept.extend_from_slice(new);
        self.curve = Curve::of(kept);
    }
}

/// The smallest and the largest of every eight, in order of time.
fn thinned(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::with_capacity(points.len() / 4 + 2);
    for run in points.chunks(8) {
        let mut low = 0;
        let mut high = 0;
        for (i, point) in run.iter().enumerate() {
            if point.value < run[low].value {
                low = i;
            }
            if point.value > run[high].value {
                high = i;
            }
        }
        kept.push(run[low.min(high)]);
        if low != high {
            kept.push(run[low.max(high)]);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(t: i64, value: f64) -> Point {
        Point { t: Timestamp(t), value }
    }

    fn times(track: &Track) -> Vec<i64> {
        track.points().iter().map(|p| p.t.0).collect()
    }

    #[test]
    fn a_late_sample_stands_where_its_time_is() {
        let mut track = Track::default();
        for t in [10, 30, 20, 40, 5] {
            track.insert(point(t, t as f64));
        }
        assert_eq!(times(&track), [5, 10, 20, 30, 40]);
    }

    #[test]
    fn an_instant_has_one_sample() {
        let mut track = Track::default();
        track.insert(point(10, 1.0));
        track.insert(point(10, 2.0));
        assert_eq!(track.points(), [point(10, 2.0)]);
    }

    #[test]
    fn history_fills_the_gap_and_leaves_what_came_live() {
        let mut track = Track::default();
        track.insert(point(30, 3.0));
        track.insert(point(40, 4.0));
        track.merge([point(10, 1.0), point(20, 2.0), point(30, -1.0)]);
        assert_eq!(track.points(), [point(10, 1.0), point(20, 2.0), point(30, 3.0), point(40, 4.0)]);
        track.merge([point(50, 5.0)]);
        assert_eq!(times(&track), [10, 20, 30, 40, 50]);
    }

    #[test]
    fn a_track_is_bounded_and_keeps_its_spikes() {
        let mut track = Track::default();
        for t in 0..200_000 {
            track.insert(point(t, if t == 1_234 { 99.0 } else { 0.0 }));
        }
        assert!(track.points().len() <= MOST_POINTS);
        assert!(track.points().contains(&point(1_234, 99.0)));
        assert!(track.points().is_sorted_by_key(|p| p.t));
    }

    #[test]
    fn a_window_has_a_neighbour_on_either_side() {
        let mut track = Track::default();
        for t in [10, 20, 30, 40] {
            track.insert(point(t, 0.0));
        }
        let shown: Vec<i64> = track.window(Timestamp(18), Timestamp(32)).iter().map(|p| p.t.0).collect();
        assert_eq!(shown, [10, 20, 30, 40]);
        let beyond: Vec<i64> = track.window(Timestamp(50), Timestamp(60)).iter().map(|p| p.t.0).collect();
        assert_eq!(beyond, [40]);
        assert_eq!(Track::default().window(Timestamp(0), Timestamp(1)).len(), 0);
    }

    #[test]
    fn the_interval_is_the_usual_one_whatever_a_pause_did() {
        let mut track = Track::default();
        for t in [0, 10, 20, 30, 600, 610, 620] {
            track.insert(point(t, 0.0));
        }
        assert_eq!(track.interval(), Some(Span(10)));
        assert_eq!(Track::default().interval(), None);
    }

    #[test]
    fn a_held_stretch_is_its_history_and_what_came_since() {
        let stretch = Stretch::new(Timestamp(0), Timestamp(1_000_000));
        let mut track = Track::default();
        for t in [900_000, 1_000_000, 1_100_000] {
            track.insert(point(t, 1.0));
        }
        let seen = |track: &Track, to: i64| -> Vec<(i64, f64)> {
            let stretch = Stretch::new(Timestamp(0), Timestamp(to));
            track.shown(stretch, 100).iter().map(|p| (p.t.0, p.value)).collect()
        };
        assert_eq!(seen(&track, 1_050_000)[..2], [(900_000, 1.0), (1_000_000, 1.0)]);
        track.hold(stretch, [100_000, 500_000, 900_000, 1_000_000].map(|t| point(t, 2.0)).to_vec());
        assert_eq!(seen(&track, 1_050_000)[..4], [100_000, 500_000, 900_000, 1_000_000].map(|t| (t, 2.0)));
        assert_eq!(seen(&track, 1_200_000)[3..], [(1_000_000, 2.0), (1_100_000, 1.0)]);
        // What is looked at around now is this tab's own, however coarse the history of a longer stretch is.
        let own = Stretch::new(Timestamp(900_000), Timestamp(1_200_000));
        assert_eq!(track.recent(own, 100).len(), 3);
        // One that comes late finds its place.
        track.insert(point(700_000, 3.0));
        assert_eq!(seen(&track, 1_000_000)[2], (700_000, 3.0));
    }
}
