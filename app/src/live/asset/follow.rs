//! How the twin of an asset follows: restored from the server's once, then told entry by entry and compared.

use std::sync::Arc;

use twin::{CheckpointError, KERNEL_VERSION, Model, ModelHash, Span, Twin, model::Role, twin::StateHash};

use super::{LiveAsset, Taken};
use crate::live::{trace::BandPoint, verification::Verification};

/// So many entries that come at once are each witnessed.
const FEW: usize = 16;

/// A checkpoint of the server's twin, as its frame has it.
#[derive(Debug, Clone, Copy)]
pub struct ServerState<'a> {
    pub seq: u64,
    pub model_hash: ModelHash,
    pub kernel_version: u32,
    pub bytes: &'a [u8],
    pub hash: StateHash,
}

/// One that was kept for a twin that could not be built yet.
#[derive(Debug)]
pub struct Early {
    seq: u64,
    model_hash: ModelHash,
    kernel_version: u32,
    bytes: Vec<u8>,
    hash: StateHash,
}

impl LiveAsset {
    /// Follows `model`, which is its own with all that was learned, from where the server's twin stood last.
    pub fn open(&mut self, model: Arc<Model>) {
        self.model = model;
        self.version += 1;
        if let Some(Early { seq, model_hash, kernel_version, bytes, hash }) = self.early.take() {
            self.checkpoint(ServerState { seq, model_hash, kernel_version, bytes: &bytes, hash });
        }
    }

    /// Whether it is known where its twin stood, be there one yet or not.
    pub fn has_stood(&self) -> bool {
        self.twin.is_some() || self.early.is_some()
    }

    /// Compares with the server's twin, or is restored from it where there is no twin or it missed entries.
    pub fn checkpoint(&mut self, server: ServerState<'_>) -> Taken {
        self.version += 1;
        if !self.model.is_open() {
            // A twin that reads only a part of its asset is none.
            let ServerState { seq, model_hash, kernel_version, bytes, hash } = server;
            self.early = Some(Early { seq, model_hash, kernel_version, bytes: bytes.to_vec(), hash });
            return Taken::New;
        }
        if server.kernel_version != KERNEL_VERSION {
            self.witness.other_kernel(server.kernel_version);
        } else if server.model_hash != self.model.hash {
            self.witness.broken();
        } else if self.twin.is_some() && self.witness.is_unbroken() {
            match self.brought_up(server) {
                Some((hash, since)) => self.witness.compare_but(self.seq, hash, since),
                None => self.witness.compare(server.seq, server.hash),
            }
            self.went_back &= !matches!(self.verification(), Verification::Verified { .. });
        } else {
            return self.restore(server);
        }
        Taken::New
    }

    fn restore(&mut self, server: ServerState<'_>) -> Taken {
        let known_from = self.recent.front().map_or(self.seq, |(seq, _)| seq - 1);
        let lacks_entries = server.seq < known_from;
        if lacks_entries && self.went_back {
            return Taken::New;
        }
        match Twin::restore(self.model.clone(), server.bytes) {
            Ok(twin) => {
                self.twin = Some(twin);
                // It may stand after the very entry after which the one before was believed to stand.
                self.outlook.iter_mut().for_each(|outlook| outlook.seq = 0);
            }
            Err(CheckpointError::KernelVersion { got }) => {
                self.witness.other_kernel(got);
                return Taken::New;
            }
            Err(CheckpointError::OtherModel | CheckpointError::Malformed) => {
                self.witness.broken();
                return Taken::New;
            }
        }
        self.witness.restored(server.seq);
        if lacks_entries {
            // The server's twin was behind this page: its entries since are asked for once more.
            self.went_back = true;
            self.seq = server.seq;
            self.recent.clear();
            self.events.retain(|event| event.seq <= server.seq);
            return Taken::Hole;
        }
        let later: Vec<_> = self.recent.iter().copied().filter(|(seq, _)| *seq > server.seq).collect();
        let count = later.len();
        for (place, (seq, told)) in later.into_iter().enumerate() {
            self.tell(seq, told);
            self.bear_witness(seq, place + 1, count);
        }
        self.note_traces();
        Taken::New
    }

    /// What the server's twin comes to when it is told what this page has been told since, and how many entries it took in
    /// of that; `None` where the page noted the
    /// hash of its own twin at that entry, or has no twin to compare.
    fn brought_up(&self, server: ServerState<'_>) -> Option<(StateHash, u64)> {
        let is_known = self.recent.front().is_some_and(|(first, _)| *first <= server.seq + 1);
        if self.witness.has_noted(server.seq) || server.seq >= self.seq || !is_known {
            return None;
        }
        let mut twin = Twin::restore(self.model.clone(), server.bytes).ok()?;
        let later = self.recent.iter().filter(|(seq, _)| *seq > server.seq);
        later.filter_map(|(_, told)| *told).for_each(|told| twin.observe(&[told]));
        Some((twin.hash(), twin.counts().assimilated))
    }

    /// Tells the twin of entry `seq`, unless it was restored to a state after it.
    pub(super) fn tell(&mut self, seq: u64, told: Option<twin::Entry>) {
        let Some(twin) = &mut self.twin else { return };
        if self.witness.restored_at().is_some_and(|restored_at| seq <= restored_at) {
            return;
        }
        if let Some(told) = told {
            twin.observe(&[told]);
        }
    }

    /// Notes the hash of the twin after entry `seq`, the `place`th of `count` that came at once. Of many, the last alone
    /// is noted: the server looks at its twins after whole batches, and a hash costs more than an entry.
    pub(super) fn bear_witness(&mut self, seq: u64, place: usize, count: usize) {
        let Some(twin) = &self.twin else { return };
        let is_after = self.witness.restored_at().is_some_and(|restored_at| seq > restored_at);
        if is_after && (count <= FEW || place == count || self.witness.expects(seq)) {
            self.witness.stepped(seq, twin.hash(), twin.counts().assimilated);
        }
    }

    /// Keeps what the twin expected of each measurement, and what it says of all that nobody measures.
    pub(super) fn note_traces(&mut self) {
        let Some(twin) = &self.twin else { return };
        self.learned = twin.learned();
        let regimes = (0u16..).zip(twin.regimes());
        self.regimes = regimes.filter(|(_, share)| *share > 0.5).map(|(number, _)| number).collect();
        let is_measured = |i: usize| self.model.signals.get(i).is_some_and(|s| matches!(s.role, Role::Measured { .. }));
        let (measured, others): (Vec<usize>, Vec<usize>) = (0..self.traces.len()).partition(|i| is_measured(*i));
        let noted = measured.iter().filter_map(|i| self.traces[*i].newest()).max();
        let fresh = twin.innovations().rev().take_while(|said| noted.is_none_or(|noted| said.t >= noted));
        for said in fresh.copied().collect::<Vec<_>>().into_iter().rev() {
            if let Some(trace) = self.traces.get_mut(usize::from(said.signal)) {
                trace.push(BandPoint { t: said.t, band: said.expected });
            }
        }
        let Some(newest) = twin.newest() else { return };
        let pause = Span(self.model.horizon.0 / 2_000);
        let said = others.first().and_then(|i| self.traces[*i].newest());
        if said.is_some_and(|said| newest > said && newest - said < pause) {
            return;
        }
        let bands = twin.at(newest).bands;
        for i in others {
            if let Some(band) = bands.get(i) {
                self.traces[i].push(BandPoint { t: newest, band: *band });
            }
        }
    }
}
