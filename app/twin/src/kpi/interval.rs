//! Intervals of time, and sums of them that count nothing twice.

use alloc::vec::Vec;

use crate::time::{Span, Timestamp};

/// From an instant up to another, which is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Interval {
    pub fn new(from: Timestamp, to: Timestamp) -> Interval {
        Interval { from, to }
    }

    pub fn is_empty(&self) -> bool {
        self.to <= self.from
    }

    pub fn length(&self) -> Span {
        if self.is_empty() { Span(0) } else { self.to - self.from }
    }

    pub fn has(&self, t: Timestamp) -> bool {
        self.from <= t && t < self.to
    }

    /// What both have; empty where that is nothing.
    pub fn and(&self, other: Interval) -> Interval {
        Interval { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// Intervals in order of time that are not empty and neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(Vec<Interval>);

impl Times {
    /// All that is in at least one of `intervals`.
    pub fn of(intervals: impl IntoIterator<Item = Interval>) -> Times {
        let mut all: Vec<Interval> = intervals.into_iter().filter(|interval| !interval.is_empty()).collect();
        // In order already, or a few lists that are: only a stable sort makes use of that.
        all.sort();
        let mut joined: Vec<Interval> = Vec::with_capacity(all.len());
        for interval in all {
            match joined.last_mut() {
                Some(last) if interval.from <= last.to => last.to = last.to.max(interval.to),
                _ => joined.push(interval),
            }
        }
        Times(joined)
    }

    /// What is in both.
    pub fn and(&self, other: &Times) -> Times {
        let (mut mine, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(one), Some(two)) = (mine.peek(), others.peek()) {
            let common = one.and(**two);
            if !common.is_empty() {
                both.push(common);
            }
            if one.to <= two.to {
                mine.next();
            } else {
                others.next();
            }
        }
        Times(both)
    }

    /// What is in this and not in `other`.
    pub fn without(&self, other: &Times) -> Times {
        let mut left = Vec::with_capacity(self.0.len());
        let mut gone = other.0.iter().peekable();
        for interval in &self.0 {
            let mut from = interval.from;
            while gone.next_if(|gone| gone.to <= from).is_some() {}
            for gone in gone.clone().take_while(|gone| gone.from < interval.to) {
                if from < gone.from {
                    left.push(Interval { from, to: gone.from });
                }
                from = from.max(gone.to);
            }
            if from < interval.to {
                left.push(Interval { from, to: interval.to });
            }
        }
        Times(left)
    }

    pub fn total(&self) -> Span {
        Span(self.0.iter().map(|interval| interval.length().0).sum())
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Interval> + ExactSizeIterator {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Times {
    type Item = Interval;
    type IntoIter = alloc::vec::IntoIter<Interval>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Interval> for Times {
    fn from(interval: Interval) -> Times {
        Times::of([interval])
    }
}
