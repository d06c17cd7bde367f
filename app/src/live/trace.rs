//! What the twin said of one quantity, as time went by: a band an instant.

use twin::{
    Timestamp,
    series::{Point, around},
    twin::Band,
};

/// Beyond this, every second one of the older half is given up.
pub const MOST_POINTS: usize = 4_096;

/// What the twin says of one instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandPoint {
    pub t: Timestamp,
    pub band: Band,
}

impl BandPoint {
    pub fn mid(&self) -> Point {
        Point { t: self.t, value: self.band.mid }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Trace {
    points: Vec<BandPoint>,
}

impl Trace {
    /// Oldest first.
    pub fn points(&self) -> &[BandPoint] {
        &self.points
    }

    pub fn newest(&self) -> Option<Timestamp> {
        self.points.last().map(|point| point.t)
    }

    /// What it had said by `t`.
    pub fn until(&self, t: Timestamp) -> Trace {
        Trace { points: self.points[..self.points.partition_point(|point| point.t <= t)].to_vec() }
    }

    /// Says it anew from `point.t` on: a late sample made the twin think again.
    pub fn push(&mut self, point: BandPoint) {
        while self.points.last().is_some_and(|last| last.t >= point.t) {
            self.points.pop();
        }
        self.points.push(point);
        if self.points.len() > MOST_POINTS {
            let half = self.points.len() / 2;
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index > half || index % 2 == 0
            });
        }
    }

    pub fn window(&self, from: Timestamp, to: Timestamp) -> &[BandPoint] {
        window(&self.points, from, to)
    }
}

/// Of points in order of time, those of `from..=to` and the neighbour on either side, so that lines reach the edges.
pub fn window(points: &[BandPoint], from: Timestamp, to: Timestamp) -> &[BandPoint] {
    around(points, from, to, |point| point.t)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(t: i64) -> BandPoint {
        BandPoint { t: Timestamp(t), band: Band { mean: 0.0, low: 0.0, mid: 0.0, high: 0.0 } }
    }

    #[test]
    fn what_is_said_anew_replaces_what_was_said_before() {
        let mut trace = Trace::default();
        for t in [1, 2, 3, 2] {
            trace.push(point(t));
        }
        assert_eq!(trace.points(), [point(1), point(2)]);
    }

    #[test]
    fn a_trace_is_bounded() {
        let mut trace = Trace::default();
        for t in 0..50_000 {
            trace.push(point(t));
        }
        assert!(trace.points().len() <= MOST_POINTS);
        assert_eq!(trace.newest(), Some(Timestamp(49_999)));
        assert!(trace.points().is_sorted_by_key(|p| p.t));
    }
}
