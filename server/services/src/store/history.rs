//! The past of one signal, thinned to what a number of pixels can show.

use rusqlite::params;
use twin::Timestamp;
use wire::view::{HistoryView, Point};

use super::{Reader, StoreError, read::last_seq};

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
        let (view, names) = self.view(asset)?;
        let seq = last_seq(&view, names.key)?;
        let Some(key) = names.signals.get(usize::from(signal)) else {
            return Ok(HistoryView { seq, total: 0, points: Vec::new() });
        };
        let range = params![names.key, key, from.0, to.0];
        let count = "SELECT count(*) FROM sample WHERE asset = ?1 AND signal = ?2 AND t BETWEEN ?3 AND ?4";
        let total: u64 = view.prepare_cached(count)?.query_row(range, |row| row.get(0))?;
        let find = "SELECT t, value FROM sample WHERE asset = ?1 AND signal = ?2 AND t BETWEEN ?3 AND ?4 ORDER BY t";
        let mut find = view.prepare_cached(find)?;
        let points = find.query_map(range, |row| Ok(Point { t: Timestamp(row.get(0)?), value: row.get(1)? }))?;
        let points = if total <= u64::from(width) * 4 {
            points.collect::<Result<_, _>>()?
        } else {
            let mut thinned = Thinning::new(from, to, width);
            for point in points {
                thinned.add(point?);
            }
            thinned.finish()
        };
        Ok(HistoryView { seq, total, points })
    }
}

/// Keeps first, min, max and last of each column, for points in order of time.
struct Thinning {
    from: i64,
    span: u128,
    width: u128,
    column: Option<Column>,
    kept: Vec<Point>,
}

struct Column {
    number: u128,
    first: Point,
    min: Point,
    max: Point,
    last: Point,
}

impl Thinning {
    fn new(from: Timestamp, to: Timestamp, width: u32) -> Thinning {
        let span = u128::from(to.0.abs_diff(from.0)) + 1;
        Thinning { from: from.0, span, width: u128::from(width), column: None, kept: Vec::new() }
    }

    fn add(&mut self, point: Point) {
        let number = u128::from(point.t.0.abs_diff(self.from)) * self.width / self.span;
        match &mut self.column {
            Some(column) if column.number == number => {
                if point.value < column.min.value {
                    column.min = point;
                }
                if point.value > column.max.value {
                    column.max = point;
                }
                column.last = point;
            }
            column => {
                let full = column.replace(Column { number, first: point, min: point, max: point, last: point });
                self.close(full);
            }
        }
    }

    fn close(&mut self, column: Option<Column>) {
        let Some(Column { first, min, max, last, .. }) = column else { return };
        let (early, late) = if min.t <= max.t { (min, max) } else { (max, min) };
        for point in [first, early, late, last] {
            if self.kept.last().is_none_or(|before| before.t < point.t) {
                self.kept.push(point);
            }
        }
    }

    fn finish(mut self) -> Vec<Point> {
        let column = self.column.take();
        self.close(column);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], width: u32, expected: &[(i64, f64)]) {
        let mut thinning = Thinning::new(Timestamp(0), Timestamp(values.len() as i64 - 1), width);
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
