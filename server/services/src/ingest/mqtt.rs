//! The MQTT ingest endpoint: takes publishes in 3.1.1 and 5, acknowledges them once they are durable, relays nothing.

mod answer;
mod connection;
mod heard;
mod hello;
mod session;

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::pipeline::Pipeline;

/// What one connection may take of the server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connections: usize,
    /// Whole packets, header included.
    pub packet_bytes: u32,
    pub first_packet_bytes: usize,
    pub first_packet_within: Duration,
    /// Messages of one connection that wait for their commit; while there are so many, nothing is read.
    pub in_flight: usize,
    pub write_within: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            packet_bytes: 64 * 1024,
            first_packet_bytes: 4 * 1024,
            first_packet_within: Duration::from_secs(5),
            in_flight: 1024,
            write_within: Duration::from_secs(10),
        }
    }
}

/// Serves `listener` until `shutdown`, then lets every connection acknowledge what it has handed in.
pub async fn run(listener: TcpListener, limits: Limits, pipeline: Pipeline, shutdown: CancellationToken) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let sessions = Arc::new(session::Sessions::default());
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, mostly: others may close theirs meanwhile.
                    tracing::warn!(%error, "an MQTT connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = shutdown.cancelled() => break,
        };
        let Ok(permit) = room.clone().try_acquire_owned() else {
            tracing::warn!(%peer, "an MQTT connection too many");
            continue;
        };
        // A PUBACK is four bytes: waiting for more to send would only delay it.
        let _ = stream.set_nodelay(true);
        let (pipeline, sessions, shutdown) = (pipeline.clone(), sessions.clone(), shutdown.clone());
        connections.spawn(async move {
            let (_permit, _open) = (permit, pipeline.mqtt_connections.open());
            match connection::serve(stream, limits, &pipeline, &sessions, &shutdown).await {
                Ok(()) => {}
                Err(error) => tracing::debug!(%peer, %error, "an MQTT connection ended"),
            }
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
