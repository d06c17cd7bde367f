//! The MQTT ingest endpoint: takes publishes in 3.1.1 and 5, acknowledges them once they are durable, relays nothing.
//!
//! Where it departs from the standards, and from what a broker does:
//!
//! | what | here | why |
//! | --- | --- | --- |
//! | SUBSCRIBE | SUBACK refuses every filter (0x80; 0x83 in version 5) | nothing is relayed: a subscriber would wait for ever |
//! | wills, retained flag | taken and not acted upon | there is nobody to tell |
//! | user name, password | taken and not looked at | there are no accounts yet |
//! | MQTT 3.1 | CONNACK 1 | 3.1.1 has been out since 2014 |
//! | QoS 2 over a restart of the server | sessions are kept in memory: CONNACK says that there is none. A client that sends an unreleased message again all the same is taken at its word: with `t` in the payload the store knows the sample and keeps one; without, it is of another time of arrival and kept again | readings that matter say when they were taken |
//! | sessions without a client | at most 4,096, the one used longest ago is forgotten; never expire in 3.1.1 | bounded |
//! | unreleased QoS 2 messages | at most 1,024 a session, then DISCONNECT (0x97) | bounded |
//! | keep-alive | a 3.1.1 client that has not published is hung up on after ten minutes of silence, whatever it asked for; version 5 hears of it (Server Keep Alive) | one that only sits there takes another's place |
//! | reason of a rejection | Reason String of PUBACK and PUBREC in version 5; on the data page otherwise | 3.1.1 has no place for it |
//! | enhanced authentication | CONNACK 0x8C | not known here |
//! | topic aliases | not granted | topics are short, and tables of them are memory of a client's choosing |
//! | acknowledgements of what was never sent | the client is hung up on | it is not what it says it is |

mod answer;
mod calls;
mod connection;
mod heard;
mod hello;
mod names;
mod room;
mod rules;
mod session;
mod talk;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use self::hello::Ended;
use self::room::Room;
use crate::pipeline::Pipeline;

/// What connections may take of the server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// All together; with one more, the one that was silent for longest gives way.
    pub connections: usize,
    pub connections_per_address: usize,
    /// Whole packets, header included.
    pub packet_bytes: u32,
    pub first_packet_bytes: usize,
    pub first_packet_within: Duration,
    /// From a packet's first byte to its last.
    pub packet_within: Duration,
    /// Messages of one connection that wait for their commit; while there are so many, nothing is read.
    pub in_flight: usize,
    /// The same, in bytes of topics and payloads.
    pub in_flight_bytes: usize,
    /// QoS 2 messages that a client has not released.
    pub unreleased: usize,
    pub write_within: Duration,
    /// For how long a client may be silent that has not published yet.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            connections_per_address: 512,
            packet_bytes: 64 * 1024,
            first_packet_bytes: 4 * 1024,
            first_packet_within: Duration::from_secs(5),
            packet_within: Duration::from_secs(30),
            in_flight: 1024,
            in_flight_bytes: 1024 * 1024,
            unreleased: 1024,
            write_within: Duration::from_secs(10),
            silence: Duration::from_secs(600),
        }
    }
}

/// What all connections share.
#[derive(Debug)]
struct Door {
    limits: Limits,
    pipeline: Pipeline,
    sessions: session::Sessions,
    names: names::Names,
    shutdown: CancellationToken,
}

impl Door {
    fn new(limits: Limits, pipeline: Pipeline, shutdown: CancellationToken) -> Arc<Door> {
        let (sessions, names) = Default::default();
        Arc::new(Door { limits, pipeline, sessions, names, shutdown })
    }
}

/// Serves `listener` until `shutdown`, then lets every connection acknowledge what it has handed in.
pub async fn run(listener: TcpListener, limits: Limits, pipeline: Pipeline, shutdown: CancellationToken) {
    let room = Room::new(&limits);
    let door = Door::new(limits, pipeline, shutdown);
    let mut connections = JoinSet::new();
    loop {
        // Who gave way may still have to be told; beyond as many as are let in, newcomers wait outside.
        let has_room = connections.len() < 2 * limits.connections.max(1);
        let (stream, peer) = tokio::select! {
            accepted = listener.accept(), if has_room => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "an MQTT connection could not be accepted");
                    room.make_room();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            Some(ended) = connections.join_next(), if !connections.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection broke its own task, and nobody else's");
                }
                continue;
            }
            () = door.shutdown.cancelled() => break,
        };
        if let Err(error) = prepare(&stream) {
            tracing::debug!(%peer, %error, "an MQTT connection was gone before it began");
            continue;
        }
        let (door, seat) = (door.clone(), room.enter(peer.ip()));
        connections.spawn(async move {
            let _open = door.pipeline.mqtt_connections.open();
            if let Err(error) = connection::serve(stream, &door, &seat).await {
                tracing::debug!(%peer, %error, "an MQTT connection ended");
            }
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Speaks MQTT with whoever is at the other end of `stream`, as `run` does with every connection.
pub async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    limits: Limits,
    pipeline: Pipeline,
    shutdown: CancellationToken,
) -> Result<(), Ended> {
    let seat = Room::new(&limits).enter(IpAddr::V4(Ipv4Addr::LOCALHOST));
    connection::serve(stream, &Door::new(limits, pipeline, shutdown), &seat).await
}

fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    // A PUBACK is four bytes: waiting for more to send would only delay it.
    stream.set_nodelay(true)?;
    // A peer that is gone without a word is found out within two minutes, whatever its keep-alive.
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15));
    SockRef::from(stream).set_tcp_keepalive(&keepalive.with_retries(4))?;
    SockRef::from(stream).set_tcp_user_timeout(Some(Duration::from_secs(120)))
}
