//! One listener: how far it has heard each asset that it follows, and how it is woken.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
};

use super::{Hub, Position, Published, held};

/// Where a listener is told that there is something to hear.
#[derive(Debug, Default)]
pub struct Ear(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    assets: Vec<usize>,
    waker: Option<Waker>,
}

impl Ear {
    pub fn ring(&self, asset: usize) {
        let waker = {
            let mut told = held(&self.0);
            if !told.assets.contains(&asset) {
                told.assets.push(asset);
            }
            told.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// What a listener hears of an asset.
#[derive(Debug)]
pub enum Update {
    Frame(Published),
    /// The listener was too slow; frames are gone.
    Missed,
}

/// Someone who follows assets; lets go of them when dropped.
#[derive(Debug)]
pub struct Listener {
    hub: Hub,
    number: u64,
    ear: Arc<Ear>,
    /// By asset, the next frame to be heard.
    follows: BTreeMap<usize, Position>,
    /// Assets that may have frames to be heard.
    due: BTreeSet<usize>,
}

impl Listener {
    pub(super) fn new(hub: Hub, number: u64) -> Listener {
        Listener { hub, number, ear: Arc::default(), follows: BTreeMap::new(), due: BTreeSet::new() }
    }

    /// Everything of asset number `asset` from now on; one that is followed already goes on as it did.
    pub fn follow(&mut self, asset: usize) {
        if self.follows.contains_key(&asset) {
            return;
        }
        let channel = &self.hub.channels[asset];
        held(&channel.ears).insert(self.number, self.ear.clone());
        self.follows.insert(asset, held(&channel.ring).end());
    }

    /// Everything of an asset that is followed, from `position` on.
    pub fn go_to(&mut self, asset: usize, position: Position) {
        if let Some(next) = self.follows.get_mut(&asset) {
            *next = position;
            self.due.insert(asset);
        }
    }

    pub fn let_go(&mut self, asset: usize) {
        if self.follows.remove(&asset).is_some() {
            held(&self.hub.channels[asset].ears).remove(&self.number);
            self.due.remove(&asset);
        }
    }

    /// Waits until there is something to hear.
    pub async fn due(&mut self) {
        poll_fn(|context| {
            let mut told = held(&self.ear.0);
            self.due.extend(told.assets.drain(..));
            if !self.due.is_empty() {
                return Poll::Ready(());
            }
            if !told.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
                told.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// Looks at every asset, whether or not it was told of frames.
    pub fn look(&mut self) {
        self.due.extend(self.follows.keys());
    }

    /// The next thing to hear; `None` once all was heard.
    pub fn take(&mut self) -> Option<(usize, Update)> {
        while let Some(asset) = self.due.first().copied() {
            if let Some(next) = self.follows.get_mut(&asset) {
                let ring = held(&self.hub.channels[asset].ring);
                match ring.get(*next) {
                    Ok(Some(published)) => {
                        next.0 += 1;
                        return Some((asset, Update::Frame(published.clone())));
                    }
                    Ok(None) => {}
                    Err(super::ring::Missed) => {
                        *next = ring.end();
                        return Some((asset, Update::Missed));
                    }
                }
            }
            self.due.remove(&asset);
        }
        None
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for asset in self.follows.keys() {
            held(&self.hub.channels[*asset].ears).remove(&self.number);
        }
    }
}
