//! What one client was sent, what it has taken in, and what it is owed.

mod catch_up;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{Sink, SinkExt};
use services::{
    Services,
    hub::{Carries, Listener, Update},
};
use tokio_tungstenite::tungstenite::{self, Message, protocol::frame::coding::CloseCode};
use twin::{KERNEL_VERSION, id::AssetId};
use wire::{ServerFrame, StoreId, frame::Subscription};

use super::{
    follow::{Answered, Follow, Owed},
    message,
    viewers::Viewers,
};

/// Frames that may be under way to a client without its acknowledgement.
pub const WINDOW: u64 = 64;
const SEND_WITHIN: Duration = Duration::from_secs(30);
/// So many rounds of `alive` may pass with a full window.
const MOST_UNANSWERED: u32 = 6;
/// After so many rounds of `alive` without a word from the client it is asked for one,
const ASK_AFTER: u32 = 5;
/// and after so many given up: its end of the line is gone.
const MOST_SILENT: u32 = 15;

/// The client left or is to be left, and why.
#[derive(Debug)]
pub struct Gone {
    pub why: &'static str,
    /// What it is told by, where it can still be told.
    pub code: Option<CloseCode>,
}

impl Gone {
    pub fn left(why: &'static str) -> Gone {
        Gone { why, code: None }
    }

    pub fn broke(why: &'static str) -> Gone {
        Gone { why, code: Some(CloseCode::Protocol) }
    }
}

impl From<tungstenite::Error> for Gone {
    fn from(error: tungstenite::Error) -> Gone {
        let (why, code) = match error {
            tungstenite::Error::Capacity(_) => ("too large", CloseCode::Size),
            tungstenite::Error::Utf8(_) => ("not UTF-8", CloseCode::Invalid),
            _ => ("not a websocket's frame", CloseCode::Protocol),
        };
        Gone { why, code: Some(code) }
    }
}

pub struct Client<L> {
    pub line: L,
    pub listener: Listener,
    services: Services,
    viewers: Arc<Viewers>,
    /// Frames sent since the socket opened.
    sent: u64,
    acknowledged: u64,
    follows: BTreeMap<usize, Follow>,
    /// Whether nothing was sent since the last look.
    is_quiet: bool,
    /// Rounds of `alive` since the window is full.
    unanswered_for: u32,
    /// Rounds of `alive` since the client was last heard.
    silent_for: u32,
}

impl<L: Sink<Message> + Unpin> Client<L> {
    pub fn new(line: L, services: Services, viewers: Arc<Viewers>) -> Client<L> {
        let listener = services.hub.listener();
        Client {
            line,
            listener,
            services,
            viewers,
            sent: 0,
            acknowledged: 0,
            follows: BTreeMap::new(),
            is_quiet: false,
            unanswered_for: 0,
            silent_for: 0,
        }
    }

    pub async fn hello(&mut self) -> Result<(), Gone> {
        let now = (self.services.clock)();
        let store_id = StoreId(self.services.store.id());
        self.send(message(&ServerFrame::Hello { now, kernel_version: KERNEL_VERSION, store_id })).await
    }

    /// Says that the server lives, if it said nothing else, and looks whether the client does.
    pub async fn alive(&mut self) -> Result<(), Gone> {
        self.silent_for += 1;
        if self.silent_for >= MOST_SILENT {
            return Err(Gone::left("nothing was heard of it"));
        }
        if self.silent_for >= ASK_AFTER {
            self.put(Message::Ping(Bytes::new())).await?;
        }
        if !self.has_room() {
            self.unanswered_for += 1;
            let is_over = self.unanswered_for >= MOST_UNANSWERED;
            return if is_over { Err(Gone::left("nothing was acknowledged")) } else { Ok(()) };
        }
        if std::mem::replace(&mut self.is_quiet, true) {
            let now = (self.services.clock)();
            self.send(message(&ServerFrame::Alive { now })).await?;
        }
        Ok(())
    }

    /// Takes down that the client lives.
    pub fn is_heard(&mut self) {
        self.silent_for = 0;
    }

    /// Refuses what the client sent, and ends.
    pub async fn dismiss(&mut self, reason: &str) -> Result<(), Gone> {
        self.refuse(reason.into()).await?;
        Err(Gone::broke("broke the protocol"))
    }

    /// Follows what a frame asks for, each asset once.
    pub async fn subscribe(
        &mut self,
        mut subscriptions: Vec<Subscription>,
        store_id: Option<StoreId>,
    ) -> Result<(), Gone> {
        if store_id.is_some_and(|named| named.0 != self.services.store.id()) {
            // Seqs of another store say nothing of this one's.
            subscriptions.iter_mut().for_each(|subscription| subscription.after = None);
        }
        let mut named = BTreeSet::new();
        subscriptions.retain(|subscription| named.insert(subscription.asset.clone()));
        let most = self.services.catalog.assets().len();
        if subscriptions.len() > most {
            self.refuse(format!("{} assets of a plant that has {most}", subscriptions.len())).await?;
            subscriptions.truncate(most);
        }
        for subscription in subscriptions {
            self.follow(&subscription).await?;
        }
        Ok(())
    }

    /// Listens first, then tells where the asset stands: the overlap is dropped by seq, and nothing is missed.
    async fn follow(&mut self, subscription: &Subscription) -> Result<(), Gone> {
        let Ok(asset) = self.services.number(&subscription.asset) else {
            return self.refuse(format!("no asset `{}`", subscription.asset)).await;
        };
        self.listener.follow(asset);
        let (has_room, acknowledged) = (self.has_room(), self.acknowledged);
        let fresh = Follow { seq: 0, owed: Owed::Nothing, answered: None };
        let follow = self.follows.entry(asset).or_insert(fresh);
        if !has_room || follow.is_answered(subscription.after, acknowledged) {
            follow.owed = Owed::Snapshot;
            return Ok(());
        }
        let is_resumed = match subscription.after {
            Some(after) => self.resume(asset, after).await?,
            None => false,
        };
        if !is_resumed {
            self.snapshot(asset).await?;
        }
        let sent = self.sent;
        if let Some(follow) = self.follows.get_mut(&asset) {
            follow.answered = Some(Answered { after: subscription.after, seq: follow.seq, sent });
        }
        Ok(())
    }

    pub fn unsubscribe(&mut self, asset: &AssetId) {
        if let Ok(asset) = self.services.number(asset) {
            self.follows.remove(&asset);
            self.listener.let_go(asset);
        }
    }

    /// Takes down that the client has taken in so many frames, and sends what it is owed.
    pub async fn acknowledge(&mut self, frames: u64) -> Result<(), Gone> {
        if frames > self.sent {
            return self.dismiss("acknowledged what was not sent").await;
        }
        if !self.has_room() {
            // What has happened up to now goes into what stands for it.
            self.listener.look();
            self.forward().await?;
        }
        self.acknowledged = self.acknowledged.max(frames);
        self.unanswered_for = 0;
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

    /// Forwards what happened, or puts it by while the window is full.
    pub async fn forward(&mut self) -> Result<(), Gone> {
        while let Some((asset, update)) = self.listener.take() {
            self.update(asset, update).await?;
        }
        Ok(())
    }

    async fn update(&mut self, asset: usize, update: Update) -> Result<(), Gone> {
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
                return if has_room { self.bridge(asset, first_seq).await } else { Ok(()) };
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
        self.put(Message::Binary(frame)).await
    }

    /// Puts a message behind those that wait for the socket; waits where these are too many.
    async fn put(&mut self, message: Message) -> Result<(), Gone> {
        within(self.line.feed(message)).await
    }

    /// Writes what waits for the socket.
    pub async fn flush(&mut self) -> Result<(), Gone> {
        within(self.line.flush()).await
    }
}

async fn within<E>(sending: impl Future<Output = Result<(), E>>) -> Result<(), Gone> {
    match tokio::time::timeout(SEND_WITHIN, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Gone::left("the socket closed")),
        Err(_) => Err(Gone::left("the socket takes nothing")),
    }
}
