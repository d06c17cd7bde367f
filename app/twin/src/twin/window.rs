//! The last entries of a twin by time, and the ensembles remembered between them: a late one re-runs from the ensemble before it.

use alloc::vec::Vec;

use super::Twin;
use crate::{
    ensemble::{self, Ensemble, Held, Stepper},
    entry::{Entry, What},
    model::Role,
    time::Timestamp,
};

/// Groups between two marks of the window.
const STRIDE: usize = 16;
/// Groups in a full window: before another comes, the oldest `STRIDE` leave together.
pub(crate) const WINDOW: usize = 80;
/// A window is full, too, when it spans more steps of the grid than these: a late entry costs at most so much work.
const WINDOW_STEPS: i64 = 20_000;
/// Entries of one instant; a model has fewer signals and events.
pub(crate) const LARGEST_GROUP: usize = 256;
/// All entries of one instant, in the order in which they are applied.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub t: Timestamp,
    pub entries: Vec<What>,
}

impl Twin {
    /// Whether an entry at `t` that is not too late needs a group of its own.
    pub(super) fn is_new_instant(&self, t: Timestamp) -> bool {
        self.window.front().is_none_or(|oldest| oldest.t < t)
            && self.window.binary_search_by_key(&t, |group| group.t).is_err()
    }

    /// Adds an entry that is neither newer than the newest nor older than the oldest; the number of its group.
    /// `None` where its instant has as many entries as there can be.
    pub(super) fn insert(&mut self, entry: &Entry) -> Option<usize> {
        let index = self.window.partition_point(|group| group.t < entry.t);
        if self.window[index].t != entry.t {
            self.window.insert(index, Group { t: entry.t, entries: Vec::from([entry.what]) });
            return Some(index);
        }
        if self.window[index].entries.len() >= LARGEST_GROUP {
            return None;
        }
        let rank = |what: &What| match what {
            What::Event { event } => (0, *event),
            // What was measured at the same instant was still expected as before.
            What::Calibrated { latent, .. } => (3, *latent),
            What::Sample { signal, .. } => match self.model.signals[usize::from(*signal)].role {
                Role::Input { .. } => (1, *signal),
                Role::Measured { .. } => (2, *signal),
            },
        };
        let at = self.window[index].entries.partition_point(|known| rank(known) <= rank(&entry.what));
        self.window[index].entries.insert(at, entry.what);
        Some(index)
    }

    /// Makes room in a full window: its oldest groups leave, worked out for the last time.
    pub(super) fn slide(&mut self, stepper: &mut Stepper) {
        let step_of = |group: Option<&Group>| group.map_or(0, |group| ensemble::grid(&self.model, group.t));
        let steps = step_of(self.window.back()).saturating_sub(step_of(self.window.front()));
        let is_full = self.window.len() >= WINDOW || (self.window.len() > 2 * STRIDE && steps > WINDOW_STEPS);
        if !is_full {
            return;
        }
        self.work_out(stepper);
        self.window.drain(..STRIDE);
        self.marks.pop_front();
        self.valid -= STRIDE;
        self.before = self.before.take().and_then(|(index, ensemble)| Some((index.checked_sub(STRIDE)?, ensemble)));
    }

    /// Brings the estimate up to the newest group.
    pub(super) fn work_out(&mut self, stepper: &mut Stepper) {
        if self.valid == self.window.len() {
            return;
        }
        let (first, mut ensemble) = self.resume(stepper);
        let since = self.window[first].t;
        self.innovations.retain(|innovation| innovation.t < since);
        for index in first..self.window.len() {
            stepper.advance(&mut ensemble, self.window[index].t, &mut Held);
            if index == self.marks.len() * STRIDE {
                self.marks.push_back(ensemble.clone());
            }
            if index + 1 == self.window.len() {
                self.before = Some((index, ensemble.clone()));
            }
            self.apply(stepper, &mut ensemble, index);
        }
        self.valid = self.window.len();
        self.estimate = Some(ensemble);
    }

    /// The latest remembered ensemble from which the groups that are not valid can be worked out, and the first of them.
    fn resume(&mut self, stepper: &Stepper) -> (usize, Ensemble) {
        let valid = self.valid;
        let covered = self.before.as_ref().map_or(0, |(index, _)| index + 1);
        if let Some(estimate) = self.estimate.take_if(|_| valid > 0 && valid == covered) {
            return (valid, estimate);
        }
        if let Some((index, before)) = &self.before
            && *index == valid
            && before.step == ensemble::grid(&self.model, self.window[valid].t)
        {
            return (valid, before.clone());
        }
        // A mark at the first invalid group may stand at the time of the group that was there before.
        self.marks.truncate(valid.div_ceil(STRIDE).max(1));
        match self.marks.back() {
            Some(mark) => ((self.marks.len() - 1) * STRIDE, mark.clone()),
            None => (0, stepper.start(self.window[0].t)),
        }
    }

    /// The latest remembered ensemble that is not after `t`, and the number of the group that it is before.
    pub(crate) fn mark_before(&self, t: Timestamp) -> Option<(&Ensemble, usize)> {
        let before =
            |number: &usize| *number == 0 || self.window.get(number * STRIDE).is_some_and(|group| group.t <= t);
        let number = (0..self.marks.len()).rev().find(before)?;
        Some((self.marks.get(number)?, number * STRIDE))
    }
}
