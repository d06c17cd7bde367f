//! The shown samples of one signal: ordered by time, bounded, open to late ones.

use twin::{Span, Timestamp, series::Point};

/// Beyond this, the older half is thinned; it keeps its extremes.
pub const MOST_POINTS: usize = 16_384;

#[derive(Debug, Clone, Default)]
pub struct Track {
    points: Vec<Point>,
}

impl Track {
    /// Oldest first, one an instant.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    pub fn newest(&self) -> Option<Point> {
        self.points.last().copied()
    }

    /// Takes in one sample; one of the same instant is replaced.
    pub fn insert(&mut self, point: Point) {
        match self.points.last() {
            Some(last) if last.t >= point.t => match self.points.binary_search_by_key(&point.t, |p| p.t) {
                Ok(at) => self.points[at] = point,
                Err(at) => self.points.insert(at, point),
            },
            _ => self.points.push(point),
        }
        self.bound();
    }

    /// Takes in a stretch of history, oldest first. What came live stands against what was thinned.
    pub fn merge(&mut self, history: impl IntoIterator<Item = Point>) {
        let live = std::mem::take(&mut self.points);
        let mut live = live.into_iter().peekable();
        for point in history {
            while let Some(earlier) = live.next_if(|p| p.t < point.t) {
                self.points.push(earlier);
            }
            if live.peek().is_none_or(|p| p.t != point.t) {
                self.points.push(point);
            }
        }
        self.points.extend(live);
        self.bound();
    }

    /// The points of `from..=to` and the neighbour on either side, so that lines reach the edges.
    pub fn window(&self, from: Timestamp, to: Timestamp) -> &[Point] {
        let first = self.points.partition_point(|p| p.t < from).saturating_sub(1);
        let last = (self.points.partition_point(|p| p.t <= to) + 1).min(self.points.len());
        &self.points[first.min(last)..last]
    }

    /// The usual time between two of the newest samples.
    pub fn interval(&self) -> Option<Span> {
        let newest = &self.points[self.points.len().saturating_sub(33)..];
        let mut spans: Vec<Span> = newest.windows(2).map(|pair| pair[1].t - pair[0].t).collect();
        spans.sort_unstable();
        spans.get(spans.len() / 2).copied()
    }

    fn bound(&mut self) {
        if self.points.len() <= MOST_POINTS {
            return;
        }
        let half = self.points.len() / 2;
        let (old, new) = self.points.split_at(half);
        let mut kept = thinned(old);
        kept.extend_from_slice(new);
        self.points = kept;
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
        for t in 0..50_000 {
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
}
