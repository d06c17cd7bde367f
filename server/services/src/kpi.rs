//! Key figures of the plant: stops from events and telemetry, what they cost, and what the twins expect.
//!
//! What is told of stops is known by heart and put together anew for every report, so that late events count at once.
//! Telemetry is kept as cells, and a cell that a sample falls into is computed again.

pub mod by_hour;
pub mod calendar;
mod cells;
pub mod figures;
mod lost;
pub mod report;
mod risk;
mod stops;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use tokio::sync::mpsc;
use twin::Timestamp;
use wire::What;

use crate::{
    catalog::{Asset, Catalog},
    give_way,
    store::{Reader, Store, StoreError, StoredBatch},
    twins::Twins,
};
use cells::Cells;
pub use cells::hold;
pub use lost::Lost;
pub use report::{Question, Report, gather};
pub use risk::Risk;
pub use stops::{Known, Told};

/// How many requests wait for the thread.
const QUEUE: usize = 4;
/// Cells that are computed before another asset has its turn.
const STRIDE: usize = 32;
/// Twins that are asked what they expect at one tick: the others have their turn at the next.
const ASKED: usize = 8;

/// The key figures; cheap to clone.
#[derive(Debug, Clone)]
pub struct Kpis {
    asks: mpsc::Sender<Ask>,
    inside: Arc<Inside>,
}

#[derive(Debug)]
enum Ask {
    Look,
    Stop,
}

#[derive(Debug)]
struct Inside {
    catalog: Arc<Catalog>,
    /// By asset number.
    assets: Vec<Mutex<Kept>>,
}

/// What is known of one asset by heart.
#[derive(Debug, Default)]
struct Kept {
    /// In order of time. A report shares these and the cells, and what is told meanwhile makes a copy of them.
    told: Arc<Vec<Told>>,
    /// The kinds of events that say something of stops, by the numbers that these have.
    kinds: Arc<Vec<String>>,
    /// The first instant of which anything is kept.
    first: Option<Timestamp>,
    /// The newest sample of each signal that the rules ask for.
    newest: BTreeMap<u16, Timestamp>,
    cells: Arc<Cells>,
    /// Cells that are to be computed.
    due: BTreeSet<i64>,
    risk: Option<Risk>,
}

/// What was known of one asset when a report asked.
struct Heard {
    told: Arc<Vec<Told>>,
    kinds: Arc<Vec<String>>,
    first: Option<Timestamp>,
    cells: Arc<Cells>,
    risk: Option<Risk>,
    /// Cells before the last few hours that are to be computed.
    due: usize,
}

impl Kept {
    fn tell(&mut self, asset: &Asset, (t, until, seq): (Timestamp, Option<Timestamp>, u64), kind: &str) {
        self.first = self.first.into_iter().chain([t]).min();
        let Some(says) = asset.kpi.kinds.says(&asset.model, kind) else { return };
        let known = self.kinds.iter().position(|known| known == kind);
        let kind = known.unwrap_or_else(|| {
            let kinds = Arc::make_mut(&mut self.kinds);
            kinds.push(kind.to_owned());
            kinds.len() - 1
        });
        let place = self.told.partition_point(|told| (told.t, told.seq) <= (t, seq));
        Arc::make_mut(&mut self.told).insert(place, Told { t, seq, until, kind: kind as u16, says });
    }
}

/// The other end of `Kpis`.
#[derive(Debug)]
pub struct Unstarted {
    asks: mpsc::Receiver<Ask>,
    inside: Arc<Inside>,
}

/// Key figures that nobody computes yet.
pub fn channel(catalog: &Arc<Catalog>) -> (Kpis, Unstarted) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let assets = catalog.assets().iter().map(|_| Mutex::default()).collect();
    let inside = Arc::new(Inside { catalog: catalog.clone(), assets });
    (Kpis { asks: sender, inside: inside.clone() }, Unstarted { asks: receiver, inside })
}

impl Kpis {
    /// Hears what is kept from now on. Waits for no computation of cells, and for no report.
    pub fn committed(&self, batch: &StoredBatch) {
        let asset = &self.inside.catalog.assets()[batch.asset()];
        let asked = cells::asked(asset);
        let mut kept = self.inside.kept(batch.asset());
        for (seq, entry) in (batch.batch().first_seq..).zip(&batch.batch().entries) {
            match &entry.what {
                What::Event { kind, until, .. } => kept.tell(asset, (entry.t, *until, seq), kind),
                What::Sample { signal, .. } => {
                    if kept.first.is_none_or(|first| entry.t < first) {
                        kept.first = Some(entry.t);
                    }
                    if asked.contains(signal) {
                        let newest = kept.newest.get(signal).copied();
                        kept.due.extend(cells::touched(asset, *signal, entry.t, newest));
                        kept.newest.insert(*signal, newest.map_or(entry.t, |newest| newest.max(entry.t)));
                    }
                }
            }
        }
    }

    /// Has what telemetry changed computed, and the twins asked what they expect; to be called every few seconds.
    pub fn tick(&self) {
        // A full queue: the thread looks anyway.
        let _ = self.asks.try_send(Ask::Look);
    }

    /// Has the thread end.
    pub async fn stop(&self) {
        let _ = self.asks.send(Ask::Stop).await;
    }

    /// What is known of an asset whose time is `now`; holds up nobody who is to tell more.
    fn heard(&self, asset: usize, now: Timestamp) -> Heard {
        let kept = self.inside.kept(asset);
        // What came in just now is always about to be computed: only what lies behind is worth a word.
        let due = kept.due.range(..cells::number(now - cells::CELL)).count();
        Heard {
            told: kept.told.clone(),
            kinds: kept.kinds.clone(),
            first: kept.first,
            cells: kept.cells.clone(),
            risk: kept.risk.clone(),
            due,
        }
    }
}

impl Inside {
    fn kept(&self, asset: usize) -> MutexGuard<'_, Kept> {
        self.assets[asset].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what there is to know at the start.
    fn recall(&self, reader: &mut Reader, store: &Store) -> Result<(), StoreError> {
        for (number, asset) in self.catalog.assets().iter().enumerate() {
            let occurrences = reader.occurrences(number)?;
            let first = reader.first(number)?;
            let (_, latest) = store.stand(number);
            let mut kept = self.kept(number);
            kept.first = first;
            for found in occurrences {
                kept.tell(asset, (found.t, found.until, found.seq), &found.kind);
            }
            let asked = cells::asked(asset);
            let of_rules = latest.iter().filter(|latest| asked.contains(&latest.signal));
            kept.newest = of_rules.map(|latest| (latest.signal, latest.t)).collect();
            if let (Some(first), Some(newest)) = (first, kept.newest.values().max().copied()) {
                kept.due.extend(cells::number(first)..=cells::number(newest));
            }
        }
        Ok(())
    }

    /// Computes some cells of an asset that are due; whether there are more.
    fn compute(&self, reader: &mut Reader, store: &Store, number: usize) -> Result<bool, StoreError> {
        let asset = &self.catalog.assets()[number];
        for _ in 0..STRIDE {
            let Some(cell) = self.kept(number).due.pop_first() else { return Ok(false) };
            let (_, latest) = store.stand(number);
            let newest = |signal| latest.iter().find(|latest| latest.signal == signal).map(|latest| latest.t);
            match cells::compute(reader, number, asset, cell, newest) {
                Ok(made) if made == Default::default() => {
                    Arc::make_mut(&mut self.kept(number).cells).remove(&cell);
                }
                Ok(made) => {
                    Arc::make_mut(&mut self.kept(number).cells).insert(cell, made);
                }
                Err(error) => {
                    self.kept(number).due.insert(cell);
                    return Err(error);
                }
            }
        }
        Ok(!self.kept(number).due.is_empty())
    }
}

impl Unstarted {
    /// Reads what is told of stops, then computes whenever it is asked to.
    pub fn start(self, store: Store, twins: Twins) -> Result<JoinHandle<()>, StoreError> {
        let mut reader = store.reader()?;
        self.inside.recall(&mut reader, &store)?;
        let computing = Computing { inside: self.inside, store, twins, reader, turn: 0 };
        std::thread::Builder::new()
            .name("kpis".into())
            .spawn(move || computing.run(self.asks))
            .map_err(|error| StoreError::File(Arc::new(error)))
    }
}

struct Computing {
    inside: Arc<Inside>,
    store: Store,
    twins: Twins,
    reader: Reader,
    /// The asset whose twin is asked next.
    turn: usize,
}

impl Computing {
    fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        give_way(19);
        while let Some(Ask::Look) = asks.blocking_recv() {
            if self.compute_all(&mut asks) {
                return;
            }
            self.ask_twins();
        }
    }

    /// Computes all that is due; whether it was told to stop meanwhile.
    fn compute_all(&mut self, asks: &mut mpsc::Receiver<Ask>) -> bool {
        loop {
            let mut is_more = false;
            for number in 0..self.inside.assets.len() {
                match self.inside.compute(&mut self.reader, &self.store, number) {
                    Ok(more) => is_more |= more,
                    Err(error) => tracing::error!(%error, "key figures could not be computed"),
                }
                if matches!(asks.try_recv(), Ok(Ask::Stop)) {
                    return true;
                }
            }
            if !is_more {
                return false;
            }
        }
    }

    /// Asks some twins that know more than when they were asked last.
    fn ask_twins(&mut self) {
        let count = self.inside.assets.len();
        let mut asked = 0;
        for offset in 0..count {
            let number = (self.turn + offset) % count;
            let known = self.inside.kept(number).risk.as_ref().map_or(0, |risk| risk.seq);
            if self.twins.seq(number) == known {
                continue;
            }
            if asked == ASKED {
                self.turn = number;
                return;
            }
            asked += 1;
            let Some(checkpoint) = futures::executor::block_on(self.twins.current(number)) else { return };
            let found = risk::risk(&self.inside.catalog.assets()[number], &checkpoint);
            self.inside.kept(number).risk = found;
        }
    }
}
