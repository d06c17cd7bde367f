//! The states of twins as frames, and as rows of the store.

use std::sync::{PoisonError, atomic::Ordering};

use twin::KERNEL_VERSION;
use wire::ServerFrame;

use super::{Checkpoint, Followed, Following};
use crate::store::CheckpointRow;

impl Following {
    /// Lets all threads know how far the twin has come, and what it finds there.
    pub(super) fn tell_stand(&self, asset: usize) {
        let Followed { twin, seq, .. } = &self.followed[asset];
        *self.found[asset].lock().unwrap_or_else(PoisonError::into_inner) = twin.findings();
        self.told[asset].store(*seq, Ordering::Release);
    }

    /// The twin's state after every entry; where these are too many for one turn, the last state that was encoded.
    pub(super) fn current(&mut self, asset: usize) -> Checkpoint {
        if !self.followed[asset].is_behind || self.followed[asset].last.is_none() {
            self.advance(asset);
        }
        let followed = &self.followed[asset];
        match &followed.last {
            Some(last) if followed.is_behind => last.clone(),
            _ => self.state(asset),
        }
    }

    /// The twin's state as it is now. Not kept: many may ask in a moment, and the store has other work.
    pub(super) fn state(&mut self, asset: usize) -> Checkpoint {
        let followed = &self.followed[asset];
        match followed.last.as_ref().filter(|last| last.seq == followed.seq) {
            Some(last) => last.clone(),
            None => self.encode(asset).0,
        }
    }

    /// The twin's state as it is now; kept in the store if it is new.
    pub(super) fn checkpoint(&mut self, asset: usize) -> Checkpoint {
        let followed = &self.followed[asset];
        if followed.kept == Some(followed.seq) {
            return self.state(asset);
        }
        let (checkpoint, row) = self.encode(asset);
        self.followed[asset].kept = Some(row.seq);
        self.store.keep_checkpoint(row);
        checkpoint
    }

    fn encode(&mut self, asset: usize) -> (Checkpoint, CheckpointRow) {
        let followed = &self.followed[asset];
        let state = followed.twin.checkpoint();
        let row = CheckpointRow {
            asset,
            seq: followed.seq,
            model_hash: followed.twin.model().hash,
            kernel_version: KERNEL_VERSION,
            bytes: state.bytes,
            hash: state.hash,
        };
        let checkpoint = self.encoded(&row);
        self.followed[asset].last = Some(checkpoint.clone());
        (checkpoint, row)
    }

    pub(super) fn encoded(&self, row: &CheckpointRow) -> Checkpoint {
        let frame = ServerFrame::Checkpoint {
            asset: self.catalog.assets()[row.asset].id.clone(),
            seq: row.seq,
            model_hash: row.model_hash,
            kernel_version: row.kernel_version,
            bytes: row.bytes.clone(),
            hash: row.hash,
        };
        Checkpoint { seq: row.seq, frame: wire::encode(&frame).into() }
    }
}
