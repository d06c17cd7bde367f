//! All assets of this tab, moved only by the server's frames and by the time that it is told.

use std::{collections::BTreeMap, sync::Arc};

use twin::{Model, Timestamp, gauge::Seal, id::AssetId};
use wire::{
    ServerFrame, StoreId,
    frame::Subscription,
    view::{AssetView, PlantView},
};

use super::asset::{LiveAsset, ServerState, Taken};

/// What a frame asks of the owner.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// Nothing on screen changed.
    Nothing,
    /// This asset is to be drawn again.
    Changed(AssetId),
    /// Entries of this asset are missing: subscribe to it again.
    Missing(Subscription),
    /// The server's wall clock.
    Told(Timestamp),
    /// The server has another store than before: nothing that was shown holds.
    StartedOver(Timestamp),
    /// The server did not grant a request.
    Refused(String),
}

#[derive(Debug)]
pub struct Fleet {
    pub title: String,
    /// The wall clock, as last told.
    pub now: Timestamp,
    /// The store that every seq is of.
    pub store_id: StoreId,
    /// In the plant's order.
    pub order: Vec<AssetId>,
    /// Assets whose model this page cannot read.
    pub unreadable: Vec<AssetView>,
    assets: BTreeMap<AssetId, LiveAsset>,
}

impl Fleet {
    pub fn of(plant: PlantView) -> Fleet {
        let mut fleet = Fleet {
            title: plant.title,
            now: plant.now,
            store_id: plant.store_id,
            order: Vec::new(),
            unreadable: Vec::new(),
            assets: BTreeMap::new(),
        };
        let read = |packed: Vec<u8>| {
            Model::unpack_closed(&packed).ok().map(|model| (Arc::new(model), Arc::<[u8]>::from(packed)))
        };
        let models: Vec<_> = plant.models.into_iter().map(read).collect();
        for view in plant.assets {
            match models.get(usize::from(view.model)).cloned().flatten() {
                Some((model, packed)) => {
                    fleet.order.push(view.id.clone());
                    fleet.assets.insert(view.id.clone(), LiveAsset::new(view, model, packed));
                }
                None => fleet.unreadable.push(view),
            }
        }
        fleet
    }

    /// The models whose gauges read nothing yet, as they were packed, each once; and the seals of what they read with.
    pub fn closed(&self) -> Vec<(Arc<[u8]>, Vec<Seal>)> {
        let mut closed: Vec<(Arc<[u8]>, Vec<Seal>)> = Vec::new();
        for asset in self.assets.values().filter(|asset| !asset.model.is_open()) {
            if closed.iter().all(|(packed, _)| *packed != asset.packed) {
                let seals = asset.model.gauges.iter().map(|gauge| gauge.seal).collect();
                closed.push((asset.packed.clone(), seals));
            }
        }
        closed
    }

    /// Has every asset of this model follow the one whose gauges read.
    pub fn open(&mut self, packed: &Arc<[u8]>, model: Arc<Model>) {
        self.assets.values_mut().filter(|asset| asset.packed == *packed).for_each(|asset| asset.open(model.clone()));
    }

    /// One of its assets as if nothing had been measured of it, by a clock that is told.
    pub fn alone(&self, asset_id: &AssetId) -> Option<Fleet> {
        let asset = self.assets.get(asset_id)?.alone();
        Some(Fleet {
            title: self.title.clone(),
            now: Timestamp(0),
            store_id: self.store_id,
            order: vec![asset_id.clone()],
            unreadable: Vec::new(),
            assets: BTreeMap::from([(asset_id.clone(), asset)]),
        })
    }

    pub fn asset(&self, asset_id: &AssetId) -> Option<&LiveAsset> {
        self.assets.get(asset_id)
    }

    pub fn asset_mut(&mut self, asset_id: &AssetId) -> Option<&mut LiveAsset> {
        self.assets.get_mut(asset_id)
    }

    pub fn assets(&self) -> impl Iterator<Item = &LiveAsset> {
        self.assets.values()
    }

    pub fn assets_mut(&mut self) -> impl Iterator<Item = &mut LiveAsset> {
        self.assets.values_mut()
    }

    /// The time zones of the assets, each once.
    pub fn zones(&self) -> Vec<String> {
        let mut zones: Vec<String> = Vec::new();
        for asset in self.assets.values().filter(|asset| !asset.view.zone.is_empty()) {
            if !zones.contains(&asset.view.zone) {
                zones.push(asset.view.zone.clone());
            }
        }
        zones
    }

    /// What to ask for on a new socket.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.order.iter().filter_map(|id| self.assets.get(id)).map(LiveAsset::subscription).collect()
    }

    /// An asset's own now.
    pub fn asset_now(&self, asset: &LiveAsset) -> Timestamp {
        asset.clock.now(self.now)
    }

    pub fn apply(&mut self, frame: ServerFrame) -> Applied {
        match frame {
            ServerFrame::Hello { now, store_id, .. } if store_id != self.store_id => {
                self.store_id = store_id;
                self.assets.values_mut().for_each(LiveAsset::start_over);
                Applied::StartedOver(now)
            }
            ServerFrame::Hello { now, .. } | ServerFrame::Alive { now } => Applied::Told(now),
            ServerFrame::Refused { reason } => Applied::Refused(reason),
            ServerFrame::Samples(batch) => {
                let Some(asset) = self.assets.get_mut(&batch.asset) else { return Applied::Nothing };
                match asset.take(&batch) {
                    Taken::New => Applied::Changed(batch.asset),
                    Taken::Known => Applied::Nothing,
                    Taken::Hole => Applied::Missing(asset.subscription()),
                }
            }
            ServerFrame::Snapshot { asset, seq, clock, latest, events } => {
                self.change(asset, |asset| asset.snapshot(seq, clock, &latest, events))
            }
            ServerFrame::Coalesced { asset, from_seq, to_seq, signals, events } => {
                let Some(known) = self.assets.get_mut(&asset) else { return Applied::Nothing };
                match known.coalesced(from_seq, to_seq, &signals, events) {
                    Taken::New => Applied::Changed(asset),
                    Taken::Known => Applied::Nothing,
                    Taken::Hole => Applied::Missing(known.subscription()),
                }
            }
            ServerFrame::ClockSet { asset, clock } => self.change(asset, |asset| asset.set_clock(clock)),
            ServerFrame::Checkpoint { asset, seq, model_hash, kernel_version, bytes, hash } => {
                let server = ServerState { seq, model_hash, kernel_version, bytes: &bytes, hash };
                let Some(known) = self.assets.get_mut(&asset) else { return Applied::Nothing };
                match known.checkpoint(server) {
                    Taken::Hole => Applied::Missing(known.subscription()),
                    Taken::New | Taken::Known => Applied::Changed(asset),
                }
            }
        }
    }

    fn change(&mut self, asset_id: AssetId, change: impl FnOnce(&mut LiveAsset)) -> Applied {
        let Some(asset) = self.assets.get_mut(&asset_id) else { return Applied::Nothing };
        change(asset);
        Applied::Changed(asset_id)
    }
}
