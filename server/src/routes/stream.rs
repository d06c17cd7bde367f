//! The WebSocket: one client's live feed. Testable without a socket.

mod client;
mod follow;

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocketUpgrade, close_code},
    },
    response::Response,
};
use bytes::Bytes;
use futures::{FutureExt, Sink, SinkExt, Stream, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use services::{
    Services,
    hub::{Feed, Update},
};
use wire::{ClientFrame, ServerFrame, frame::ALIVE_EVERY};

use crate::state::Gate;
use client::{Client, Gone};

/// The largest frame that a client may send.
const CLIENT_BYTES: usize = 64 * 1024;
const BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BYTES: usize = 1024 * 1024;
/// A client that takes nothing is not told goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);
/// After so long without another frame, the client is told that the server lives.
const ALIVE: Duration = Duration::from_micros(ALIVE_EVERY.0 as u64);

/// `GET /ws`.
pub async fn upgrade(
    State(services): State<Services>,
    State(gate): State<Arc<Gate>>,
    socket: WebSocketUpgrade,
) -> Response {
    socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BYTES)
        .max_message_size(CLIENT_BYTES)
        .max_frame_size(CLIENT_BYTES)
        .on_upgrade(|socket| async move {
            let (mut out, incoming) = socket.split();
            let counters = services.counters.clone();
            counters.sockets.inc();
            let incoming = pin!(incoming.take_until(gate.closing.cancelled()));
            serve(&mut out, incoming, services).await;
            if gate.closing.is_cancelled() {
                // The browser comes back once there is a server again.
                let goodbye = CloseFrame { code: close_code::AWAY, reason: "the server stops".into() };
                let _ = tokio::time::timeout(GOODBYE_WITHIN, out.send(Message::Close(Some(goodbye)))).await;
            }
            counters.sockets.dec();
        })
}

/// What the next frame of a feed comes with: the feed itself, to be asked again.
struct Fed {
    asset: usize,
    feed: Feed,
    update: Option<Update>,
}

/// Serves one client until it leaves, breaks the protocol or is too slow.
pub async fn serve<E>(
    out: impl Sink<Message> + Unpin,
    mut incoming: impl Stream<Item = Result<Message, E>> + Unpin,
    services: Services,
) {
    let mut client = Client::new(out, services);
    let mut feeds: FuturesUnordered<BoxFuture<'static, Fed>> = FuturesUnordered::new();
    let served: Result<(), Gone> = async {
        client.hello().await?;
        let mut alive = tokio::time::interval(ALIVE);
        alive.reset();
        loop {
            tokio::select! {
                message = incoming.next() => match message {
                    Some(Ok(Message::Binary(bytes))) => feeds.extend(receive(&mut client, bytes).await?),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Text(_))) => return client.dismiss("frames are binary").await,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                },
                Some(fed) = feeds.next(), if !feeds.is_empty() => {
                    if client.hears(fed.asset)
                        && let Some(update) = fed.update
                    {
                        client.update(fed.asset, update).await?;
                        feeds.push(listen(fed.asset, fed.feed));
                    }
                }
                _ = alive.tick() => client.alive().await?,
            }
        }
    }
    .await;
    if let Err(Gone(why)) = served {
        tracing::debug!(why, "a client's stream ended");
    }
}

/// Does what a frame of the client's asks for; gives what is to be listened to from now on.
async fn receive<Out: Sink<Message> + Unpin>(
    client: &mut Client<Out>,
    bytes: Bytes,
) -> Result<Vec<BoxFuture<'static, Fed>>, Gone> {
    match wire::decode(&bytes) {
        Ok(ClientFrame::Subscribe { assets }) => {
            let feeds = client.subscribe(assets).await?;
            return Ok(feeds.into_iter().map(|(asset, feed)| listen(asset, feed)).collect());
        }
        Ok(ClientFrame::Unsubscribe { assets }) => assets.iter().for_each(|asset| client.unsubscribe(asset)),
        Ok(ClientFrame::Acknowledge { frames }) => client.acknowledge(frames).await?,
        Err(error) => client.dismiss(&error.to_string()).await?,
    }
    Ok(Vec::new())
}

fn listen(asset: usize, mut feed: Feed) -> BoxFuture<'static, Fed> {
    async move {
        let update = feed.next().await;
        Fed { asset, feed, update }
    }
    .boxed()
}

/// A frame as a message.
fn message(frame: &ServerFrame) -> Bytes {
    wire::encode(frame).into()
}
