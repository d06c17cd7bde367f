//! One asset that a client follows: how far it is, and what it is owed while it takes nothing.

use std::collections::BTreeMap;

use services::hub::{Carries, Published};
use wire::{
    Entry, ServerFrame, What,
    frame::{CoalescedEvent, CoalescedSignal, Latest},
};

/// Events that may be owed; where there are more, a snapshot with the last of them stands for all.
const MOST_EVENTS: usize = 64;

/// One asset that the client follows.
pub struct Follow {
    /// The last entry that the client was sent, or that was merged into what it is owed.
    pub seq: u64,
    pub owed: Owed,
    /// The last answer to a subscription.
    pub answered: Option<Answered>,
}

/// What a subscription was answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// What the client said it had.
    pub after: Option<u64>,
    /// How far the answer went.
    pub seq: u64,
    /// Frames sent on the socket up to the end of the answer.
    pub sent: u64,
}

/// What an asset's frames came to while the window was full.
pub enum Owed {
    Nothing,
    Merged {
        from_seq: u64,
        signals: BTreeMap<u16, CoalescedSignal>,
        events: Vec<CoalescedEvent>,
        is_clock_set: bool,
    },
    /// Frames are gone: only a snapshot helps.
    Snapshot,
}

impl Follow {
    /// Whether the answer to this very question is still under way to a client that has taken in `acknowledged` frames.
    pub fn is_answered(&self, after: Option<u64>, acknowledged: u64) -> bool {
        self.answered
            .is_some_and(|answer| answer.after == after && answer.seq == self.seq && answer.sent > acknowledged)
    }

    /// Merges a frame into what the client is owed.
    pub fn put_by(&mut self, published: &Published) {
        if matches!(self.owed, Owed::Nothing) {
            let (signals, events) = (BTreeMap::new(), Vec::new());
            self.owed = Owed::Merged { from_seq: self.seq + 1, signals, events, is_clock_set: false };
        }
        let Owed::Merged { signals, events, is_clock_set, .. } = &mut self.owed else { return };
        match published.carries {
            // The newest one is sent with what stands for the frames.
            Carries::Checkpoint => {}
            Carries::Clock => *is_clock_set = true,
            Carries::Entries { last_seq, .. } => {
                let Ok(ServerFrame::Samples(batch)) = wire::decode(&published.frame) else { return };
                let fresh = batch.entries.into_iter().zip(batch.first_seq..).filter(|(_, seq)| *seq > self.seq);
                for (Entry { t, what }, seq) in fresh {
                    match what {
                        What::Sample { signal, value, quality } => {
                            merge(signals, Latest { signal, t, value, quality });
                        }
                        What::Event { id, kind, until, note } => {
                            events.push(CoalescedEvent { seq, t, id, kind, until, note });
                        }
                    }
                }
                self.seq = last_seq;
                if events.len() > MOST_EVENTS {
                    self.owed = Owed::Snapshot;
                }
            }
        }
    }
}

fn merge(signals: &mut BTreeMap<u16, CoalescedSignal>, sample: Latest) {
    let value = sample.value;
    let merged =
        signals.entry(sample.signal).or_insert(CoalescedSignal { newest: sample, min: value, max: value, count: 0 });
    if sample.t >= merged.newest.t {
        merged.newest = sample;
    }
    if value < merged.min {
        merged.min = value;
    }
    if value > merged.max {
        merged.max = value;
    }
    merged.count += 1;
}
