//! What one client was sent, what it has taken in, and what it is owed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::extract::ws::Message;
use bytes::Bytes;
use futures::{Sink, SinkExt};
use services::{
    Services, StoreError,
    hub::{Carries, Feed, Update},
};
use twin::{KERNEL_VERSION, id::AssetId};
use wire::{ServerFrame, frame::Subscription};

use super::{
    follow::{Answered, Follow, Owed},
    message,
};

/// Frames that may be under way to a client without its acknowledgement.
pub const WINDOW: u64 = 64;
/// A client that is further behind is sent where things stand instead of what it missed.
const LONGEST_RESUME: u64 = 20_000;
const STRIDE: usize = 4096;
const SEND_WITHIN: Duration = Duration::from_secs(30);
/// So many rounds of `alive` may pass with a full window.
const MOST_SILENT: u32 = 6;

/// The client left or is to be left, and why.
#[derive(Debug)]
pub struct Gone(pub &'static str);

pub struct Client<Out> {
    out: Out,
    services: Services,
    /// Frames sent since the socket opened.
    sent: u64,
    acknowledged: u64,
    follows: BTreeMap<usize, Follow>,
    /// The assets whose feeds are listened to; one that is not followed any more stays until it is next heard of.
    heard: BTreeSet<usize>,
    /// Whether nothing was sent since the last look.
    is_quiet: bool,
    silent_for: u32,
}

impl<Out: Sink<Message> + Unpin> Client<Out> {
    pub fn new(out: Out, services: Services) -> Client<Out> {
        Client {
            out,
            services,
            sent: 0,
            acknowledged: 0,
            follows: BTreeMap::new(),
            heard: BTreeSet::new(),
            is_quiet: false,
            silent_for: 0,
        }
    }

    pub async fn hello(&mut self) -> Result<(), Gone> {
        let now = (self.services.clock)();
        self.send(message(&ServerFrame::Hello { now, kernel_version: KERNEL_VERSION })).await
    }

    /// Says that the server lives, if it said nothing else.
    pub async fn alive(&mut self) -> Result<(), Gone> {
        if !self.has_room() {
            self.silent_for += 1;
            return if self.silent_for < MOST_SILENT { Ok(()) } else { Err(Gone("nothing was acknowledged")) };
        }
        if std::mem::replace(&mut self.is_quiet, true) {
            let now = (self.services.clock)();
            self.send(message(&ServerFrame::Alive { now })).await?;
        }
        Ok(())
    }

    /// Refuses what the client sent, and ends.
    pub async fn dismiss(&mut self, reason: &str) -> Result<(), Gone> {
        self.refuse(reason.into()).await?;
        Err(Gone("broke the protocol"))
    }

    /// Whether the client still wants to hear of an asset; where it does not, its feed is to be let go.
    pub fn hears(&mut self, asset: usize) -> bool {
        let is_wanted = self.follows.contains_key(&asset);
        if !is_wanted {
            self.heard.remove(&asset);
        }
        is_wanted
    }

    /// Follows what a frame asks for, each asset once; gives the feeds that are to be listened to from now on.
    pub async fn subscribe(&mut self, mut subscriptions: Vec<Subscription>) -> Result<Vec<(usize, Feed)>, Gone> {
        let mut named = BTreeSet::new();
        subscriptions.retain(|subscription| named.insert(subscription.asset.clone()));
        let most = self.services.catalog.assets().len();
        if subscriptions.len() > most {
            self.refuse(format!("{} assets of a plant that has {most}", subscriptions.len())).await?;
            subscriptions.truncate(most);
        }
        let mut feeds = Vec::new();
        for subscription in subscriptions {
            feeds.extend(self.follow(&subscription).await?);
        }
        Ok(feeds)
    }

    /// Listens first, then tells where the asset stands: the overlap is dropped by seq, and nothing is missed.
    async fn follow(&mut self, subscription: &Subscription) -> Result<Option<(usize, Feed)>, Gone> {
        let Ok(asset) = self.services.number(&subscription.asset) else {
            self.refuse(format!("no asset `{}`", subscription.asset)).await?;
            return Ok(None);
        };
        let feed = self.heard.insert(asset).then(|| (asset, self.services.hub.subscribe(asset)));
        let (has_room, acknowledged) = (self.has_room(), self.acknowledged);
        let fresh = Follow { seq: 0, owed: Owed::Nothing, answered: None };
        let follow = self.follows.entry(asset).or_insert(fresh);
        if !has_room || follow.is_answered(subscription.after, acknowledged) {
            follow.owed = Owed::Snapshot;
            return Ok(feed);
        }
        follow.owed = Owed::Nothing;
        let is_resumed = match subscription.after {
            Some(after) => self.resume(asset, after).await?,
            None => false,
        };
        if is_resumed {
            // A page has entries before it has a twin, and an asset may be silent for long.
            self.checkpoint(asset).await?;
        } else {
            self.snapshot(asset).await?;
        }
        let sent = self.sent;
        if let Some(follow) = self.follows.get_mut(&asset) {
            follow.answered = Some(Answered { after: subscription.after, seq: follow.seq, sent });
        }
        Ok(feed)
    }

    pub fn unsubscribe(&mut self, asset: &AssetId) {
        if let Ok(asset) = self.services.number(asset) {
            self.follows.remove(&asset);
        }
    }

    /// Takes down that the client has taken in so many frames, and sends what it is owed.
    pub async fn acknowledge(&mut self, frames: u64) -> Result<(), Gone> {
        if frames > self.sent {
            return self.dismiss("acknowledged what was not sent").await;
        }
        self.acknowledged = self.acknowledged.max(frames);
        self.silent_for = 0;
        let owed: BTreeSet<usize> = self
            .follows
            .iter()
            .filter(|(_, follow)| !matches!(follow.owed, Owed::Nothing))
            .map(|(asset, _)| *asset)
            .collect();
        for asset in owed {
            if self.has_room() {
                self.settle(asset).await?;
            }
        }
        Ok(())
    }

    /// Forwards what happened to an asset, or puts it by while the window is full.
    pub async fn update(&mut self, asset: usize, update: Update) -> Result<(), Gone> {
        let has_room = self.has_room();
        let Some(follow) = self.follows.get_mut(&asset) else { return Ok(()) };
        let published = match update {
            Update::Missed => {
                self.services.counters.feeds_missed.inc();
                follow.owed = Owed::Snapshot;
                return if has_room { self.settle(asset).await } else { Ok(()) };
            }
            Update::Frame(published) => published,
        };
        if let Carries::Entries { first_seq, last_seq } = published.carries {
            if last_seq <= follow.seq {
                return Ok(());
            }
            if first_seq > follow.seq + 1 {
                follow.owed = Owed::Snapshot;
                return if has_room { self.settle(asset).await } else { Ok(()) };
            }
        }
        if has_room && matches!(follow.owed, Owed::Nothing) {
            if let Carries::Entries { last_seq, .. } = published.carries {
                follow.seq = last_seq;
            }
            return self.send(published.frame).await;
        }
        follow.put_by(&published);
        self.services.counters.frames_coalesced.inc();
        Ok(())
    }

    /// Sends what stands for the frames that were put by.
    async fn settle(&mut self, asset: usize) -> Result<(), Gone> {
        let Some(follow) = self.follows.get_mut(&asset) else { return Ok(()) };
        let to_seq = follow.seq;
        match std::mem::replace(&mut follow.owed, Owed::Nothing) {
            Owed::Nothing => Ok(()),
            Owed::Snapshot => self.snapshot(asset).await,
            Owed::Merged { from_seq, signals, is_clock_set } => {
                let id = self.services.catalog.assets()[asset].id.clone();
                if is_clock_set {
                    let clock = self.services.clocks.get(asset);
                    self.send(message(&ServerFrame::ClockSet { asset: id.clone(), clock })).await?;
                }
                let signals = signals.into_values().collect();
                self.send(message(&ServerFrame::Coalesced { asset: id, from_seq, to_seq, signals })).await?;
                self.checkpoint(asset).await
            }
        }
    }

    /// Sends the entries after seq `after`, if there are not too many.
    async fn resume(&mut self, asset: usize, after: u64) -> Result<bool, Gone> {
        let standing = match self.services.store.standing(asset).await {
            Ok(found) => found,
            Err(error) => return self.unread(&error).await.map(|()| false),
        };
        if after > standing.seq || standing.seq - after > LONGEST_RESUME {
            return Ok(false);
        }
        let clock = self.services.clocks.get(asset);
        let id = self.services.catalog.assets()[asset].id.clone();
        self.send(message(&ServerFrame::ClockSet { asset: id, clock })).await?;
        let mut seq = after;
        while seq < standing.seq {
            let batch = match self.services.store.entries(asset, seq, STRIDE).await {
                Ok(batch) if !batch.entries.is_empty() => batch,
                Ok(_) => return Ok(false),
                Err(error) => return self.unread(&error).await.map(|()| false),
            };
            seq = batch.last_seq();
            self.send(message(&ServerFrame::Samples(batch))).await?;
        }
        if let Some(follow) = self.follows.get_mut(&asset) {
            follow.seq = seq;
        }
        Ok(true)
    }

    /// Sends where the asset stands, and its twin.
    async fn snapshot(&mut self, asset: usize) -> Result<(), Gone> {
        let found = match self.services.store.standing(asset).await {
            Ok(found) => found,
            Err(error) => return self.unread(&error).await,
        };
        if let Some(follow) = self.follows.get_mut(&asset) {
            follow.seq = found.seq;
            follow.owed = Owed::Nothing;
        }
        let clock = self.services.clocks.get(asset);
        let id = self.services.catalog.assets()[asset].id.clone();
        self.send(message(&ServerFrame::Snapshot { asset: id, seq: found.seq, clock, latest: found.latest })).await?;
        self.checkpoint(asset).await
    }

    async fn checkpoint(&mut self, asset: usize) -> Result<(), Gone> {
        match self.services.twins.current(asset).await {
            Some(checkpoint) => self.send(checkpoint.frame).await,
            None => Err(Gone("the server is shutting down")),
        }
    }

    async fn unread(&mut self, error: &StoreError) -> Result<(), Gone> {
        tracing::error!(%error, "a stream could not read the store");
        self.dismiss("the store could not be read").await
    }

    async fn refuse(&mut self, reason: String) -> Result<(), Gone> {
        self.send(message(&ServerFrame::Refused { reason })).await
    }

    fn has_room(&self) -> bool {
        self.sent - self.acknowledged < WINDOW
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.sent += 1;
        self.services.counters.frames_sent.inc();
        self.is_quiet = false;
        match tokio::time::timeout(SEND_WITHIN, self.out.send(Message::Binary(frame))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Gone("the socket closed")),
            Err(_) => Err(Gone("the socket takes nothing")),
        }
    }
}
