//! A long curve under a pyramid of extremes: a window of it is brought to a screen without a look at each of its points.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use super::{Point, around, column_of, first_of_column, pick};
use crate::time::Timestamp;

/// Points a block of the lowest level.
const BASE: usize = 16;
/// Blocks a block of the level above.
const FAN: usize = 16;

/// Points in order of time, one an instant. Adding one at the end costs the same however many there are.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    points: Vec<Point>,
    /// The extremes of each block, the finest level first. Each level has one block for every `FAN` of that below.
    levels: Vec<Vec<Extremes>>,
}

/// The least and the greatest value, the earliest of equal ones, and where they stand.
#[derive(Debug, Clone, Copy)]
struct Extremes {
    least: f64,
    greatest: f64,
    /// `NOWHERE` of a run that has no value but NaN.
    least_at: u32,
    greatest_at: u32,
}

const NOWHERE: u32 = u32::MAX;
const NONE: Extremes = Extremes { least: 0.0, greatest: 0.0, least_at: NOWHERE, greatest_at: NOWHERE };

impl Curve {
    /// The curve through `points`, which are in order of time, one an instant.
    pub fn of(points: Vec<Point>) -> Curve {
        let mut curve = Curve { points, levels: Vec::new() };
        curve.sum_up_from(0);
        curve
    }

    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// All points, for a curve of other ones.
    pub fn into_points(self) -> Vec<Point> {
        self.points
    }

    /// Takes in one point; one of the same instant is replaced.
    pub fn insert(&mut self, point: Point) {
        match self.points.last() {
            Some(last) if last.t >= point.t => {
                let at = match self.points.binary_search_by_key(&point.t, |known| known.t) {
                    Ok(at) => {
                        self.points[at] = point;
                        at
                    }
                    Err(at) => {
                        self.points.insert(at, point);
                        at
                    }
                };
                self.sum_up_from(at);
            }
            _ => {
                self.points.push(point);
                self.sum_up_last();
            }
        }
    }

    /// The points of `from..=to` and the neighbour on either side, so that lines reach the edges.
    pub fn window(&self, from: Timestamp, to: Timestamp) -> &[Point] {
        around(&self.points, from, to, |point| point.t)
    }

    /// What `series::downsample` keeps of the points, to the point.
    pub fn downsample(&self, from: Timestamp, to: Timestamp, width_px: usize) -> Vec<Point> {
        if to <= from || width_px == 0 {
            return Vec::new();
        }
        let points = &self.points;
        let start = points.partition_point(|p| p.t < from);
        let end = points.partition_point(|p| p.t <= to);
        let mut kept = Vec::with_capacity((end - start).min(4 * width_px) + 2);
        kept.extend(points[..start].last());
        let (mut at, mut usual) = (start, (end - start) / width_px);
        while at < end {
            let column = column_of(points[at].t, from, to, width_px);
            let next = match first_of_column(column + 1, from, to, width_px) {
                Some(edge) => at + count_before(&points[at..end], edge, usual),
                None => end,
            };
            let all = self.extremes(at, next);
            let (least, greatest) = match all.least_at {
                NOWHERE => (at, at),
                least => (least as usize, all.greatest_at as usize),
            };
            pick(points, [at, least, greatest, next - 1], &mut kept);
            usual = next - at;
            at = next;
        }
        kept.extend(points.get(end));
        kept
    }

    /// The least and the greatest value of `from..=to`, NaN aside.
    pub fn range(&self, from: Timestamp, to: Timestamp) -> Option<(f64, f64)> {
        let start = self.points.partition_point(|p| p.t < from);
        let end = self.points.partition_point(|p| p.t <= to);
        let Extremes { least, greatest, least_at, .. } = self.extremes(start, end);
        (least_at != NOWHERE).then_some((least, greatest))
    }

    /// The extremes of the points `start..end`, by the largest blocks that lie in it.
    fn extremes(&self, start: usize, end: usize) -> Extremes {
        let mut all = NONE;
        let mut at = start;
        while at < end {
            let (mut size, mut block) = (BASE, None);
            for level in &self.levels {
                if !at.is_multiple_of(size) || at + size > end {
                    break;
                }
                block = Some(&level[at / size]);
                size *= FAN;
            }
            match block {
                Some(block) => {
                    all.join(block);
                    at += size / FAN;
                }
                None => {
                    let next = (at / BASE + 1) * BASE;
                    all.take(&self.points, at..next.min(end));
                    at = next;
                }
            }
        }
        all
    }

    /// Brings the blocks up to date after a point was added at the end.
    fn sum_up_last(&mut self) {
        let at = self.points.len() - 1;
        let mut size = BASE;
        for level in &mut self.levels {
            if level.len() == at / size {
                level.push(NONE);
            }
            level[at / size].take(&self.points, at..at + 1);
            size *= FAN;
        }
        self.grow();
    }

    /// Makes all blocks anew that hold the point at `start` or a later one.
    fn sum_up_from(&mut self, start: usize) {
        let mut size = BASE;
        for number in 0..self.levels.len() {
            self.levels[number].truncate(start / size);
            self.fill(number);
            size *= FAN;
        }
        self.grow();
    }

    /// Adds the levels that so many points ask for.
    fn grow(&mut self) {
        while self.levels.last().map_or(self.points.len() > BASE, |top| top.len() > FAN) {
            self.levels.push(vec![]);
            self.fill(self.levels.len() - 1);
        }
    }

    /// Adds the blocks that a level lacks.
    fn fill(&mut self, number: usize) {
        let (below, fan) = match number.checked_sub(1) {
            Some(below) => (self.levels[below].len(), FAN),
            None => (self.points.len(), BASE),
        };
        for block in self.levels[number].len()..below.div_ceil(fan) {
            let parts = block * fan..((block + 1) * fan).min(below);
            let mut sum = NONE;
            match number.checked_sub(1) {
                Some(below) => self.levels[below][parts].iter().for_each(|part| sum.join(part)),
                None => sum.take(&self.points, parts),
            }
            self.levels[number].push(sum);
        }
    }
}

impl Extremes {
    /// Goes on over the points at these places, which are later ones.
    fn take(&mut self, points: &[Point], places: Range<usize>) {
        for at in places {
            let (value, at) = (points[at].value, at as u32);
            if self.least_at == NOWHERE {
                if !value.is_nan() {
                    *self = Extremes { least: value, greatest: value, least_at: at, greatest_at: at };
                }
                continue;
            }
            if value < self.least {
                (self.least, self.least_at) = (value, at);
            }
            if value > self.greatest {
                (self.greatest, self.greatest_at) = (value, at);
            }
        }
    }

    /// Goes on over a later run.
    fn join(&mut self, later: &Extremes) {
        if self.least_at == NOWHERE {
            *self = *later;
        } else if later.least_at != NOWHERE {
            if later.least < self.least {
                (self.least, self.least_at) = (later.least, later.least_at);
            }
            if later.greatest > self.greatest {
                (self.greatest, self.greatest_at) = (later.greatest, later.greatest_at);
            }
        }
    }
}

/// How many of `points` come before `edge`: about as many as `usual`, and then few need to be looked at.
fn count_before(points: &[Point], edge: Timestamp, usual: usize) -> usize {
    let is_before = |at: usize| points.get(at).is_some_and(|p| p.t < edge);
    let mut reach = 1;
    if is_before(usual) {
        // Beyond what is usual, twice as far each time.
        while is_before(usual + reach) {
            reach *= 2;
        }
        let (known, end) = (usual + reach / 2, (usual + reach).min(points.len()));
        return known + points[known.min(end)..end].partition_point(|p| p.t < edge);
    }
    let mut end = usual.min(points.len());
    while end > 0 && !is_before(end - 1) {
        let begin = end.saturating_sub(reach);
        if is_before(begin) {
            return begin + points[begin..end].partition_point(|p| p.t < edge);
        }
        end = begin;
        reach *= 2;
    }
    end
}
