//! What is asked of the store: a few connections that read beside the writer, off the threads that serve.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tokio::sync::Semaphore;
use twin::Timestamp;
use wire::{Batch, frame::Latest, view::HistoryView};

use super::{Found, KeptEntry, Lineage, Reader, Shared, Store, StoreError, read::Layout};

/// Readers that are at work at once.
pub(super) const MOST: usize = 2;

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) room: Arc<Semaphore>,
    pub(super) idle: Mutex<Vec<Reader>>,
    layout: Arc<Layout>,
    path: PathBuf,
    shared: Arc<Shared>,
}

impl Readers {
    pub fn new(path: &Path, layout: &Arc<Layout>, shared: &Arc<Shared>) -> Readers {
        Readers {
            room: Arc::new(Semaphore::new(MOST)),
            idle: Mutex::default(),
            layout: layout.clone(),
            path: path.to_path_buf(),
            shared: shared.clone(),
        }
    }

    fn open(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.path, &self.layout, &self.shared.damages)
    }
}

impl Store {
    /// A reading connection of one's own, for a thread that blocks.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        self.readers.open()
    }

    /// Where asset number `asset` stands: its last seq, the newest value of each signal, its last events and those whose seqs
    /// are `open`.
    pub async fn standing(&self, asset: usize, open: Vec<u64>) -> Result<Found, StoreError> {
        let (seq, latest) = self.stand(asset);
        let events = self.ask(move |reader| reader.events(asset, &open)).await?;
        Ok(Found { seq, latest, events })
    }

    /// The last seq of asset number `asset` and the newest value of each signal by measured time.
    pub fn stand(&self, asset: usize) -> (u64, Vec<Latest>) {
        self.shared.get(asset)
    }

    /// The entries of asset number `asset` after seq `after` with where they came from, at most `limit` of them,
    /// whatever is gone between them.
    pub async fn kept_entries(&self, asset: usize, after: u64, limit: usize) -> Result<Vec<KeptEntry>, StoreError> {
        self.ask(move |reader| reader.kept_entries(asset, after, limit)).await
    }

    /// The entries of asset number `asset` after seq `after`, at most `limit` of them.
    pub async fn entries(&self, asset: usize, after: u64, limit: usize) -> Result<Batch, StoreError> {
        self.ask(move |reader| reader.entries(asset, after, limit)).await
    }

    /// Where entry `seq` of asset number `asset` came from; `None` for what is not kept, or an event.
    pub async fn lineage(&self, asset: usize, seq: u64) -> Result<Option<Lineage>, StoreError> {
        self.ask(move |reader| {
            let found = reader.kept_entries(asset, seq.saturating_sub(1), 1)?;
            let Some(KeptEntry { entry, from: Some(from), .. }) = found.into_iter().find(|kept| kept.seq == seq) else {
                return Ok(None);
            };
            let origin = reader.origin(from.origin)?;
            Ok(Some(Lineage { entry, from, origin, unit: reader.unit(from.unit)? }))
        })
        .await
    }

    /// The samples of a signal in `from..=to`, thinned to first, min, max and last of each of `width_px` columns.
    pub async fn history(
        &self,
        asset: usize,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
        width_px: u32,
    ) -> Result<HistoryView, StoreError> {
        self.ask(move |reader| reader.history(asset, signal, from, to, width_px)).await
    }

    /// How many items were refused, by reason.
    pub async fn rejection_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.ask(Reader::rejection_counts).await
    }

    /// Asks a reader something, off the threads that serve.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.clone();
        let room = self.readers.room.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let answer = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone before there is an answer: the reader is taken until then all the same.
            let _room = room;
            let idle = readers.idle.lock().expect("no one panics with the readers in hand").pop();
            let mut reader = match idle {
                Some(reader) => reader,
                None => readers.open()?,
            };
            let answer = question(&mut reader);
            let mut idle = readers.idle.lock().expect("no one panics with the readers in hand");
            if idle.len() < MOST {
                idle.push(reader);
            }
            answer
        });
        answer.await.unwrap_or(Err(StoreError::Closed))
    }
}
