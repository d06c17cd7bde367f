//! Whether this tab's twin is, bit for bit, the server's: hashes of its own steps against the server's checkpoints.

use std::collections::VecDeque;

use twin::twin::StateHash;

/// Steps whose hashes are kept: a checkpoint older than these can no longer be compared.
const KEPT: usize = 4_096;

/// What is known of the agreement of both twins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verification {
    #[default]
    NotVerified,
    /// Equal hashes after so many entries that this tab took in by itself.
    Verified { entries: u64 },
    /// Unequal hashes after entry `seq`. Stays until the page is loaded again.
    Differs { seq: u64 },
    /// The server's kernel is another version: there is nothing to compare.
    OtherKernel { version: u32 },
}

/// The twin after entry `seq`, having taken in so many entries since it was restored.
#[derive(Debug, Clone, Copy)]
struct Step {
    seq: u64,
    hash: StateHash,
    taken: u64,
}

/// The steps of one twin since it was restored.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    restored_at: Option<u64>,
    steps: VecDeque<Step>,
    /// A checkpoint for an entry that has not come yet.
    expected: Option<(u64, StateHash)>,
    verdict: Verification,
}

impl Witness {
    pub fn verdict(&self) -> Verification {
        self.verdict
    }

    /// The entry after which the twin was restored, where its steps since are without a hole.
    pub fn restored_at(&self) -> Option<u64> {
        self.restored_at
    }

    /// Whether the twin's steps are without a hole since a checkpoint.
    pub fn is_unbroken(&self) -> bool {
        self.restored_at.is_some()
    }

    /// The twin was restored to the state after entry `seq`.
    pub fn restored(&mut self, seq: u64) {
        self.restored_at = Some(seq);
        self.steps.clear();
        self.expected = None;
        self.unless_sticky(Verification::NotVerified);
    }

    /// The twin was told of entry `seq`, has `hash` now, and has taken in `taken` entries since it was restored: an
    /// entry that it had no use for says nothing of its agreement.
    pub fn stepped(&mut self, seq: u64, hash: StateHash, taken: u64) {
        if self.restored_at.is_none() {
            return;
        }
        if self.steps.len() == KEPT {
            self.steps.pop_front();
        }
        self.steps.push_back(Step { seq, hash, taken });
        if let Some((due, expected)) = self.expected
            && due == seq
        {
            self.expected = None;
            self.compare(seq, expected);
        }
    }

    /// How many hashes are kept, of how many at most.
    pub fn held(&self) -> (usize, usize) {
        (self.steps.len(), KEPT)
    }

    /// Whether a checkpoint waits for this entry.
    pub fn expects(&self, seq: u64) -> bool {
        self.expected.is_some_and(|(due, _)| due == seq)
    }

    /// Whether the hash after this entry was noted.
    pub fn has_noted(&self, seq: u64) -> bool {
        self.steps.binary_search_by_key(&seq, |step| step.seq).is_ok()
    }

    /// The server's twin had `hash` after entry `seq`.
    pub fn compare(&mut self, seq: u64, hash: StateHash) {
        self.compare_but(seq, hash, 0);
    }

    /// The same, where the last `aside` entries that were taken in prove nothing.
    pub fn compare_but(&mut self, seq: u64, hash: StateHash, aside: u64) {
        let Some(restored_at) = self.restored_at else { return };
        let newest = self.steps.back().map_or(restored_at, |step| step.seq);
        if seq > newest {
            self.expected = Some((seq, hash));
            return;
        }
        let Ok(at) = self.steps.binary_search_by_key(&seq, |step| step.seq) else { return };
        match self.steps[at] {
            Step { hash: own, .. } if own != hash => self.unless_sticky(Verification::Differs { seq }),
            Step { taken, .. } if taken <= aside => {}
            Step { taken, .. } => self.unless_sticky(Verification::Verified { entries: taken - aside }),
        }
    }

    /// Entries were missed: nothing can be said until the next checkpoint.
    pub fn broken(&mut self) {
        self.restored_at = None;
        self.steps.clear();
        self.expected = None;
        self.unless_sticky(Verification::NotVerified);
    }

    pub fn other_kernel(&mut self, version: u32) {
        self.broken();
        self.unless_sticky(Verification::OtherKernel { version });
    }

    fn unless_sticky(&mut self, verdict: Verification) {
        if !matches!(self.verdict, Verification::Differs { .. }) {
            self.verdict = verdict;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stepped(from: u64, to: u64) -> Witness {
        let mut witness = Witness::default();
        witness.restored(from);
        for seq in from + 1..=to {
            witness.stepped(seq, StateHash(seq), seq - from);
        }
        witness
    }

    #[test]
    fn only_its_own_steps_count() {
        let mut witness = stepped(100, 130);
        witness.compare(130, StateHash(130));
        assert_eq!(witness.verdict(), Verification::Verified { entries: 30 });
    }

    #[test]
    fn an_entry_that_the_twin_had_no_use_for_proves_nothing() {
        let mut witness = stepped(100, 100);
        witness.stepped(101, StateHash(100), 0);
        witness.compare(101, StateHash(100));
        assert_eq!(witness.verdict(), Verification::NotVerified);
    }

    #[test]
    fn a_checkpoint_of_the_restored_state_proves_nothing() {
        let mut witness = stepped(100, 130);
        witness.compare(100, StateHash(100));
        assert_eq!(witness.verdict(), Verification::NotVerified);
    }

    #[test]
    fn a_checkpoint_ahead_is_compared_when_its_entry_comes() {
        let mut witness = stepped(100, 130);
        witness.compare(131, StateHash(131));
        assert_eq!(witness.verdict(), Verification::NotVerified);
        witness.stepped(131, StateHash(131), 31);
        assert_eq!(witness.verdict(), Verification::Verified { entries: 31 });
    }

    #[test]
    fn a_difference_is_said_until_the_page_is_loaded_again() {
        let mut witness = stepped(100, 130);
        witness.compare(120, StateHash(0));
        assert_eq!(witness.verdict(), Verification::Differs { seq: 120 });
        witness.compare(130, StateHash(130));
        witness.broken();
        witness.restored(200);
        assert_eq!(witness.verdict(), Verification::Differs { seq: 120 });
    }

    #[test]
    fn a_hole_takes_the_verdict_back_until_the_twin_is_restored() {
        let mut witness = stepped(100, 130);
        witness.compare(130, StateHash(130));
        witness.broken();
        witness.stepped(150, StateHash(150), 50);
        witness.compare(150, StateHash(150));
        assert_eq!(witness.verdict(), Verification::NotVerified);
        witness.restored(160);
        witness.stepped(161, StateHash(161), 1);
        witness.compare(161, StateHash(161));
        assert_eq!(witness.verdict(), Verification::Verified { entries: 1 });
    }

    #[test]
    fn a_checkpoint_older_than_the_kept_hashes_is_no_difference() {
        let mut witness = stepped(0, KEPT as u64 + 50);
        witness.compare(10, StateHash(0));
        assert_eq!(witness.verdict(), Verification::NotVerified);
    }

    #[test]
    fn another_kernel_is_not_called_a_difference() {
        let mut witness = stepped(100, 130);
        witness.other_kernel(2);
        assert_eq!(witness.verdict(), Verification::OtherKernel { version: 2 });
    }
}
