//! What becomes of the messages of a conversation: handed in, settled, released.

use std::pin::Pin;

use bytes::Bytes;
use mqtt_protocol_core::mqtt::packet::Packet;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Talk;
use crate::{
    ingest::{
        Delivery, Origin, Text, decode,
        mqtt::{
            answer::{self, Owed},
            hello::Ended,
            session::Held,
        },
        received_at,
    },
    store::{Receipt, StoreError},
};

/// What became of a message.
pub(super) struct Settled {
    pub owed: Owed,
    pub bytes: usize,
    pub receipt: Result<Receipt, StoreError>,
}

pub(super) type Commit = Pin<Box<dyn Future<Output = Settled> + Send>>;

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    /// Hands a message in; what it owes the client follows once it is durable.
    pub(super) async fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        owed: Owed,
        held: &mut Held,
    ) -> Result<(), Ended> {
        if let Owed::Pubrec(id) = owed {
            held.received.insert(id);
            if held.received.len() > self.door.limits.unreleased {
                held.received.remove(&id);
                return Err(Ended::Unreleased);
            }
            *self.uncommitted.entry(id).or_default() += 1;
        }
        let (names, client) = (&self.door.names, self.client.as_deref());
        let origin = self.origin.get_or_insert_with(|| Origin { connector: "mqtt", client: names.of(client) });
        let text = Text::from(Bytes::copy_from_slice(payload));
        let items = decode::message(topic, text.as_str());
        let delivery = Delivery { origin: origin.clone(), received_at: received_at(), text: &text, items };
        // Waits while the store is full, and with it the client: that is what bounds it.
        let submitted = tokio::select! {
            submitted = self.door.pipeline.submit(delivery) => submitted,
            ended = self.calls.heard() => {
                if let Owed::Pubrec(id) = owed {
                    held.received.remove(&id);
                }
                return Err(ended);
            }
        };
        let bytes = topic.len() + payload.len();
        self.bytes += bytes;
        let commit: Commit = match submitted {
            Ok(pending) => Box::pin(async move { Settled { owed, bytes, receipt: pending.receipt().await } }),
            Err(error) => Box::pin(std::future::ready(Settled { owed, bytes, receipt: Err(error) })),
        };
        self.in_flight.push_back(commit);
        Ok(())
    }

    /// Tells the client what became of a message.
    pub(super) fn acknowledge(&mut self, settled: Settled, held: &mut Held) -> Result<(), Ended> {
        let Settled { owed, bytes, receipt } = settled;
        self.bytes -= bytes;
        match owed {
            Owed::Pubrec(id) => self.committed(id),
            Owed::Pubcomp(id) => {
                let packet = self.released(id, held)?;
                return self.send(packet).map(|_| ());
            }
            Owed::Nothing | Owed::Puback(_) => {}
        }
        match receipt {
            Ok(receipt) => {
                let note = if self.asks_why { note(&receipt) } else { None };
                if let Some(packet) = answer::kept(self.speaks, owed, note.as_deref())? {
                    self.send(packet)?;
                }
                Ok(())
            }
            Err(error) => {
                if let Owed::Pubrec(id) = owed {
                    held.received.remove(&id);
                }
                match answer::lost(self.speaks, owed)? {
                    Some(packet) => self.send(packet).map(|_| ()),
                    // 3.1.1 has no way to say so but to hang up.
                    None => Err(Ended::Store(error)),
                }
            }
        }
    }

    fn committed(&mut self, id: u16) {
        if let Some(count) = self.uncommitted.get_mut(&id) {
            *count -= 1;
            if *count == 0 {
                self.uncommitted.remove(&id);
            }
        }
    }

    /// Ends the exchange over a QoS 2 message.
    pub(super) fn released(&self, id: u16, held: &mut Held) -> Result<Packet, Ended> {
        held.received.remove(&id);
        Ok(answer::pubcomp(self.speaks, id)?)
    }
}

/// What there is to say of a message beside that it was taken.
fn note(receipt: &Receipt) -> Option<String> {
    let first = receipt.rejected.first()?;
    Some(format!("{} rejected, the first: {}: {}", receipt.rejected.len(), first.reason.as_str(), first.detail))
}
