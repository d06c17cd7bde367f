//! What recordings have beside their numbers: cells that say nothing, and instants that come twice or go back.

use std::{collections::BTreeMap, fmt, path::Path};

/// What was seen while recordings were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub rows: usize,
    /// Rows that were filled into gaps.
    pub filled: usize,
    cells: usize,
    /// Cells that say nothing, by column.
    missing: BTreeMap<String, usize>,
    /// Rows at the instant of the row before, and rows before it.
    again: Places,
    back: Places,
}

/// How many there are, and where the first is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Places {
    count: usize,
    first: String,
}

impl Seen {
    /// Counts a cell of `column`; `value` is NaN where it says nothing.
    pub fn cell(&mut self, column: &str, value: f64) {
        self.cells += 1;
        if value.is_nan() {
            match self.missing.get_mut(column) {
                Some(count) => *count += 1,
                None => drop(self.missing.insert(column.into(), 1)),
            }
        }
    }

    /// Counts a row, if it does not come after the one `before` it. `place` says where it stands.
    pub fn instant(&mut self, before: Option<i64>, secs: i64, place: impl FnOnce() -> String) {
        let places = match before {
            Some(before) if secs == before => &mut self.again,
            Some(before) if secs < before => &mut self.back,
            _ => return,
        };
        if places.count == 0 {
            places.first = place();
        }
        places.count += 1;
    }

    /// The same, with the file in which all places are.
    pub fn of(mut self, path: &Path) -> Seen {
        for places in [&mut self.again, &mut self.back].into_iter().filter(|places| places.count > 0) {
            places.first = format!("{} of {}", places.first, path.display());
        }
        self
    }

    /// How many rows go back in time, and where the first is.
    pub fn back(&self) -> (usize, &str) {
        (self.back.count, &self.back.first)
    }

    /// Adds what was seen elsewhere.
    pub fn join(&mut self, more: Seen) {
        self.rows += more.rows;
        self.filled += more.filled;
        self.cells += more.cells;
        for (column, count) in more.missing {
            *self.missing.entry(column).or_default() += count;
        }
        for (own, more) in [(&mut self.again, more.again), (&mut self.back, more.back)] {
            if own.count == 0 {
                own.first = more.first;
            }
            own.count += more.count;
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing: usize = self.missing.values().sum();
        write!(f, "read: {} rows, {missing} of {} cells missing", self.rows, self.cells)?;
        if let Some((column, count)) = self.missing.iter().max_by_key(|(_, count)| **count) {
            write!(f, ", most in `{column}` ({count})")?;
        }
        if self.filled > 0 {
            write!(f, "; {} rows of nothing filled into gaps", self.filled)?;
        }
        for (places, what) in [(&self.again, "at the instant of the row before"), (&self.back, "before the row before")]
        {
            if places.count > 0 {
                write!(f, "\nwarning: rows {what}: {}, the first in {}", places.count, places.first)?;
            }
        }
        Ok(())
    }
}
