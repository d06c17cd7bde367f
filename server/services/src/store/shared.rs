//! What the writer tells everybody else in the process.

use std::sync::{Arc, Mutex, RwLock, atomic::AtomicBool};

use wire::frame::Latest;

use super::{blocks::Damages, memory::AssetMemory};
use crate::{
    counters::Counters,
    quality::traffic::{Tally, Traffic},
    validate::Checked,
};

/// What is known without asking the file.
#[derive(Debug)]
pub struct Shared {
    pub id: [u8; 16],
    pub damages: Arc<Damages>,
    /// Whether the last commit failed.
    pub is_failing: AtomicBool,
    /// What became of what was handed in, in numbers.
    pub counters: Arc<Counters>,
    traffic: Mutex<Traffic>,
    /// By asset number.
    assets: Vec<RwLock<(u64, Vec<Latest>)>>,
}

impl Shared {
    pub fn new(id: [u8; 16], assets: usize) -> Shared {
        Shared {
            id,
            damages: Arc::default(),
            is_failing: AtomicBool::new(false),
            counters: Arc::default(),
            traffic: Mutex::default(),
            assets: (0..assets).map(|_| RwLock::default()).collect(),
        }
    }

    /// Counts who sent what was committed.
    pub fn count<'a>(&self, deliveries: impl Iterator<Item = (&'a Checked, &'a Tally)>) {
        let mut traffic = self.traffic.lock().expect("no one panics with the traffic in hand");
        deliveries.for_each(|(checked, tally)| traffic.add(&checked.origin, checked.received_at, tally));
    }

    /// Who sent how much since the start.
    pub fn traffic(&self) -> Traffic {
        self.traffic.lock().expect("no one panics with the traffic in hand").clone()
    }

    /// Tells where an asset stands after a commit.
    pub fn stand(&self, asset: usize, memory: &AssetMemory) {
        let latest = memory.signals.iter().filter_map(|signal| signal.latest).collect();
        *self.assets[asset].write().expect("no one panics with an asset in hand") = (memory.last_seq, latest);
    }

    /// The last seq of an asset, and the newest value of each of its signals.
    pub fn get(&self, asset: usize) -> (u64, Vec<Latest>) {
        self.assets[asset].read().expect("no one panics with an asset in hand").clone()
    }
}
