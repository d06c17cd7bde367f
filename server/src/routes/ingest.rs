//! The HTTP connector: readings and events of machines.

use std::net::SocketAddr;

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, Query, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use services::{
    Services,
    ingest::{self, Delivery, Item, Origin, Text, line::Precision},
    store::Receipt,
    validate::Reason,
};

use crate::error::HttpError;

/// What became of the items of a request.
#[derive(Serialize)]
pub struct Answer {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Refused>,
}

#[derive(Serialize)]
struct Refused {
    index: usize,
    reason: &'static str,
}

/// `POST /api/v1/telemetry`: an array of readings. Answers once they are durable.
pub async fn telemetry(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Json<Answer>, HttpError> {
    let text = Text::from(body);
    let receipt = accept(&services, "http", peer, &text, ingest::http::telemetry(&text)?).await?;
    Ok(Json(receipt.into()))
}

/// `POST /api/v1/events`: an event, or an array of them. Answers once they are durable.
pub async fn events(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Json<Answer>, HttpError> {
    let text = Text::from(body);
    let receipt = accept(&services, "http", peer, &text, ingest::http::events(&text)?).await?;
    Ok(Json(receipt.into()))
}

#[derive(Deserialize)]
pub struct LinesQuery {
    /// Of the lines' times: `ns`, `us`, `ms`, `s`.
    precision: Option<String>,
}

/// `POST /write` and `POST /api/v2/write`: InfluxDB line protocol. Answers once everything is durable: what was taken,
/// and in quarantine what was refused. Lines that are none are named, and the rest is taken all the same.
pub async fn lines(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(query): Query<LinesQuery>,
    body: Bytes,
) -> Result<StatusCode, HttpError> {
    let unknown = |text: &str| HttpError::Query(format!("`precision` is ns, us, ms or s, not `{text}`"));
    let precision = query.precision.as_deref();
    let precision =
        precision.map_or(Ok(Precision::default()), |text| Precision::parse(text).ok_or_else(|| unknown(text)))?;
    let text = Text::from(body);
    let receipt = accept(&services, "line", peer, &text, ingest::line::lines(&text, precision)?).await?;
    let unread = receipt.rejected.iter().filter(|(_, reason)| *reason == Reason::Malformed);
    match unread.clone().next() {
        None => Ok(StatusCode::NO_CONTENT),
        Some((index, _)) => Err(HttpError::Partial { unread: unread.count(), first: format!("reading {index}") }),
    }
}

async fn accept(
    services: &Services,
    connector: &'static str,
    peer: SocketAddr,
    text: &Text,
    items: Vec<Item<'_>>,
) -> Result<Receipt, HttpError> {
    let origin = Origin { connector, client: peer.ip().to_string() };
    let delivery = Delivery { origin, received_at: ingest::received_at(), text, items };
    Ok(services.pipeline.accept(delivery).await?)
}

impl From<Receipt> for Answer {
    fn from(receipt: Receipt) -> Answer {
        let rejected = receipt.rejected.into_iter();
        Answer {
            accepted: receipt.accepted,
            duplicates: receipt.duplicates,
            rejected: rejected.map(|(index, reason)| Refused { index, reason: reason.as_str() }).collect(),
        }
    }
}
