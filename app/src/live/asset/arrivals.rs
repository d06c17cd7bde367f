//! What comes over the link of an asset: its entries one by one, or what stands for them.

use twin::Clock;
use wire::{
    Batch,
    frame::{CoalescedEvent, CoalescedSignal, Latest},
    view::EventView,
};

use super::{LiveAsset, RECENT, SPANS};

/// Whether a batch fitted to what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Some of its entries were new.
    New,
    /// All of them were known.
    Known,
    /// Entries before it are missing: the asset has to be subscribed to again.
    Hole,
}

impl LiveAsset {
    /// Takes in the entries of a batch that are new, one by one.
    pub fn take(&mut self, batch: &Batch) -> Taken {
        let next = self.seq + 1;
        if batch.entries.is_empty() || batch.last_seq() < next {
            return Taken::Known;
        }
        if batch.first_seq > next {
            return Taken::Hole;
        }
        let news = &batch.entries[(next - batch.first_seq) as usize..];
        for (place, entry) in news.iter().enumerate() {
            self.seq += 1;
            self.show(entry);
            let told = entry.observed(&self.model);
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back((self.seq, told));
            self.tell(self.seq, told);
            self.bear_witness(self.seq, place + 1, news.len());
        }
        self.note_traces();
        self.version += 1;
        Taken::New
    }

    /// Where the asset stands after entries that this tab was not told one by one.
    pub fn snapshot(&mut self, seq: u64, clock: Clock, latest: &[Latest], events: Vec<EventView>) {
        if seq < self.seq {
            // The server keeps less than this tab has seen: its store is an older one.
            self.start_over();
            self.seq = seq;
        } else if seq > self.seq {
            self.missed_until(seq);
        }
        self.clock = clock;
        self.version += 1;
        for of_signal in latest {
            self.show_latest(*of_signal);
        }
        for event in events.into_iter().rev() {
            self.show_event(event);
        }
    }

    /// What stands for the entries `from_seq ..= to_seq`.
    pub fn coalesced(
        &mut self,
        from_seq: u64,
        to_seq: u64,
        signals: &[CoalescedSignal],
        events: Vec<CoalescedEvent>,
    ) -> Taken {
        if to_seq <= self.seq {
            return Taken::Known;
        }
        if from_seq > self.seq + 1 {
            return Taken::Hole;
        }
        if self.coalesced.len() == SPANS {
            self.coalesced.pop_front();
        }
        self.coalesced.push_back((from_seq, to_seq));
        self.missed_until(to_seq);
        for signal in signals {
            self.show_latest(signal.newest);
        }
        for CoalescedEvent { seq, t, until, kind, note, .. } in events {
            self.show_event(EventView { seq, t, until, kind, note });
        }
        self.version += 1;
        Taken::New
    }

    fn missed_until(&mut self, seq: u64) {
        self.seq = seq;
        self.recent.clear();
        self.witness.broken();
        self.history_wanted += 1;
    }
}
