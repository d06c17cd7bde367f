//! One twin an asset on committed batches, in order of seq, on a thread of its own; and its checkpoints.

mod alarms;
mod estimates;
pub mod hindsight;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use twin::{KERNEL_VERSION, Twin, detect::Findings};

pub use self::alarms::KIND as ALARM;
use self::{alarms::Alarms, estimates::Hours};
use crate::{
    catalog::{Asset, Catalog},
    give_way,
    hub::{Carries, Hub},
    store::{Reader, Store, StoreError},
};

/// How many requests wait for the twins' thread.
const QUEUE: usize = 256;
/// How many entries a twin is told before somebody else has their turn.
const STRIDE: usize = 64;
/// How many of the newest entries a twin without a checkpoint starts from.
const LONGEST_REPLAY: u64 = 50_000;

enum Ask {
    /// There may be new entries.
    Look,
    /// Send every changed twin's state to all who listen.
    Tell,
    /// Send one twin's state to whoever asks.
    Current {
        asset: usize,
        answer: oneshot::Sender<Checkpoint>,
    },
    Stop,
}

/// A twin's state as a frame.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    pub seq: u64,
    pub frame: Bytes,
}

/// The way to the twins' thread; cheap to clone.
#[derive(Debug, Clone)]
pub struct Twins {
    asks: mpsc::Sender<Ask>,
    /// The last seq committed, by asset number.
    committed: Arc<[AtomicU64]>,
    /// The last seq that the twin was told, by asset number.
    told: Arc<[AtomicU64]>,
    found: Found,
}

/// What each twin finds after the last entry that it was told, by asset number.
type Found = Arc<[Mutex<Option<Findings>>]>;

/// The other end of `Twins`.
pub struct Unstarted {
    asks: mpsc::Receiver<Ask>,
    committed: Arc<[AtomicU64]>,
    told: Arc<[AtomicU64]>,
    found: Found,
}

/// A way to twins that do not run yet.
pub fn channel(assets: usize) -> (Twins, Unstarted) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let seqs = || -> Arc<[AtomicU64]> { (0..assets).map(|_| AtomicU64::new(0)).collect() };
    let (committed, told) = (seqs(), seqs());
    let found: Found = (0..assets).map(|_| Mutex::default()).collect();
    let twins = Twins { asks: sender, committed: committed.clone(), told: told.clone(), found: found.clone() };
    (twins, Unstarted { asks: receiver, committed, told, found })
}

impl Twins {
    /// Says that entries up to `seq` are kept. Never blocks: a full queue means that the thread looks anyway.
    pub fn committed(&self, asset: usize, seq: u64) {
        self.committed[asset].fetch_max(seq, Ordering::Release);
        let _ = self.asks.try_send(Ask::Look);
    }

    /// How far the twin of asset number `asset` has come.
    pub fn seq(&self, asset: usize) -> u64 {
        self.told[asset].load(Ordering::Acquire)
    }

    /// What the twin of asset number `asset` finds; `None` before it was told anything.
    pub fn found(&self, asset: usize) -> Option<Findings> {
        *self.found[asset].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has every twin that moved send its state to all who listen, and keep it.
    pub fn tick(&self) {
        let _ = self.asks.try_send(Ask::Tell);
    }

    /// The state of an asset's twin after every entry that is kept now; an older one while the twin has many entries
    /// to catch up with.
    pub async fn current(&self, asset: usize) -> Option<Checkpoint> {
        let (answer, current) = oneshot::channel();
        self.asks.send(Ask::Current { asset, answer }).await.ok()?;
        current.await.ok()
    }

    /// Whether the twins' thread lives.
    pub fn is_running(&self) -> bool {
        !self.asks.is_closed()
    }

    /// Has the thread keep every twin's state and end, however much there is to catch up with.
    pub async fn stop(&self) {
        let _ = self.asks.send(Ask::Stop).await;
    }
}

impl Unstarted {
    /// Restores every twin from its newest checkpoint, follows the store from there, and answers requests.
    pub fn start(self, catalog: Arc<Catalog>, store: Store, hub: Hub) -> Result<JoinHandle<()>, StoreError> {
        let reader = store.reader()?;
        let (told, found) = (self.told.clone(), self.found.clone());
        let twins = Following { catalog, store, hub, reader, followed: Vec::new(), told, found, turn: 0 };
        std::thread::Builder::new()
            .name("twins".into())
            .spawn(move || twins.run(self))
            .map_err(|error| StoreError::File(Arc::new(error)))
    }
}

struct Following {
    catalog: Arc<Catalog>,
    store: Store,
    hub: Hub,
    reader: Reader,
    followed: Vec<Followed>,
    /// What `Twins::seq` tells.
    told: Arc<[AtomicU64]>,
    /// What `Twins::found` tells.
    found: Found,
    /// The asset whose turn it is to catch up.
    turn: usize,
}

struct Followed {
    twin: Twin,
    /// The last entry that the twin was told.
    seq: u64,
    /// The last state that was encoded.
    last: Option<Checkpoint>,
    /// The last state that is in the store.
    kept: Option<u64>,
    /// The last state that everybody was told.
    told: Option<u64>,
    /// Whether there may be entries that the twin was not told.
    is_behind: bool,
    alarms: Alarms,
    hours: Hours,
    /// Up to here an alarm is no news: a twin that begins anew finds those again that were told long ago.
    known_until: u64,
}

impl Followed {
    /// A new twin of an asset whose newest entry is `newest`.
    fn anew(asset: &Asset, newest: u64) -> Followed {
        let twin = Twin::new(asset.model.clone(), asset.seed());
        let (seq, alarms, hours) = (newest.saturating_sub(LONGEST_REPLAY), Alarms::default(), Hours::default());
        Followed { twin, seq, last: None, kept: None, told: None, is_behind: true, alarms, hours, known_until: newest }
    }
}

impl Following {
    fn run(mut self, mut way: Unstarted) {
        // What comes in goes first: a twin that is behind reads on later, and nothing is lost.
        give_way(15);
        let catalog = self.catalog.clone();
        for (number, asset) in catalog.assets().iter().enumerate() {
            let followed = self.pick_up(number, asset);
            self.followed.push(followed);
            self.tell_stand(number);
        }
        // Requests go before entries: a backlog of one asset keeps nobody else waiting.
        while let Some(ask) = self.next(&mut way.asks) {
            match ask {
                Ask::Look => {}
                Ask::Tell => (0..self.followed.len()).for_each(|asset| self.tell(asset)),
                Ask::Current { asset, answer } => {
                    // Whoever asked may have gone.
                    let _ = answer.send(self.current(asset));
                }
                Ask::Stop => break,
            }
            // After every request: a look that found the queue full is not in it.
            for (followed, committed) in self.followed.iter_mut().zip(&*way.committed) {
                followed.is_behind |= committed.load(Ordering::Acquire) > followed.seq;
            }
        }
        for asset in 0..self.followed.len() {
            self.checkpoint(asset);
        }
    }

    /// The next request; until there is one, twins that are behind take turns.
    fn next(&mut self, asks: &mut mpsc::Receiver<Ask>) -> Option<Ask> {
        loop {
            match asks.try_recv() {
                Ok(ask) => return Some(ask),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
                Err(mpsc::error::TryRecvError::Empty) => {}
            }
            let mut turns = (self.turn..self.followed.len()).chain(0..self.turn);
            let Some(asset) = turns.find(|asset| self.followed[*asset].is_behind) else {
                return asks.blocking_recv();
            };
            self.advance(asset);
            self.turn = asset + 1;
        }
    }

    /// The twin as it was last kept, or a new one.
    fn pick_up(&mut self, number: usize, asset: &Asset) -> Followed {
        let kept = self.reader.checkpoints(number, asset.model.hash, KERNEL_VERSION, u64::MAX);
        for row in report(kept).into_iter().flatten() {
            match Twin::restore(asset.model.clone(), &row.bytes) {
                Ok(twin) if twin.hash() == row.hash => {
                    let last = Some(self.encoded(&row));
                    let kept = Some(row.seq);
                    let mut alarms = Alarms::default();
                    alarms.resume(&twin);
                    let (seq, known_until, hours) = (row.seq, row.seq, Hours::known(&twin));
                    return Followed { twin, seq, last, kept, told: None, is_behind: true, alarms, hours, known_until };
                }
                Ok(_) => tracing::warn!(asset = %asset.id, seq = row.seq, "a checkpoint does not come to its own hash"),
                Err(error) => tracing::warn!(asset = %asset.id, seq = row.seq, ?error, "a checkpoint does not fit"),
            }
        }
        Followed::anew(asset, self.store.stand(number).0)
    }

    /// Tells the twin the next entries that are kept and that it does not know.
    fn advance(&mut self, asset: usize) {
        let followed = &mut self.followed[asset];
        followed.is_behind = false;
        let Some(batch) = report(self.reader.entries(asset, followed.seq, STRIDE)) else { return };
        if batch.entries.is_empty() {
            return;
        }
        followed.is_behind = batch.last_seq() < self.store.stand(asset).0;
        let model = followed.twin.model().clone();
        let told: Vec<_> = batch.entries.iter().filter_map(|entry| entry.observed(&model)).collect();
        let is_news = batch.last_seq() > followed.known_until;
        let mut happenings = Vec::new();
        for instant in told.chunk_by(|one, next| one.t == next.t) {
            followed.twin.observe(instant);
            followed.hours.look(&followed.twin);
            if is_news {
                happenings.extend(followed.alarms.look(&followed.twin));
            }
        }
        followed.hours.keep(&self.store, &self.catalog.assets()[asset].id);
        followed.seq = batch.last_seq();
        if !is_news {
            followed.alarms.forgo(&followed.twin);
        }
        self.tell_stand(asset);
        alarms::keep(&self.store, asset, happenings);
    }

    fn tell(&mut self, asset: usize) {
        self.advance(asset);
        if self.followed[asset].told == Some(self.followed[asset].seq) {
            return;
        }
        let checkpoint = self.checkpoint(asset);
        self.followed[asset].told = Some(checkpoint.seq);
        self.hub.announce(asset, Carries::Checkpoint, checkpoint.frame);
    }
}

/// Twins go on without what the store could not give; the next look asks again.
fn report<T>(answer: Result<T, StoreError>) -> Option<T> {
    answer.inspect_err(|error| tracing::error!(%error, "the twins could not read the store")).ok()
}
