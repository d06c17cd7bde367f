//! One MQTT connection: bytes to packets, packets to deliveries, commits to acknowledgements, in order.

use std::{collections::BTreeSet, pin::Pin, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, stream::FuturesOrdered};
use mqtt_protocol_core::mqtt::{
    Connection, Version,
    common::Cursor,
    connection::{ConnectionOptions, Event, TimerKind},
    packet::{GenericPacketTrait, Packet},
    role,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use super::{
    Limits,
    answer::{self, Owed, Speaks},
    heard::Heard,
    hello::{Ended, Hello, anonymous, first_packet, refuse},
    session::{Held, Opened, Sessions},
};
use crate::{
    ingest::{Delivery, Origin, Text, decode, received_at},
    pipeline::Pipeline,
    store::{Receipt, StoreError},
};

type Commit = Pin<Box<dyn Future<Output = (Owed, Result<Receipt, StoreError>)> + Send>>;

/// Speaks MQTT over `stream` until the client leaves, misbehaves, or `shutdown`.
pub async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    limits: Limits,
    pipeline: &Pipeline,
    sessions: &Sessions,
    shutdown: &CancellationToken,
) -> Result<(), Ended> {
    let first = tokio::select! {
        first = tokio::time::timeout(limits.first_packet_within, first_packet(&mut stream, limits)) =>
            first.map_err(|_| Ended::Slow)??,
        () = shutdown.cancelled() => return Ok(()),
    };
    let options = ConnectionOptions::new().maximum_packet_size_recv(limits.packet_bytes);
    let mut core = Connection::<role::Server>::with_options(Version::Undetermined, options);
    core.set_auto_ping_response(true);
    let events = core.recv(&mut Cursor::new(&first[..]));
    let Some(hello) = Hello::of(&events) else {
        return refuse(&mut stream, limits, events).await;
    };
    if hello.client.is_empty() && hello.speaks == Speaks::V3 && !hello.is_clean {
        let events = core.send(answer::connack_without_id()?);
        return refuse(&mut stream, limits, events).await;
    }
    let assigned = hello.client.is_empty().then(anonymous);
    let client = assigned.clone().unwrap_or(hello.client);
    let Opened { mut held, was_present, taken } = sessions.open(&client, hello.is_clean).await;
    held.is_kept = hello.is_kept;
    core.restore_qos2_publish_handled(held.received.iter().copied().collect());
    let mut talk = Talk {
        stream,
        core,
        limits,
        pipeline,
        speaks: hello.speaks,
        origin: Origin { connector: "mqtt", client: client.chars().take(128).collect() },
        in_flight: FuturesOrdered::new(),
        uncommitted: BTreeSet::new(),
        out: Vec::new(),
        keep_alive: None,
    };
    let ended = talk.run(events, was_present, assigned.as_deref(), &mut held, &taken, shutdown).await;
    // What was handed in is kept or lost whether or not the client hears of it; a lost one must be taken again.
    while let Some((owed, receipt)) = talk.in_flight.next().await {
        if let (Owed::Pubrec(id), Err(_)) = (owed, receipt) {
            held.received.remove(&id);
        }
    }
    sessions.close(&client, held);
    ended
}

/// A connection that was let in.
struct Talk<'a, S> {
    stream: S,
    core: Connection<role::Server>,
    limits: Limits,
    pipeline: &'a Pipeline,
    speaks: Speaks,
    origin: Origin,
    in_flight: FuturesOrdered<Commit>,
    /// QoS 2 messages whose commit is under way.
    uncommitted: BTreeSet<u16>,
    out: Vec<u8>,
    keep_alive: Option<Duration>,
}

/// Whether the conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Close,
}

impl Then {
    fn or(self, other: Then) -> Then {
        if self == Then::Close { self } else { other }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    async fn run(
        &mut self,
        events: Vec<Event>,
        was_present: bool,
        assigned: Option<&str>,
        held: &mut Held,
        taken: &CancellationToken,
        shutdown: &CancellationToken,
    ) -> Result<(), Ended> {
        self.handle(events, held).await?;
        self.send(answer::connack(self.speaks, was_present, assigned)?)?;
        self.flush().await?;
        let mut buffer = vec![0; 4096];
        loop {
            let has_room = self.in_flight.len() < self.limits.in_flight;
            let silence = self.keep_alive.unwrap_or(Duration::MAX);
            tokio::select! {
                biased;
                Some((owed, receipt)) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    self.acknowledge(owed, receipt, held)?;
                }
                () = taken.cancelled() => return Err(Ended::Taken),
                () = shutdown.cancelled() => {
                    while let Some((owed, receipt)) = self.in_flight.next().await {
                        self.acknowledge(owed, receipt, held)?;
                    }
                    return self.flush().await;
                }
                read = self.stream.read(&mut buffer), if has_room => {
                    let count = read?;
                    if count == 0 || self.take_in(&buffer[..count], held).await? == Then::Close {
                        return self.flush().await;
                    }
                }
                // Counted only while reading: a client that is not listened to is not silent.
                () = tokio::time::sleep(silence), if has_room && self.keep_alive.is_some() => {
                    let events = self.core.notify_timer_fired(TimerKind::PingreqRecv);
                    self.handle(events, held).await?;
                    self.flush().await?;
                    return Err(Ended::Slow);
                }
            }
            self.flush().await?;
        }
    }

    async fn take_in(&mut self, bytes: &[u8], held: &mut Held) -> Result<Then, Ended> {
        let mut cursor = Cursor::new(bytes);
        while (cursor.position() as usize) < bytes.len() {
            let events = self.core.recv(&mut cursor);
            if self.handle(events, held).await? == Then::Close {
                return Ok(Then::Close);
            }
        }
        Ok(Then::GoOn)
    }

    /// Does what the protocol asks for. Some errors come without a request to close: every error closes.
    async fn handle(&mut self, events: Vec<Event>, held: &mut Held) -> Result<Then, Ended> {
        let mut then = Then::GoOn;
        let mut broken = None;
        for event in events {
            match event {
                Event::NotifyPacketReceived(packet) => {
                    then = then.or(self.packet(&packet, held).await?);
                }
                Event::RequestSendPacket { packet, .. } => self.write(&packet),
                Event::RequestTimerReset { kind: TimerKind::PingreqRecv, duration_ms } => {
                    self.keep_alive = Some(Duration::from_millis(duration_ms));
                }
                Event::RequestTimerCancel(TimerKind::PingreqRecv) => self.keep_alive = None,
                Event::NotifyError(error) => broken = Some(error),
                Event::RequestClose => then = Then::Close,
                _ => {}
            }
        }
        match broken {
            Some(error) => {
                self.flush().await?;
                Err(Ended::Protocol(error))
            }
            None => Ok(then),
        }
    }

    async fn packet(&mut self, packet: &Packet, held: &mut Held) -> Result<Then, Ended> {
        let reply = match Heard::of(packet) {
            Heard::Publish { topic, payload, owed } => {
                self.publish(topic, payload, owed, held).await;
                return Ok(Then::GoOn);
            }
            Heard::Release(id) => {
                held.received.remove(&id);
                answer::pubcomp(self.speaks, id)?
            }
            Heard::Subscribe { id, filters } => answer::suback(self.speaks, id, filters)?,
            Heard::Unsubscribe { id, filters } => answer::unsuback(self.speaks, id, filters)?,
            Heard::Leave => return Ok(Then::Close),
            Heard::Nothing => return Ok(Then::GoOn),
        };
        self.send(reply)
    }

    /// Hands a message in; what it owes the client follows once it is durable.
    async fn publish(&mut self, topic: &str, payload: &[u8], owed: Owed, held: &mut Held) {
        if let Owed::Pubrec(id) = owed {
            held.received.insert(id);
            self.uncommitted.insert(id);
        }
        let text = Text::from(Bytes::copy_from_slice(payload));
        let items = decode::message(topic, text.as_str());
        let delivery = Delivery { origin: self.origin.clone(), received_at: received_at(), text: &text, items };
        // Waits while the store is full, and with it the client: that is what bounds it.
        let commit: Commit = match self.pipeline.submit(delivery).await {
            Ok(pending) => Box::pin(async move { (owed, pending.receipt().await) }),
            Err(error) => Box::pin(std::future::ready((owed, Err(error)))),
        };
        self.in_flight.push_back(commit);
    }

    /// Tells the client what became of a message.
    fn acknowledge(&mut self, owed: Owed, receipt: Result<Receipt, StoreError>, held: &mut Held) -> Result<(), Ended> {
        if let Owed::Pubrec(id) = owed {
            self.uncommitted.remove(&id);
        }
        match receipt {
            Ok(receipt) => {
                let note = note(&receipt);
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

    fn send(&mut self, packet: Packet) -> Result<Then, Ended> {
        let mut then = Then::GoOn;
        for event in self.core.send(packet) {
            match event {
                Event::RequestSendPacket { packet, .. } => self.out.extend(packet.to_continuous_buffer()),
                Event::NotifyError(error) => return Err(Ended::Protocol(error)),
                Event::RequestClose => then = Then::Close,
                _ => {}
            }
        }
        Ok(then)
    }

    /// Takes down a packet that the core wants sent of itself.
    fn write(&mut self, packet: &Packet) {
        // To a repeated QoS 2 message the core answers at once; while its commit is under way that would be a lie.
        let promised = match packet {
            Packet::V3_1_1Pubrec(packet) => Some(packet.packet_id()),
            Packet::V5_0Pubrec(packet) => Some(packet.packet_id()),
            _ => None,
        };
        if promised.is_none_or(|id| !self.uncommitted.contains(&id)) {
            self.out.extend(packet.to_continuous_buffer());
        }
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        if self.out.is_empty() {
            return Ok(());
        }
        let sent = tokio::time::timeout(self.limits.write_within, self.stream.write_all(&self.out));
        sent.await.map_err(|_| Ended::Slow)??;
        self.out.clear();
        Ok(())
    }
}

/// What there is to say of a message beside that it was taken.
fn note(receipt: &Receipt) -> Option<String> {
    let (_, reason) = receipt.rejected.first()?;
    Some(format!("{} rejected, the first: {}", receipt.rejected.len(), reason.as_str()))
}
