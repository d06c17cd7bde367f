//! The HTTP door: connections up to a number, each with its time-outs, and their end when the server is to stop.

mod connection;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

use crate::config::Server;
use connection::{Answering, Connection, Pace};

/// Connections too many that are told so at a time; the rest is closed without a word.
const REFUSALS: usize = 64;
const REFUSE_WITHIN: Duration = Duration::from_secs(1);
const MOST_HEADERS: usize = 100;
/// After a connection could not be accepted, mostly for want of file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// What one connection may take of the server, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connections: usize,
    pub head_bytes: usize,
    pub head_within: Duration,
    pub stall_within: Duration,
    pub idle_within: Duration,
    pub drain_within: Duration,
}

impl From<&Server> for Limits {
    fn from(server: &Server) -> Limits {
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Limits {
            connections: whole(server.connections).min(Semaphore::MAX_PERMITS),
            head_bytes: whole(server.head_kib) * 1024,
            head_within: Duration::from_secs(server.head_secs),
            stall_within: Duration::from_secs(server.stall_secs),
            idle_within: Duration::from_secs(server.idle_secs),
            drain_within: Duration::from_secs(server.drain_secs),
        }
    }
}

/// Serves `listener` until `closing`, then lets what is under way come to its end.
pub async fn serve<App>(listener: TcpListener, limits: Limits, app: App, closing: CancellationToken)
where
    App: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let room = Arc::new(Semaphore::new(limits.connections));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "an HTTP connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = closing.cancelled() => break,
        };
        // An answer is written whole: waiting for more to send would only delay it.
        let _ = stream.set_nodelay(true);
        let Ok(place) = room.clone().try_acquire_owned() else {
            tracing::warn!(%peer, "an HTTP connection too many");
            if let Ok(turn) = refusals.clone().try_acquire_owned() {
                tokio::spawn(async move {
                    let _turn = turn;
                    let _ = tokio::time::timeout(REFUSE_WITHIN, refuse(stream)).await;
                });
            }
            continue;
        };
        let pace = Arc::new(Pace::default());
        let connection = Connection::new(stream, limits, pace.clone(), place);
        connections.spawn(converse(connection, limits, peer, pace, app.clone(), closing.clone()));
    }
    drop(listener);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let ended = async {
        while connections.join_next().await.is_some() {}
        // Sockets have left their conversation, and hold their place until they have said goodbye.
        let _ = room.acquire_many(all).await;
    };
    if tokio::time::timeout(limits.drain_within, ended).await.is_err() {
        tracing::warn!("requests that did not come to their end are cut off");
    }
    // Whoever is left is dropped with the set.
}

/// Speaks HTTP/1.1 with one client.
async fn converse<App>(
    connection: Connection,
    limits: Limits,
    peer: SocketAddr,
    pace: Arc<Pace>,
    app: App,
    closing: CancellationToken,
) where
    App: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (app, pace) = (app.clone(), pace.clone());
        pace.begin();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = app.oneshot(request).await?;
            if answer.status() == http::StatusCode::SWITCHING_PROTOCOLS {
                return Ok::<_, Infallible>(answer);
            }
            let ends = pace.answering();
            Ok(answer.map(|body| Body::new(Answering::new(body, ends))))
        }
    });
    let mut builder = http1::Builder::new();
    // hyper counts from the moment at which it waits for a head: that is how long a connection may be idle.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_within.max(limits.head_within))
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes.max(64 * 1024))
        .max_headers(MOST_HEADERS);
    let conversation = builder.serve_connection(TokioIo::new(connection), service).with_upgrades();
    tokio::pin!(conversation);
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = closing.cancelled() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "an HTTP connection ended");
    }
}

/// Tells a connection too many that it is one.
async fn refuse(mut stream: TcpStream) -> std::io::Result<()> {
    const BODY: &str = r#"{"error":"too many connections"}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         retry-after: 1\r\nconnection: close\r\n\r\n{BODY}",
        BODY.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // Closing with something unread would reset the connection, and the answer might be lost.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
