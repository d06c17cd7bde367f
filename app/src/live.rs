//! What moves: the socket's state, the assets of this tab, and the one revision an asset that pages watch.
//!
//! Samples never enter a reactive signal: those carry *that* something changed, and readers look up what.

pub mod asset;
pub mod calibration;
pub mod condition;
pub mod cost;
pub mod crew;
pub mod diagnosis;
pub mod errand;
pub mod flags;
pub mod flat;
pub mod fleet;
pub mod foresight;
pub mod held;
pub mod hint;
pub mod keepsake;
pub mod kept;
pub mod lab;
pub mod lanes;
mod learned;
pub mod link;
pub mod loss;
pub mod outlook;
pub mod past;
pub mod pin;
pub mod ranking;
pub mod replay;
pub mod stretch;
pub mod trace;
pub mod track;
pub mod verification;
pub mod zones;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use leptos::{
    prelude::*,
    reactive::graph::{AnySource, Observer, Source, Subscriber, ToAnySource},
};
use twin::{Model, Span, Timestamp, gauge::Seal, id::AssetId};
use wire::{ServerFrame, StoreId, frame::Subscription, view::PlantView};

use asset::LiveAsset;
use fleet::{Applied, Fleet};
use link::{LinkStatus, Millis};

/// How far what models have learned has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Opening {
    /// Nobody has asked for it, or all of it is there.
    #[default]
    Rests,
    Coming,
    /// It was asked for and did not come.
    Lost,
}

/// A handle to everything live in this tab; on the server, to the plant as one page shows it.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    fleet: StoredValue<Fleet>,
    /// In order of the ids.
    revisions: StoredValue<Vec<(AssetId, RwSignal<u64>)>>,
    pub link: RwSignal<LinkStatus>,
    /// The wall clock when the last frame came before the link was lost, as long as it is.
    lost_at: StoredValue<Option<Timestamp>>,
    /// Whole seconds until the next try, while there is no link.
    pub retry_in_secs: RwSignal<u64>,
    /// What the server did not grant.
    pub refusal: RwSignal<Option<String>>,
    /// Where this page was kept on this device and there is no server: when what is shown was kept, else 0.
    pub kept_at_micros: RwSignal<u64>,
    /// How far what models have learned has come.
    pub opening: RwSignal<Opening>,
    /// Whether the page runs in a browser by now, and may say what the server could not know: local time.
    pub is_mounted: RwSignal<bool>,
}

impl Live {
    pub fn new(plant: PlantView) -> Live {
        Live::of(Fleet::of(plant), LinkStatus::Connecting)
    }

    /// An asset of this tab by itself, with nothing measured and no link: what a replay moves. `None` where there is none.
    pub fn replayed(&self, asset_id: &AssetId) -> Option<Live> {
        let fleet = self.fleet.with_value(|fleet| fleet.alone(asset_id))?;
        Some(Live::of(fleet, LinkStatus::Replay))
    }

    /// Whether what is shown is of the past, and nothing is asked of the server but by whoever replays it.
    pub fn is_replayed(&self) -> bool {
        self.link.get_untracked() == LinkStatus::Replay
    }

    fn of(fleet: Fleet, link: LinkStatus) -> Live {
        let revisions = fleet.assets().map(|asset| (asset.view.id.clone(), RwSignal::new(0))).collect();
        Live {
            fleet: StoredValue::new(fleet),
            revisions: StoredValue::new(revisions),
            link: RwSignal::new(link),
            lost_at: StoredValue::new(None),
            retry_in_secs: RwSignal::new(0),
            refusal: RwSignal::new(None),
            kept_at_micros: RwSignal::new(0),
            opening: RwSignal::new(Opening::default()),
            is_mounted: RwSignal::new(false),
        }
    }

    pub fn fleet<R>(&self, read: impl FnOnce(&Fleet) -> R) -> R {
        let (mut read, mut result) = (Some(read), None);
        self.see_fleet(&mut |fleet| result = read.take().map(|read| read(fleet)));
        result.expect("whoever is shown the fleet reads it")
    }

    fn see_fleet(&self, see: &mut dyn FnMut(&Fleet)) {
        self.fleet.with_value(|fleet| see(fleet));
    }

    /// Reads an asset at its own now, and again whenever it changed.
    pub fn watch<R>(&self, asset_id: &AssetId, read: impl FnOnce(&LiveAsset, Timestamp) -> R) -> Option<R> {
        if let Some(revision) = self.revision(asset_id) {
            follow(revision.to_any_source());
        }
        self.read(asset_id, read)
    }

    /// Reads an asset at its own now.
    pub fn read<R>(&self, asset_id: &AssetId, read: impl FnOnce(&LiveAsset, Timestamp) -> R) -> Option<R> {
        let (mut read, mut result) = (Some(read), None);
        self.see(asset_id, &mut |asset, now| result = read.take().map(|read| read(asset, now)));
        result
    }

    /// Of one type, however many read: what is generic is in the program once a reader.
    /// A replay's assets are gone with its page, which a canvas may outlive until the next paint.
    fn see(&self, asset_id: &AssetId, see: &mut dyn FnMut(&LiveAsset, Timestamp)) {
        self.fleet.try_with_value(|fleet| {
            if let Some(asset) = fleet.asset(asset_id) {
                see(asset, fleet.asset_now(asset));
            }
        });
    }

    /// Changes an asset; what watches it is told at the next `show`.
    pub fn change<R>(&self, asset_id: &AssetId, change: impl FnOnce(&mut LiveAsset, Timestamp) -> R) -> Option<R> {
        let (mut change, mut result) = (Some(change), None);
        self.alter(asset_id, &mut |asset, now| result = change.take().map(|change| change(asset, now)));
        result
    }

    fn alter(&self, asset_id: &AssetId, alter: &mut dyn FnMut(&mut LiveAsset, Timestamp)) {
        self.fleet.try_update_value(|fleet| {
            let wall = fleet.now;
            if let Some(asset) = fleet.asset_mut(asset_id) {
                let now = asset.clock.now(wall);
                alter(asset, now);
            }
        });
    }

    /// See `Fleet::closed`.
    pub fn closed(&self) -> Vec<(Arc<[u8]>, Vec<Seal>)> {
        self.fleet.with_value(Fleet::closed)
    }

    /// See `Fleet::open`.
    pub fn open(&self, packed: &Arc<[u8]>, model: Model) {
        self.fleet.update_value(|fleet| fleet.open(packed, Arc::new(model)));
        self.asset_ids().iter().for_each(|asset_id| self.show(asset_id));
    }

    /// Whether the asset has all that its model has learned; the caller is told once it has.
    pub fn is_open(&self, asset_id: &AssetId) -> bool {
        self.read(asset_id, |asset, _| asset.model.is_open()) == Some(true)
            || self.watch(asset_id, |asset, _| asset.model.is_open()) == Some(true)
    }

    pub fn apply(&self, frame: ServerFrame) -> Applied {
        let mut applied = Applied::Nothing;
        self.fleet.update_value(|fleet| applied = fleet.apply(frame));
        applied
    }

    pub fn tell_now(&self, now: Timestamp) {
        self.fleet.update_value(|fleet| fleet.now = now);
    }

    /// The link is so by now, before what it brought is applied: from the moment it is lost twins predict in the place of
    /// measurements, and once it is back what they predicted stands to be compared.
    pub fn tell_link(&self, status: LinkStatus, now: Millis) {
        let (wall, lost_at) = (self.fleet.with_value(|fleet| fleet.now), self.lost_at.get_value());
        match (status.lost_since(now), lost_at) {
            (Some(since), None) => {
                let kept_at = Timestamp(self.kept_at_micros.get_untracked() as i64);
                let last = Timestamp(wall.0 - (now.saturating_sub(since) * 1_000) as i64);
                self.lost_at.set_value(Some(if kept_at.0 > 0 { kept_at } else { last }));
                self.fleet.update_value(|fleet| fleet.assets_mut().for_each(LiveAsset::lose));
            }
            (None, Some(lost_at)) if status == LinkStatus::Live => {
                self.lost_at.set_value(None);
                let length = Span((wall - lost_at).0.max(0));
                self.fleet.update_value(|fleet| fleet.assets_mut().for_each(|asset| asset.regain(wall, length)));
            }
            _ => {}
        }
    }

    /// Lets everything that watches this asset look again.
    pub fn show(&self, asset_id: &AssetId) {
        if let Some(revision) = self.revision(asset_id) {
            revision.update(|n| *n += 1);
        }
    }

    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.fleet.with_value(Fleet::subscriptions)
    }

    /// The store that the seqs of this tab are of.
    pub fn store_id(&self) -> StoreId {
        self.fleet.with_value(|fleet| fleet.store_id)
    }

    pub fn asset_ids(&self) -> Vec<AssetId> {
        self.fleet.with_value(|fleet| fleet.order.clone())
    }

    fn revision(&self, asset_id: &AssetId) -> Option<RwSignal<u64>> {
        let of = |revisions: &Vec<(AssetId, RwSignal<u64>)>| {
            let at = revisions.binary_search_by(|(own, _)| own.cmp(asset_id)).ok()?;
            Some(revisions[at].1)
        };
        self.revisions.try_with_value(of).flatten()
    }
}

/// The value of a signal that lives as long as the tab; the caller is told of its next one.
pub fn heard<T: Clone + Send + Sync + 'static>(signal: RwSignal<T>) -> T {
    follow(signal.to_any_source());
    signal.get_untracked()
}

/// Has `source` tell the caller of changes until the caller runs again or is gone: left to itself, a signal that outlives
/// pages remembers all who ever listened, and asks each of them at every change.
fn follow(source: AnySource) {
    if let Some(observer) = Observer::get() {
        observer.add_source(source.clone());
        source.add_subscriber(observer.clone());
        on_cleanup(move || source.remove_subscriber(&observer));
    }
}
