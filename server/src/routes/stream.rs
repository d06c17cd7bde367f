//! The WebSocket: one client's live feed. Testable without a socket.

mod client;
mod follow;
mod handshake;
mod line;
mod moments;
pub mod viewers;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, State},
    response::Response,
};
use bytes::Bytes;
use futures::{Sink, SinkExt, Stream, StreamExt};
use services::Services;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};
use tokio_util::sync::CancellationToken;
use wire::{ClientFrame, ServerFrame, frame::ALIVE_EVERY};

use crate::state::Gate;
use client::{Client, Gone};
use handshake::Handshake;
use line::Line;
use viewers::{Full, Viewers};

/// After so long without another frame, the client is told that the server lives.
const ALIVE: Duration = Duration::from_micros(ALIVE_EVERY.0 as u64);
/// How long the other side may take to close.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// `GET /ws`.
pub async fn upgrade(
    State(services): State<Services>,
    State(viewers): State<Arc<Viewers>>,
    State(gate): State<Arc<Gate>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    handshake: Handshake,
) -> Response {
    let place = viewers.admit(peer.ip());
    handshake.then(async move |io| {
        let line = Line::over(io).await;
        match place {
            Ok(_place) => {
                let counters = services.counters.clone();
                counters.sockets.inc();
                serve(line, services, viewers, gate.closing.clone()).await;
                counters.sockets.dec();
            }
            // Said over the socket: of an answer without one, a page is not told the reason.
            Err(full) => turn_away(line, full).await,
        }
    })
}

/// Serves one client until it leaves, breaks the protocol or is too slow, or until `closing`.
pub async fn serve<L, E>(line: L, services: Services, viewers: Arc<Viewers>, closing: CancellationToken)
where
    L: Sink<Message> + Stream<Item = Result<Message, E>> + Unpin,
    E: Into<Gone>,
{
    let mut client = Client::new(line, services, viewers);
    let ended = tokio::select! {
        ended = follow(&mut client) => ended,
        // The browser comes back once there is a server again.
        () = closing.cancelled() => Gone { why: "the server stops", code: Some(CloseCode::Away) },
    };
    tracing::debug!(why = ended.why, "a client's stream ended");
    // A client that is gone takes no close; one that takes nothing is not waited for.
    let _ = tokio::time::timeout(CLOSE_WITHIN, close(&mut client.line, ended)).await;
}

/// Does what the client asks for and tells it what happens; gives why that ended.
async fn follow<L, E>(client: &mut Client<L>) -> Gone
where
    L: Sink<Message> + Stream<Item = Result<Message, E>> + Unpin,
    E: Into<Gone>,
{
    let served: Result<(), Gone> = async {
        client.hello().await?;
        let mut alive = tokio::time::interval(ALIVE);
        alive.reset();
        loop {
            // Whatever the turn brought leaves in one write.
            client.flush().await?;
            tokio::select! {
                message = client.line.next() => match message {
                    Some(Ok(Message::Binary(bytes))) => receive(client, bytes).await?,
                    Some(Ok(Message::Text(_))) => return client.dismiss("frames are binary").await,
                    Some(Ok(Message::Close(_))) => return Err(Gone::left("closed")),
                    Some(Ok(_)) => client.is_heard(),
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(Gone::left("hung up")),
                },
                () = client.listener.due() => client.forward().await?,
                _ = alive.tick() => client.alive().await?,
            }
        }
    }
    .await;
    served.err().unwrap_or(Gone::left("ended"))
}

/// Does what a frame of the client's asks for.
async fn receive<L: Sink<Message> + Unpin>(client: &mut Client<L>, bytes: Bytes) -> Result<(), Gone> {
    client.is_heard();
    match wire::decode(&bytes) {
        Ok(ClientFrame::Subscribe { assets, store_id }) => client.subscribe(assets, store_id).await,
        Ok(ClientFrame::Unsubscribe { assets }) => {
            assets.iter().for_each(|asset| client.unsubscribe(asset));
            Ok(())
        }
        Ok(ClientFrame::Acknowledge { frames }) => client.acknowledge(frames).await,
        Err(error) => client.dismiss(&error.to_string()).await,
    }
}

async fn turn_away<L, E>(mut line: L, full: Full)
where
    L: Sink<Message> + Stream<Item = Result<Message, E>> + Unpin,
{
    let refused = message(&ServerFrame::Refused { reason: full.to_string() });
    let said = async {
        if line.send(Message::Binary(refused)).await.is_ok() {
            close(&mut line, Gone { why: "full", code: Some(CloseCode::Again) }).await;
        }
    };
    let _ = tokio::time::timeout(CLOSE_WITHIN, said).await;
}

/// Closes as the protocol has it: says why, and hears the other side out.
async fn close<L, E>(line: &mut L, ended: Gone)
where
    L: Sink<Message> + Stream<Item = Result<Message, E>> + Unpin,
{
    if let Some(code) = ended.code {
        let frame = CloseFrame { code, reason: ended.why.into() };
        if line.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
    }
    while let Some(Ok(_)) = line.next().await {}
    // The answer to a client's own goodbye was written while it was read on, and waits to be sent.
    let _ = line.flush().await;
}

/// A frame as a message.
fn message(frame: &ServerFrame) -> Bytes {
    wire::encode(frame).into()
}

#[cfg(test)]
mod tests;
