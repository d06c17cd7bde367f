//! All the server does that is not HTTP: ingest, validate, keep, stream, run twins.

pub mod calibration;
pub mod catalog;
pub mod clocks;
pub mod contract;
pub mod counters;
pub mod doors;
pub mod hub;
pub mod ingest;
pub mod kpi;
pub mod pipeline;
pub mod quality;
pub mod quarantine;
pub mod refusals;
pub mod report;
pub mod search;
pub mod store;
pub mod survey;
#[cfg(test)]
mod testing;
pub mod twins;
pub mod validate;

use std::{path::Path, sync::Arc, thread::JoinHandle};

use twin::{Span, Timestamp, id::AssetId};
use wire::{
    ServerFrame, StoreId,
    view::{AssetView, HistoryView, PlantView},
};

pub use store::StoreError;

/// Every service, ready to use; cheap to clone.
#[derive(Debug, Clone)]
pub struct Services {
    /// The plant: assets, models, signals.
    pub catalog: Arc<catalog::Catalog>,
    /// What was taken in, durably.
    pub store: store::Store,
    /// Who hears of it.
    pub hub: hub::Hub,
    /// Each asset's time.
    pub clocks: Arc<clocks::Clocks>,
    /// The server's twins.
    pub twins: twins::Twins,
    /// The same as they were after entries of the past.
    pub hindsight: twins::hindsight::Hindsight,
    /// Stops, and what they and the twins' expectations come to.
    pub kpis: kpi::Kpis,
    /// What happened since the start, in numbers.
    pub counters: Arc<counters::Counters>,
    /// The way in.
    pub pipeline: pipeline::Pipeline,
    /// How the connectors are.
    pub doors: Arc<doors::Doors>,
    /// What the store holds, as it was measured last.
    pub extents: Arc<report::Extents>,
    /// The wall clock of whoever runs the services.
    pub clock: fn() -> Timestamp,
}

/// The threads behind `Services`.
#[derive(Debug)]
pub struct Running {
    twins: JoinHandle<()>,
    kpis: JoinHandle<()>,
    store: store::Threads,
}

impl Services {
    /// Opens the store at `path` and sets everything going; `clock` is the wall clock.
    pub fn start(
        path: &Path,
        catalog: catalog::Catalog,
        clock: fn() -> Timestamp,
    ) -> Result<(Services, Running), StoreError> {
        let catalog = Arc::new(catalog);
        let hub = hub::Hub::new(catalog.assets().len());
        let (twins, unstarted) = twins::channel(catalog.assets().len());
        let (kpis, uncomputed) = kpi::channel(&catalog);
        let (listeners, followers, figures) = (hub.clone(), twins.clone(), kpis.clone());
        let (store, threads) = store::Store::open(path, &catalog, clock(), move |batch| {
            listeners.publish(&batch);
            figures.committed(&batch);
            followers.committed(batch.asset(), batch.batch().last_seq());
        })?;
        let kept = store.reader()?.standings()?;
        let clocks = Arc::new(clocks::Clocks::start(&catalog, &kept, clock()));
        let thread = unstarted.start(catalog.clone(), store.clone(), hub.clone())?;
        let computing = uncomputed.start(store.clone(), twins.clone())?;
        let pipeline = pipeline::Pipeline::new(catalog.clone(), clocks.clone(), store.clone());
        let hindsight = twins::hindsight::Hindsight::new(catalog.clone(), store.clone());
        let (doors, extents, counters) = (Arc::default(), Arc::default(), store.counters().clone());
        let services =
            Services { catalog, store, hub, clocks, twins, hindsight, kpis, counters, pipeline, doors, extents, clock };
        Ok((services, Running { twins: thread, kpis: computing, store: threads }))
    }

    /// Keeps where everything stands, then ends the threads. What was acknowledged is on disk before this is called.
    pub async fn stop(self, running: Running) {
        self.keep_clocks().await;
        self.kpis.stop().await;
        self.twins.stop().await;
        let store = self.store.clone();
        drop(self);
        let ended = tokio::task::spawn_blocking(move || {
            if running.twins.join().is_err() {
                tracing::error!("the twins' thread panicked");
            }
            if running.kpis.join().is_err() {
                tracing::error!("the thread of key figures panicked");
            }
            store.close();
            running.store.join();
        });
        let _ = ended.await;
    }

    /// Keeps where the clocks stand, and has the store look after itself; to be called every second. Says whether
    /// they are on disk.
    pub async fn tick(&self) -> bool {
        let now = (self.clock)();
        let asset_times = (0..self.catalog.assets().len()).map(|asset| self.clocks.get(asset).now(now)).collect();
        self.store.look_after(asset_times, now);
        self.keep_clocks().await
    }

    /// Hears that the wall clock was set, so much further; to be called as soon as that is noticed.
    pub async fn wall_was_set(&self, by: Span) {
        self.clocks.wall_was_set(by);
        let now = (self.clock)();
        self.store.wall_was_set(by, now).await;
        for (number, asset) in self.catalog.assets().iter().enumerate() {
            let clock = self.clocks.get(number);
            // The server's time first: a clock says nothing without it.
            for frame in [ServerFrame::Alive { now }, ServerFrame::ClockSet { asset: asset.id.clone(), clock }] {
                self.hub.announce(number, hub::Carries::Clock, wire::encode(&frame).into());
            }
        }
    }

    async fn keep_clocks(&self) -> bool {
        self.store.keep_clocks(self.clocks.standings((self.clock)())).await
    }

    /// The plant as a page needs it, `now` being the wall clock.
    pub async fn plant(&self, now: Timestamp) -> Result<PlantView, StoreError> {
        let (mut assets, mut models, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for (number, asset) in self.catalog.assets().iter().enumerate() {
            let found = self.standing(number, now).await?;
            let known = hashes.iter().position(|hash| *hash == asset.model.hash);
            let model = known.unwrap_or_else(|| {
                hashes.push(asset.model.hash);
                models.push(asset.model.pack_closed());
                models.len() - 1
            });
            assets.push(AssetView {
                id: asset.id.clone(),
                title: asset.title.clone(),
                path: asset.path.clone(),
                zone: asset.zone.clone(),
                simulated: asset.simulated,
                badge: asset.badge.clone(),
                clock: self.clocks.get(number),
                model: model as u16,
                seq: found.seq,
                latest: found.latest,
                events: found.events,
                courses: asset.contracts().map(|contract| contract.kind.course()).collect(),
                found: self.twins.found(number),
                silent_after: asset.contracts().filter_map(|contract| contract.gap_after).min(),
                kinds: asset.kpi.kinds.clone(),
            });
        }
        Ok(PlantView { title: self.catalog.title.clone(), now, models, assets, store_id: StoreId(self.store.id()) })
    }

    /// Where asset number `asset` stands, `now` being the wall clock. Among its events is what it stands by, whatever was
    /// told since.
    pub async fn standing(&self, asset: usize, now: Timestamp) -> Result<store::Found, StoreError> {
        let open = self.kpis.open(asset, self.clocks.get(asset).now(now), u64::MAX);
        self.store.standing(asset, open).await
    }

    /// The newest entry of a signal, where there is one among the last entries of its asset.
    pub async fn newest_of(&self, asset: usize, signal: u16) -> Result<Option<u64>, StoreError> {
        const LAST: u64 = 20_000;
        const AT_ONCE: u64 = 500;
        let (last, _) = self.store.stand(asset);
        let read = move |reader: &mut store::Reader| {
            let mut to = last;
            while to > last.saturating_sub(LAST) {
                let from = to.saturating_sub(AT_ONCE);
                let is_of =
                    |what: &wire::What| matches!(what, wire::What::Sample { signal: own, .. } if *own == signal);
                let entries = reader.kept_entries(asset, from, (to - from) as usize)?;
                if let Some(kept) = entries.iter().rev().find(|kept| is_of(&kept.entry.what)) {
                    return Ok(Some(kept.seq));
                }
                to = from;
            }
            Ok(None)
        };
        self.store.ask(read).await
    }

    /// The samples of `signal` in `from..=to`, thinned to `width_px` columns (first, min, max and last a column).
    pub async fn history(
        &self,
        asset: &AssetId,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
        width_px: u32,
    ) -> Result<HistoryView, StoreError> {
        let number = self.number(asset)?;
        self.store.history(number, signal, from, to, width_px).await
    }

    /// The number of an asset in this process.
    pub fn number(&self, asset: &AssetId) -> Result<usize, StoreError> {
        self.catalog.number(asset.as_str()).ok_or_else(|| StoreError::UnknownAsset(asset.to_string()))
    }
}

/// Lets other threads go before this one; the higher `by`, up to 19, the more.
fn give_way(by: i32) {
    // Where it cannot be asked for, the thread goes on as it is.
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), by) {
        tracing::debug!(%error, "a thread has no lower priority");
    }
}
