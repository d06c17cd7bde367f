//! How a source's clock stands against the asset's, and whether it jumped.

use twin::{Span, Timestamp};

/// Arrivals in a row that must agree on the new difference before a jump is told.
const AGREED: u32 = 4;
/// That the asset's own clock was set is heard of so soon.
const NOTICED_WITHIN: Span = Span(2 * Span::SECOND.0);

/// The difference between the times of samples and their arrivals. Samples that arrive together count as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Skew {
    group: Option<Group>,
    /// The newest time before the group.
    newest_before: Option<Timestamp>,
    /// The difference that holds, in microseconds: measured less arrived.
    steady: Option<i64>,
    moved: Option<Moved>,
    /// The last jump that was told, and the arrival that it was told at.
    told: Option<(Timestamp, Span)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Group {
    arrived: Timestamp,
    oldest: Timestamp,
    newest: Timestamp,
}

/// Another difference than the one that holds, seen for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moved {
    skew: i64,
    first: Group,
    newest_before: Timestamp,
    agreed: u32,
}

/// The source's clock went from one moment to another `by` so much further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    pub at: Timestamp,
    pub by: Span,
}

impl Skew {
    /// Hears that something measured at `t` arrived; `allowed` is how much skew says nothing.
    pub fn observe(&mut self, t: Timestamp, arrived: Timestamp, allowed: Span) -> Option<Jump> {
        if let Some(group) = &mut self.group
            && group.arrived == arrived
        {
            (group.oldest, group.newest) = (group.oldest.min(t), group.newest.max(t));
            return None;
        }
        let full = self.group.replace(Group { arrived, oldest: t, newest: t })?;
        let jump = self.judge(full, allowed);
        self.newest_before = Some(self.newest_before.map_or(full.newest, |before| before.max(full.newest)));
        if let Some(jump) = jump {
            self.told = Some((full.arrived, jump.by));
            // What is newest by the new clock is newest from now on.
            self.newest_before = Some(full.newest);
        }
        jump
    }

    /// Hears that the asset's clock was set, so much further, to `now`; gives how the source's jumped against it, if
    /// that was not told already: many samples may have arrived since.
    pub fn asset_jumped(&mut self, by: Span, now: Timestamp) -> Option<Span> {
        // What is steady is learnt anew: what has arrived may be of before, or of after.
        (self.group, self.moved, self.steady) = (None, None, None);
        let jumped = Span(by.0.saturating_neg());
        let is_that = |(at, told): (Timestamp, Span)| {
            (now - at).0.saturating_abs() < NOTICED_WITHIN.0
                && (told.0 - jumped.0).saturating_abs() < jumped.0.saturating_abs() / 2
        };
        if self.told.take().is_some_and(is_that) { None } else { Some(jumped) }
    }

    fn judge(&mut self, group: Group, allowed: Span) -> Option<Jump> {
        let skew = (group.newest - group.arrived).0;
        let (Some(steady), Some(newest_before)) = (self.steady, self.newest_before) else {
            self.steady = Some(skew);
            return None;
        };
        let differs = |other: i64| skew.saturating_sub(other).saturating_abs() > allowed.0;
        if !differs(steady) {
            self.steady = Some(steady + skew.saturating_sub(steady) / 8);
            self.moved = None;
            return None;
        }
        let moved = match self.moved {
            Some(moved) if !differs(moved.skew) => Moved { agreed: moved.agreed + 1, ..moved },
            _ => Moved { skew, first: group, newest_before, agreed: 1 },
        };
        if moved.agreed < AGREED {
            self.moved = Some(moved);
            return None;
        }
        (self.steady, self.moved) = (Some(moved.skew), None);
        let by = moved.skew.saturating_sub(steady);
        let first = moved.first;
        // Without a jump, samples held up on the way come in the order of their times and leave no hole.
        let went_back = by < 0 && first.newest <= moved.newest_before;
        let left_a_hole = by > 0 && (first.oldest - moved.newest_before).0 >= by.saturating_sub(allowed.0);
        (went_back || left_a_hole).then_some(Jump { at: first.oldest, by: Span(by) })
    }
}
