//! The past of one signal, thinned to what a number of pixels can show.

use std::collections::BTreeMap;

use rusqlite::Connection;
use twin::Timestamp;
use wire::view::{HistoryView, Point};

use super::{
    Reader, StoreError,
    blocks::{self, Head, Kept, Lately},
    read::last_seq,
};

/// The widest picture that is asked for.
const WIDEST_PX: u32 = 8192;

impl Reader {
    /// The samples of a signal in `from..=to`, thinned to first, min, max and last of each of `width_px` columns;
    /// all of them where there are few enough.
    pub fn history(
        &mut self,
        asset: usize,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
        width_px: u32,
    ) -> Result<HistoryView, StoreError> {
        let width = width_px.clamp(1, WIDEST_PX);
        let (view, names, lately) = self.view(asset)?;
        let seq = last_seq(&view, names.key)?;
        let Some(key) = names.signals.get(usize::from(signal)) else {
            return Ok(HistoryView { seq, total: 0, points: Vec::new() });
        };
        let (asset, from, to) = (&names.key, from.0, to.0);
        let lasting = "WHERE asset = ?1 AND signal = ?2 AND first_t <= ?4 AND last_t >= ?3 ORDER BY first_t";
        let landed = "WHERE asset = ?1 AND signal = 0 AND first_t <= ?3 AND last_t >= ?2";
        let lasting = blocks::find(&view, lasting, &[asset, key, &from, &to])?;
        let mut points = Vec::new();
        for kept in blocks::find(&view, landed, &[asset, &from, &to])? {
            points.extend(samples(&view, lately, &kept, *key, from, to)?);
        }
        let few = u64::from(width) * 4;
        let most = points.len() as u64 + lasting.iter().map(|kept| kept.head.count.cast_unsigned()).sum::<u64>();
        if most <= few {
            for kept in &lasting {
                points.extend(samples(&view, lately, kept, *key, from, to)?);
            }
            points.sort_by_key(|point| point.t);
            return Ok(HistoryView { seq, total: points.len() as u64, points });
        }
        let mut thinned = Thinning::new(from, to, width);
        let mut total = points.len() as u64;
        points.into_iter().for_each(|point| thinned.add(point));
        for kept in &lasting {
            total += if thinned.add_whole(&kept.head) {
                kept.head.count.cast_unsigned()
            } else {
                let samples = samples(&view, lately, kept, *key, from, to)?;
                let count = samples.len() as u64;
                samples.into_iter().for_each(|point| thinned.add(point));
                count
            };
        }
        Ok(HistoryView { seq, total, points: thinned.finish() })
    }
}

/// The samples of a signal in a block and a range.
fn samples(
    view: &Connection,
    lately: &mut Lately,
    kept: &Kept,
    signal: i64,
    from: i64,
    to: i64,
) -> Result<Vec<Point>, rusqlite::Error> {
    let sections = lately.read(view, kept)?;
    let of_signal = sections.iter().filter(|section| section.signal == signal);
    let samples = of_signal.flat_map(|section| section.times.iter().zip(&section.values));
    let in_range = samples.filter(|(t, _)| (from..=to).contains(*t));
    Ok(in_range.map(|(t, value)| Point { t: Timestamp(*t), value: *value }).collect())
}

/// Keeps first, min, max and last of each column, for points in any order.
struct Thinning {
    from: i64,
    to: i64,
    span: u128,
    width: u128,
    columns: BTreeMap<u128, Column>,
}

struct Column {
    first: Point,
    min: Point,
    max: Point,
    last: Point,
}

impl Thinning {
    fn new(from: i64, to: i64, width: u32) -> Thinning {
        let span = u128::from(to.abs_diff(from)) + 1;
        Thinning { from, to, span, width: u128::from(width), columns: BTreeMap::new() }
    }

    fn number(&self, t: i64) -> u128 {
        u128::from(t.abs_diff(self.from)) * self.width / self.span
    }

    fn add(&mut self, point: Point) {
        let number = self.number(point.t.0);
        let column = self.columns.entry(number).or_insert(Column { first: point, min: point, max: point, last: point });
        let Column { first, min, max, last } = column;
        if point.t < first.t {
            *first = point;
        }
        if point.t >= last.t {
            *last = point;
        }
        if point.value < min.value || (point.value == min.value && point.t < min.t) {
            *min = point;
        }
        if point.value > max.value || (point.value == max.value && point.t < max.t) {
            *max = point;
        }
    }

    /// Adds all samples of a block at once if they fall into one column.
    fn add_whole(&mut self, head: &Head) -> bool {
        let is_inside = self.from <= head.first_t && head.last_t <= self.to;
        if !is_inside || self.number(head.first_t) != self.number(head.last_t) {
            return false;
        }
        let rollup = &head.rollup;
        let points = [
            (head.first_t, rollup.first),
            (rollup.min_t, rollup.min),
            (rollup.max_t, rollup.max),
            (head.last_t, rollup.last),
        ];
        points.into_iter().for_each(|(t, value)| self.add(Point { t: Timestamp(t), value }));
        true
    }

    fn finish(self) -> Vec<Point> {
        let mut kept: Vec<Point> = Vec::new();
        for Column { first, min, max, last } in self.columns.into_values() {
            let (early, late) = if min.t <= max.t { (min, max) } else { (max, min) };
            for point in [first, early, late, last] {
                if kept.last().is_none_or(|before| before.t < point.t) {
                    kept.push(point);
                }
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], width: u32, expected: &[(i64, f64)]) {
        let mut thinning = Thinning::new(0, values.len() as i64 - 1, width);
        for (t, value) in (0..).zip(values) {
            thinning.add(Point { t: Timestamp(t), value: *value });
        }
        let kept: Vec<(i64, f64)> = thinning.finish().into_iter().map(|point| (point.t.0, point.value)).collect();
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_column_keeps_its_first_smallest_largest_and_last() {
        check(&[3.0, 9.0, 4.0, 1.0, 5.0, 2.0], 1, &[(0, 3.0), (1, 9.0), (3, 1.0), (5, 2.0)]);
    }

    #[test]
    fn one_point_is_kept_once() {
        check(&[3.0, 4.0, 5.0], 1, &[(0, 3.0), (2, 5.0)]);
        check(&[7.0], 5, &[(0, 7.0)]);
    }

    #[test]
    fn each_column_stands_for_itself() {
        check(&[1.0, 2.0, 9.0, 2.0, 1.0, 0.0], 2, &[(0, 1.0), (2, 9.0), (3, 2.0), (5, 0.0)]);
    }
}
