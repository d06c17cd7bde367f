//! What the samples of a signal come to over a stretch of time: when it was known, when it was low, what it sums up to.

use alloc::{vec, vec::Vec};

use super::{Interval, Times};
use crate::time::{Span, Timestamp};

/// The value of a signal from one instant up to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    pub during: Interval,
    pub value: f64,
}

/// How far a sample reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// It holds until the next one, and no longer than this.
    pub most: Span,
    /// Nothing is known from here on.
    pub until: Timestamp,
}

/// The pieces of a signal within `span`: `before` is the last sample before it, `samples` are those in it, in order of
/// time.
pub fn pieces(
    span: Interval,
    before: Option<(Timestamp, f64)>,
    samples: &[(Timestamp, f64)],
    hold: Hold,
) -> Vec<Piece> {
    let all = before.into_iter().chain(samples.iter().copied());
    let nexts = samples.iter().map(|(t, _)| *t).skip(usize::from(before.is_none())).chain([hold.until]);
    let piece = |((t, value), next): ((Timestamp, f64), Timestamp)| {
        let during = span.and(Interval::new(t, next.min(t + hold.most).min(hold.until)));
        (!during.is_empty()).then_some(Piece { during, value })
    };
    all.zip(nexts).filter_map(piece).collect()
}

/// How a counter went over a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub first: (Timestamp, f64),
    pub last: f64,
    /// By how much it rose in each bin, against the sample before; the first sample is against that of another cell.
    pub gains: Vec<f64>,
}

/// By how much a counter rose: one that fell began again at nothing.
pub fn gain(before: f64, after: f64) -> f64 {
    if after >= before { after - before } else { after }
}

/// What is known of a stretch of time from the samples of an asset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// When the rule's signal was known.
    pub known: Vec<Interval>,
    /// When it was low.
    pub low: Vec<Interval>,
    /// Joules in each bin; nothing where no rule asks.
    pub energy: Vec<f64>,
    pub energy_known: Vec<Interval>,
    pub made: Option<Counted>,
    pub rejected: Option<Counted>,
}

impl Cell {
    /// Notes when the signal was known and when below `below`.
    pub fn note_low(&mut self, pieces: &[Piece], below: f64) {
        self.known = joined(pieces.iter().map(|piece| piece.during));
        self.low = joined(pieces.iter().filter(|piece| piece.value < below).map(|piece| piece.during));
    }

    /// Sums `power`, in watts of both pieces' values, over `bins` equal parts of `span`; without a second signal its
    /// value is 1.
    pub fn add_energy(
        &mut self,
        span: Interval,
        bins: usize,
        (one, other): (&[Piece], Option<&[Piece]>),
        power: impl Fn(f64, f64) -> f64,
    ) {
        let alone = [Piece { during: span, value: 1.0 }];
        let other = other.unwrap_or(&alone);
        let width = span.length().0 / bins as i64;
        self.energy = vec![0.0; bins];
        let mut known = Vec::new();
        let mut rest = other;
        for piece in one {
            while rest.first().is_some_and(|other| other.during.to <= piece.during.from) {
                rest = &rest[1..];
            }
            for other in rest.iter().take_while(|other| other.during.from < piece.during.to) {
                let both = piece.during.and(other.during);
                let watts = power(piece.value, other.value);
                known.push(both);
                let mut from = both.from;
                while from < both.to {
                    let bin = (((from - span.from).0 / width) as usize).min(bins - 1);
                    let end = span.from + Span(width * (bin as i64 + 1));
                    let to = if bin + 1 == bins { both.to } else { both.to.min(end) };
                    self.energy[bin] += watts * (to - from).secs();
                    from = to;
                }
            }
        }
        self.energy_known = joined(known);
    }
}

impl Counted {
    /// How a counter with these samples went over `span`; `None` where there is none.
    pub fn of(span: Interval, bins: usize, samples: &[(Timestamp, f64)]) -> Option<Counted> {
        let (first, (_, last)) = (*samples.first()?, *samples.last()?);
        let width = span.length().0 / bins as i64;
        let mut gains = vec![0.0; bins];
        for pair in samples.windows(2) {
            let bin = (((pair[1].0 - span.from).0 / width) as usize).min(bins - 1);
            gains[bin] += gain(pair[0].1, pair[1].1);
        }
        Some(Counted { first, last, gains })
    }
}

fn joined(intervals: impl IntoIterator<Item = Interval>) -> Vec<Interval> {
    Times::of(intervals).iter().copied().collect()
}
