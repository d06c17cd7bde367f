//! One asset in this tab: what was measured, the twin that follows it, and what both have said.

mod arrivals;
mod follow;
mod frozen;
mod futures;
mod replayed;

use std::{collections::VecDeque, sync::Arc};

use twin::{Clock, Model, Timestamp, Twin, gauge::Learnt, series::Point};
use wire::{
    Entry, What,
    frame::{Latest, Subscription},
    view::{AssetView, EventView},
};

use super::{
    loss::Loss,
    outlook::{Outlook, Studied},
    stretch::Stretch,
    trace::Trace,
    track::Track,
    verification::{Verification, Witness},
};

use futures::Refined;

pub use arrivals::Taken;
use follow::Early;
pub use follow::ServerState;
pub use replayed::Stand;

/// Entries kept so that a twin can be restored from a checkpoint that is a little old.
const RECENT: usize = 4_096;
const EVENTS: usize = 64;
/// How many of the last coalesced spans are remembered.
const SPANS: usize = 1_024;

#[derive(Debug)]
pub struct LiveAsset {
    pub view: AssetView,
    pub model: Arc<Model>,
    /// The model as the page was given it, for its workers.
    pub packed: Arc<[u8]>,
    pub clock: Clock,
    /// The last entry taken in.
    pub seq: u64,
    pub twin: Option<Twin>,
    pub outlook: Option<Outlook>,
    /// What a page's futures begin from, where that is not the twin that goes on.
    frozen: Option<Outlook>,
    refined: Option<Refined>,
    /// Of a page that has sliders for this.
    studied: Option<Studied>,
    /// The regimes that most members are in: one a part of the asset.
    pub regimes: Vec<u16>,
    /// What each gauge of the model says.
    pub learned: Vec<Learnt>,
    /// The last checkpoint of the server's that came before what the model has learned.
    early: Option<Early>,
    /// Newest first.
    pub events: VecDeque<EventView>,
    /// Of one that is replayed: what has been told of it by today, which says how it stood when its window began.
    pub(super) told: Vec<EventView>,
    /// Goes up when entries were missed that only the history can fill in.
    pub history_wanted: u64,
    /// The last loss of the link.
    pub(super) loss: Option<Loss>,
    /// Goes up with every change of anything here.
    pub version: u64,
    latest: Vec<Option<Latest>>,
    /// The last spans of entries that this tab was not told one by one, but what they come to: first and last seq.
    coalesced: VecDeque<(u64, u64)>,
    tracks: Vec<Track>,
    traces: Vec<Trace>,
    witness: Witness,
    /// Whether entries were asked for once more, back to a checkpoint, since the last agreement.
    went_back: bool,
    /// The last entries without a hole, as the twin is told of them.
    recent: VecDeque<(u64, Option<twin::Entry>)>,
}

impl LiveAsset {
    /// An asset as the page was given it, with no twin yet.
    pub fn new(view: AssetView, model: Arc<Model>, packed: Arc<[u8]>) -> LiveAsset {
        let mut latest = vec![None; model.signals.len()];
        for of_signal in &view.latest {
            if let Some(slot) = latest.get_mut(usize::from(of_signal.signal)) {
                *slot = Some(*of_signal);
            }
        }
        LiveAsset {
            clock: view.clock,
            seq: view.seq,
            twin: None,
            outlook: None,
            frozen: None,
            refined: None,
            studied: None,
            regimes: Vec::new(),
            learned: Vec::new(),
            early: None,
            events: view.events.clone().into(),
            told: Vec::new(),
            history_wanted: 0,
            loss: None,
            version: 0,
            latest,
            coalesced: VecDeque::new(),
            tracks: vec![Track::default(); model.signals.len()],
            traces: vec![Trace::default(); model.quantities.len()],
            witness: Witness::default(),
            went_back: false,
            recent: VecDeque::new(),
            view,
            model,
            packed,
        }
    }

    /// What to ask for: the entries after the last one, or, where the twin cannot go on from there, a fresh start.
    pub fn subscription(&self) -> Subscription {
        Subscription { asset: self.view.id.clone(), after: self.witness.is_unbroken().then_some(self.seq) }
    }

    /// Whether the twin is known to be that after the last entry.
    pub fn is_sure(&self) -> bool {
        self.frozen.is_some() || self.witness.is_unbroken()
    }

    pub fn verification(&self) -> Verification {
        self.witness.verdict()
    }

    /// The last spans of entries that were coalesced for this tab, each its first and last seq.
    pub fn coalesced_spans(&self) -> impl Iterator<Item = (u64, u64)> {
        self.coalesced.iter().copied()
    }

    /// The newest sample of each signal.
    pub fn latest(&self) -> &[Option<Latest>] {
        &self.latest
    }

    /// When the newest sample of any signal was taken, in the asset's time.
    pub fn newest(&self) -> Option<Timestamp> {
        self.latest.iter().flatten().map(|latest| latest.t).max()
    }

    /// How much its queues hold, of how much at most: entries to go back to, hashes, events, coalesced spans.
    pub fn queues(&self) -> [(usize, usize); 4] {
        let (recent, events, spans) = (self.recent.len(), self.events.len(), self.coalesced.len());
        [(recent, RECENT), self.witness.held(), (events, EVENTS), (spans, SPANS)]
    }

    /// The shown samples of a signal; none for a quantity that is not measured.
    pub fn track(&self, quantity: usize) -> Option<&Track> {
        self.tracks.get(quantity)
    }

    pub fn trace(&self, quantity: usize) -> Option<&Trace> {
        self.traces.get(quantity)
    }

    /// Drops all that was shown and followed, but the user's scenarios: it was of another store.
    pub fn start_over(&mut self) {
        let fresh = LiveAsset::new(self.bare(), self.model.clone(), self.packed.clone());
        *self = LiveAsset {
            clock: self.clock,
            loss: self.loss.take().filter(|loss| matches!(loss, Loss::Going)),
            studied: self.studied.take(),
            history_wanted: self.history_wanted + 1,
            version: self.version + 1,
            ..fresh
        };
    }

    /// Its view as if nothing had been measured of it, and no twin had followed it.
    fn bare(&self) -> AssetView {
        AssetView { seq: 0, latest: Vec::new(), events: Vec::new(), found: None, ..self.view.clone() }
    }

    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
        self.version += 1;
    }

    /// Fills in a stretch of history of one signal.
    pub fn fill(&mut self, signal: usize, points: impl IntoIterator<Item = Point>) {
        if let Some(track) = self.tracks.get_mut(signal) {
            track.merge(points);
            self.version += 1;
        }
    }

    /// Holds a stretch of history of one signal, for whoever looks back.
    pub fn hold(&mut self, signal: usize, stretch: Stretch, points: Vec<Point>) {
        if let Some(track) = self.tracks.get_mut(signal) {
            track.hold(stretch, points);
            self.version += 1;
        }
    }

    fn show(&mut self, entry: &Entry) {
        match &entry.what {
            What::Sample { signal, value, quality } => {
                self.show_latest(Latest { signal: *signal, t: entry.t, value: *value, quality: *quality });
            }
            What::Event { kind, until, note, .. } => {
                let (kind, note) = (kind.clone(), note.clone());
                self.show_event(EventView { seq: self.seq, t: entry.t, until: *until, kind, note });
            }
        }
    }

    /// Puts an event in its place by seq, unless it is there.
    fn show_event(&mut self, event: EventView) {
        let at = self.events.partition_point(|known| known.seq > event.seq);
        if self.events.get(at).is_none_or(|known| known.seq != event.seq) {
            self.events.insert(at, event);
        }
        if self.events.len() > EVENTS {
            // What it stands by is not forgotten, whatever was told since.
            let now = self.newest().or_else(|| self.events.iter().map(|event| event.t).max());
            let stands_since = now.and_then(|now| Some(self.stands(now)?.1));
            let oldest = self.events.iter().rposition(|event| Some(event.t) != stands_since);
            self.events.remove(oldest.unwrap_or(EVENTS));
        }
    }

    fn show_latest(&mut self, newest: Latest) {
        let index = usize::from(newest.signal);
        let (Some(track), Some(slot)) = (self.tracks.get_mut(index), self.latest.get_mut(index)) else { return };
        track.insert(Point { t: newest.t, value: newest.value });
        if slot.is_none_or(|shown| shown.t <= newest.t) {
            *slot = Some(newest);
        }
    }
}
