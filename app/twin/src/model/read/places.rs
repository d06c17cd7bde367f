//! Where each component of a model stands: states first, then what moves with them, then all that stays.

use alloc::vec::Vec;

use super::{components::Parts, happenings::Happenings};
use crate::model::{
    Component, Prior,
    check::{Hidden, Role},
};

const FREE: Component =
    Component { start: 0.0, spread: 0.0, drift: 0.0, bounds: [f64::NEG_INFINITY, f64::INFINITY], prior: Prior::Normal };

/// Where the components of each kind begin.
pub(super) struct Places {
    pub lags: usize,
    pub lefts: usize,
    pub calibrated: usize,
    pub noises: usize,
    pub delays: usize,
    pub flags: usize,
    pub all: usize,
}

impl Places {
    pub(super) fn of(parts: &Parts, happenings: &Happenings, hidden: &[Hidden]) -> Places {
        let count = |is: fn(&Hidden) -> usize| hidden.iter().map(is).sum::<usize>();
        let lags = parts.states.len();
        let lefts = lags + count(|hidden| usize::from(matches!(hidden, Hidden::Lag { .. })));
        let calibrated = lefts + happenings.repairs.len();
        let noises = calibrated + parts.calibrated.len();
        let delays = noises + count(|hidden| usize::from(matches!(hidden, Hidden::Noise)));
        let kept = |hidden: &Hidden| if let Hidden::Delay { steps, .. } = hidden { 1 + steps } else { 0 };
        let flags = delays + count(kept);
        Places { lags, lefts, calibrated, noises, delays, flags, all: flags + happenings.watched.len() }
    }

    pub(super) fn component(&self, role: Role) -> usize {
        match role {
            Role::State(index) => usize::from(index),
            Role::Calibrated(index) => self.calibrated + usize::from(index),
            _ => 0,
        }
    }

    pub(super) fn components(&self, states: Vec<Component>, calibrated: Vec<Component>) -> Vec<Component> {
        let free = |count: usize| core::iter::repeat_n(FREE, count);
        let between = free(self.calibrated - self.lags);
        states.into_iter().chain(between).chain(calibrated).chain(free(self.all - self.noises)).collect()
    }
}
