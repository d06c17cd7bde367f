//! What became of the rows that were followed, and how often there was something to say.

use twin::streams::{Kind, Said};

use super::read::Recording;

/// Counts of rows, or of windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Rows that were learnt from, and so are not followed.
    pub learnt: usize,
    pub followed: usize,
    /// Rows of which nothing could be said, for a number was missing in them.
    pub blind: usize,
    first_blind: Option<(String, usize)>,
    /// How often each signal was missing then.
    missing: Vec<(String, usize)>,
    pub alarms: usize,
    first_alarm: Option<(String, usize)>,
    changes: usize,
}

impl Account {
    /// Counts a row of which this was `said`; `was_alarm` as it was after the row before.
    pub fn count(&mut self, recording: &Recording, row: usize, said: Option<Said>, values: &[f64], was_alarm: bool) {
        let here = || Some((recording.name.clone(), row));
        let Some(said) = said else {
            self.blind += 1;
            self.first_blind = self.first_blind.take().or_else(here);
            for (name, _) in recording.signals.iter().zip(values).filter(|(_, value)| value.is_nan()) {
                match self.missing.iter_mut().find(|(own, _)| own == name) {
                    Some((_, count)) => *count += 1,
                    None => self.missing.push((name.clone(), 1)),
                }
            }
            return;
        };
        self.followed += 1;
        self.changes += usize::from(said.is_change);
        if said.is_alarm && !was_alarm {
            self.alarms += 1;
            self.first_alarm = self.first_alarm.take().or_else(here);
        }
    }

    /// What a detector of this kind did.
    pub fn words(&self, kind: Kind) -> String {
        let row = if kind == Kind::Window { "window" } else { "row" };
        let at = |place: &Option<(String, usize)>| match place {
            Some((name, number)) if name.is_empty() => format!(", the first at {row} {number}"),
            Some((name, number)) => format!(", the first at {row} {number} of `{name}`"),
            None => String::new(),
        };
        let all = self.learnt + self.followed + self.blind;
        let mut words = format!("followed: {} of {all} {row}s, {} learnt from", self.followed, self.learnt);
        if self.blind > 0 {
            words += &format!(", {} without a word, for a number is missing{}", self.blind, at(&self.first_blind));
            if let Some((name, count)) = self.missing.iter().max_by_key(|(_, count)| *count) {
                words += &format!(", most often that of `{name}` ({count})");
            }
        }
        // A state is no alarm.
        if kind != Kind::Window {
            words += &format!("\nalarms: {}{}; changes: {}", self.alarms, at(&self.first_alarm), self.changes);
        }
        words
    }
}
