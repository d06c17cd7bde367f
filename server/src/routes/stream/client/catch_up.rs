//! Brings a client to where an asset stands: entries one by one, what stands for them, or a snapshot.

use futures::Sink;
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};
use wire::ServerFrame;

use super::{
    super::{
        follow::Owed,
        message,
        moments::{Moment, Nothing},
    },
    Client, Gone,
};

impl<L: Sink<Message> + Unpin> Client<L> {
    /// Sends a snapshot in the place of entries that are missing before entry `first_seq`.
    pub(super) async fn bridge(&mut self, asset: usize, first_seq: u64) -> Result<(), Gone> {
        self.settle(asset).await?;
        if self.follows.get(&asset).is_some_and(|follow| follow.seq + 1 < first_seq) {
            // Another snapshot would not help either.
            tracing::error!(asset, first_seq, "the store lacks entries that were published");
            return Err(Gone { why: "the store lacks entries", code: Some(CloseCode::Error) });
        }
        Ok(())
    }

    /// Sends what stands for the frames that were put by.
    pub(super) async fn settle(&mut self, asset: usize) -> Result<(), Gone> {
        let Some(follow) = self.follows.get_mut(&asset) else { return Ok(()) };
        let to_seq = follow.seq;
        match std::mem::replace(&mut follow.owed, Owed::Nothing) {
            Owed::Nothing => Ok(()),
            Owed::Snapshot => self.snapshot(asset).await,
            Owed::Merged { from_seq, signals, events, is_clock_set } => {
                let id = self.services.catalog.assets()[asset].id.clone();
                if is_clock_set {
                    let (now, clock) = ((self.services.clock)(), self.services.clocks.get(asset));
                    self.send(message(&ServerFrame::Alive { now })).await?;
                    self.send(message(&ServerFrame::ClockSet { asset: id.clone(), clock })).await?;
                }
                if from_seq <= to_seq {
                    let signals = signals.into_values().collect();
                    let coalesced = ServerFrame::Coalesced { asset: id, from_seq, to_seq, signals, events };
                    self.send(message(&coalesced)).await?;
                }
                self.checkpoint(asset).await
            }
        }
    }

    /// Sends the entries after seq `after`, if they are all there and not too many.
    pub(super) async fn resume(&mut self, asset: usize, after: u64) -> Result<bool, Gone> {
        let found = self.viewers.moments.resume(&self.services, asset, after).await;
        let Some(moment) = self.answer(found).await? else { return Ok(false) };
        let clock = self.services.clocks.get(asset);
        let id = self.services.catalog.assets()[asset].id.clone();
        self.send(message(&ServerFrame::ClockSet { asset: id, clock })).await?;
        self.tell(asset, &moment).await?;
        self.checkpoint(asset).await?;
        Ok(true)
    }

    /// Sends where the asset stands, and its twin.
    pub(super) async fn snapshot(&mut self, asset: usize) -> Result<(), Gone> {
        let found = self.viewers.moments.snapshot(&self.services, asset).await;
        let moment = self.answer(found).await?;
        self.tell(asset, &moment).await
    }

    /// Sends what brings the client to a moment; what happened since comes after it.
    async fn tell(&mut self, asset: usize, moment: &Moment) -> Result<(), Gone> {
        if let Some(follow) = self.follows.get_mut(&asset) {
            follow.seq = moment.seq;
            follow.owed = Owed::Nothing;
        }
        self.listener.go_to(asset, moment.position);
        for frame in moment.frames.iter() {
            self.send(frame.clone()).await?;
        }
        Ok(())
    }

    async fn checkpoint(&mut self, asset: usize) -> Result<(), Gone> {
        let found = self.viewers.moments.checkpoint(&self.services, asset).await;
        let frame = self.answer(found).await?;
        self.send(frame).await
    }

    async fn answer<T>(&mut self, found: Result<T, Nothing>) -> Result<T, Gone> {
        match found {
            Ok(found) => Ok(found),
            Err(Nothing::Ending) => Err(Gone { why: "the server is shutting down", code: Some(CloseCode::Away) }),
            Err(Nothing::Unread(error)) => {
                tracing::error!(%error, "a stream could not read the store");
                self.refuse("the store could not be read".into()).await?;
                Err(Gone { why: "the store could not be read", code: Some(CloseCode::Error) })
            }
        }
    }
}
