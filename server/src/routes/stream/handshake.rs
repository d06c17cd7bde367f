//! The HTTP side of a WebSocket: the request checked, the answer, and the connection afterwards.
//!
//! axum's own extractor gives a socket that copies every frame into a buffer of its own, which keeps the size of the
//! largest: 60 kB a client after one checkpoint.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// A request for a WebSocket that is in order.
pub struct Handshake {
    accept: String,
    upgrade: OnUpgrade,
}

impl Handshake {
    /// Answers, and runs `serve` with the connection once the answer is out.
    pub fn then<F>(self, serve: impl FnOnce(TokioIo<Upgraded>) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let upgrade = self.upgrade;
        tokio::spawn(async move {
            match upgrade.await {
                Ok(upgraded) => serve(TokioIo::new(upgraded)).await,
                Err(error) => tracing::debug!(%error, "a client left before its socket was open"),
            }
        });
        let headers = [
            (header::CONNECTION, "Upgrade"),
            (header::UPGRADE, "websocket"),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept.as_str()),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Handshake, Response> {
        let headers = &parts.headers;
        if !names(headers, header::CONNECTION, "upgrade") || !names(headers, header::UPGRADE, "websocket") {
            let asked = [(header::CONNECTION, "Upgrade"), (header::UPGRADE, "websocket")];
            return Err((StatusCode::UPGRADE_REQUIRED, asked, "this is a websocket").into_response());
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            let known = [(header::SEC_WEBSOCKET_VERSION, "13")];
            return Err((StatusCode::UPGRADE_REQUIRED, known, "websockets of version 13 only").into_response());
        }
        // 16 bytes of base64.
        let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24);
        let Some(accept) = key.map(|key| derive_accept_key(key.as_bytes())) else {
            return Err((StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` is missing or no key").into_response());
        };
        match parts.extensions.remove::<OnUpgrade>() {
            Some(upgrade) => Ok(Handshake { accept, upgrade }),
            None => Err((StatusCode::UPGRADE_REQUIRED, "this connection cannot become a websocket").into_response()),
        }
    }
}

/// Whether `word` is among the comma-separated words of a header.
fn names(headers: &HeaderMap, header: HeaderName, word: &str) -> bool {
    let lines = headers.get_all(header).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}
