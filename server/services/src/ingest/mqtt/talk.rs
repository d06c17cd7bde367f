//! The conversation with a client that was let in: packets to deliveries, commits to acknowledgements, in order.

mod messages;
mod sending;

use std::{collections::BTreeMap, time::Duration};

use super::{
    Door,
    answer::{self, Owed, Speaks, Welcome},
    calls::Calls,
    heard::Heard,
    hello::{Ended, Hello},
    rules,
    session::{Held, Kept},
};
use crate::{
    ingest::Origin,
    store::{Receipt, StoreError},
};
use futures::{FutureExt, StreamExt, stream::FuturesOrdered};
use messages::{Commit, Settled};
use mqtt_protocol_core::mqtt::{
    Connection,
    common::Cursor,
    connection::{Event, TimerKind},
    packet::Packet,
    result_code::{DisconnectReasonCode, MqttError},
    role,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    time::Instant,
};

/// How long last words may take to be sent.
const FAREWELL_WITHIN: Duration = Duration::from_millis(200);

pub struct Talk<'a, S> {
    stream: S,
    core: Connection<role::Server>,
    door: &'a Door,
    calls: Calls<'a>,
    speaks: Speaks,
    asks_why: bool,
    /// What the client calls itself.
    client: Option<String>,
    /// Its name in the record, once it has published.
    origin: Option<Origin>,
    in_flight: FuturesOrdered<Commit>,
    /// Bytes of the messages in flight.
    bytes: usize,
    /// QoS 2 messages whose commit is under way: how many of each id.
    uncommitted: BTreeMap<u16, usize>,
    out: bytes::BytesMut,
    keep_alive: Option<Duration>,
    heard_at: Instant,
    /// When the packet began that is not all there yet.
    began_at: Option<Instant>,
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

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, S> {
    pub fn new(
        stream: S,
        core: Connection<role::Server>,
        door: &'a Door,
        calls: Calls<'a>,
        hello: &Hello,
    ) -> Talk<'a, S> {
        Talk {
            stream,
            core,
            door,
            calls,
            speaks: hello.speaks,
            asks_why: hello.asks_why,
            client: (!hello.client.is_empty()).then(|| hello.client.clone()),
            origin: None,
            in_flight: FuturesOrdered::new(),
            bytes: 0,
            uncommitted: BTreeMap::new(),
            out: bytes::BytesMut::new(),
            keep_alive: None,
            heard_at: Instant::now(),
            began_at: None,
        }
    }

    /// Talks until it is over; what is in flight then is acknowledged only where it is the server that stops.
    pub async fn run(&mut self, events: Vec<Event>, welcome: &Welcome, held: &mut Held) -> Result<(), Ended> {
        let ended = self.converse(events, welcome, held).await;
        let why = match &ended {
            Err(Ended::Stopping) => {
                while let Some(settled) = self.in_flight.next().await {
                    self.acknowledge(settled, held)?;
                }
                DisconnectReasonCode::ServerShuttingDown
            }
            Err(Ended::Taken) => DisconnectReasonCode::SessionTakenOver,
            Err(Ended::GaveWay | Ended::Unreleased) => DisconnectReasonCode::QuotaExceeded,
            Err(Ended::Silent | Ended::Stalled) => DisconnectReasonCode::KeepAliveTimeout,
            Err(Ended::Protocol(error)) => (*error).into(),
            _ => return ended,
        };
        // Where the core has said so already, it does not let it be said again.
        if let Ok(Some(packet)) = answer::disconnect(self.speaks, why) {
            let _ = self.send(packet);
        }
        let _ = tokio::time::timeout(FAREWELL_WITHIN, sending::all(&mut self.stream, &mut self.out)).await;
        if matches!(ended, Err(Ended::Stopping)) { Ok(()) } else { ended }
    }

    /// Closes the socket and waits for what was handed in.
    pub async fn into_receipts(self) -> Vec<(Owed, Result<Receipt, StoreError>)> {
        let Talk { stream, in_flight, .. } = self;
        drop(stream);
        in_flight.map(|settled| (settled.owed, settled.receipt)).collect().await
    }

    async fn converse(&mut self, events: Vec<Event>, welcome: &Welcome, held: &mut Held) -> Result<(), Ended> {
        self.handle(events, held).await?;
        self.send(answer::connack(self.speaks, welcome)?)?;
        self.flush().await?;
        let mut buffer = vec![0; 4096];
        let mut is_listening = true;
        loop {
            let limits = self.door.limits;
            let has_room = self.in_flight.len() < limits.in_flight && self.bytes < limits.in_flight_bytes;
            if has_room && !is_listening {
                // Whoever was not listened to was neither silent nor slow.
                self.heard_at = Instant::now();
                self.began_at = self.began_at.map(|_| self.heard_at);
            }
            is_listening = has_room;
            let (deadline, late) = self.deadline();
            tokio::select! {
                biased;
                Some(settled) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    self.acknowledge(settled, held)?;
                    while let Some(Some(settled)) = self.in_flight.next().now_or_never() {
                        self.acknowledge(settled, held)?;
                    }
                }
                ended = self.calls.heard() => return Err(ended),
                read = self.stream.read(&mut buffer), if has_room => {
                    let count = read?;
                    if count == 0 || self.take_in(&buffer[..count], held).await? == Then::Close {
                        return self.flush().await;
                    }
                }
                () = tokio::time::sleep_until(deadline.unwrap_or(self.heard_at)), if has_room && deadline.is_some() =>
                    return Err(late),
            }
            self.flush().await?;
        }
    }

    /// Until when something must be heard, and what it is otherwise.
    fn deadline(&self) -> (Option<Instant>, Ended) {
        let limits = &self.door.limits;
        // A client that has published may be silent for as long as it said; one that only sits there may not.
        let silence = match (self.keep_alive, &self.origin) {
            (keep_alive, Some(_)) => keep_alive,
            (keep_alive, None) => Some(keep_alive.map_or(limits.silence, |span| span.min(limits.silence * 3 / 2))),
        };
        let silent = silence.and_then(|span| self.heard_at.checked_add(span));
        let stalled = self.began_at.and_then(|began| began.checked_add(limits.packet_within));
        match (silent, stalled) {
            (Some(silent), Some(stalled)) if stalled < silent => (Some(stalled), Ended::Stalled),
            (None, Some(stalled)) => (Some(stalled), Ended::Stalled),
            (silent, _) => (silent, Ended::Silent),
        }
    }

    async fn take_in(&mut self, bytes: &[u8], held: &mut Held) -> Result<Then, Ended> {
        self.heard_at = Instant::now();
        self.calls.seat.heard();
        let mut cursor = Cursor::new(bytes);
        while (cursor.position() as usize) < bytes.len() {
            if self.began_at.is_none() && !rules::is_header(bytes[cursor.position() as usize]) {
                return Err(Ended::Protocol(MqttError::MalformedPacket));
            }
            let events = self.core.recv(&mut cursor);
            // The core has something to say of every packet that is complete.
            self.began_at = events.is_empty().then(|| self.began_at.unwrap_or(self.heard_at));
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
                Event::NotifyPacketReceived(packet) => then = then.or(self.packet(&packet, held).await?),
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
        broken.map_or(Ok(then), |error| Err(Ended::Protocol(error)))
    }

    async fn packet(&mut self, packet: &Packet, held: &mut Held) -> Result<Then, Ended> {
        let reply = match Heard::of(packet) {
            Heard::Publish { topic, payload, owed } => {
                self.publish(topic, payload, owed, held).await?;
                return Ok(Then::GoOn);
            }
            Heard::Release(id) if self.uncommitted.contains_key(&id) => {
                // It has to wait for its PUBREC, and so for the commit.
                let settled = Settled { owed: Owed::Pubcomp(id), bytes: 0, receipt: Ok(Receipt::default()) };
                self.in_flight.push_back(Box::pin(std::future::ready(settled)));
                return Ok(Then::GoOn);
            }
            Heard::Release(id) => self.released(id, held)?,
            Heard::Subscribe { id, filters } => answer::suback(self.speaks, id, filters)?,
            Heard::Unsubscribe { id, filters } => answer::unsuback(self.speaks, id, filters)?,
            // A session that was to end with the connection is not to be kept after all: the standard says so.
            Heard::Leave(Some(kept)) if kept != Kept::Not && held.kept == Kept::Not => {
                return Err(Ended::Protocol(MqttError::ProtocolError));
            }
            Heard::Leave(kept) => {
                held.kept = kept.unwrap_or(held.kept);
                return Ok(Then::Close);
            }
            Heard::Wrong(error) => return Err(Ended::Protocol(error)),
            Heard::Nothing => return Ok(Then::GoOn),
        };
        self.send(reply)
    }
}
