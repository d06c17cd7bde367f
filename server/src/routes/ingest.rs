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
    store::{Receipt, Refused},
    validate::Reason,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::{HttpError, Refusal},
    routes::openapi::forms::{Events, Reading},
};

/// What became of the items of a request.
#[derive(Serialize, ToSchema)]
pub struct Answer {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Told>,
}

/// An item that was not taken in: its place in the request, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = Refused)]
struct Told {
    index: usize,
    /// In a word, as programs compare it: `unit`, `range`, `unknown-signal` and so on.
    reason: &'static str,
    /// In words for a person.
    #[schema(example = "`load` is in kW here and was sent as `degC`")]
    detail: String,
}

/// Takes at most 10,000 readings in, and answers once they are durable. What is wrong with one of them does not touch
/// the rest: it is kept as a rejection, counted and told by its index, and the answer is 200.
#[utoipa::path(post, path = "/api/v1/telemetry", tag = "ingest", request_body = Vec<Reading>, responses(
    (status = 200, description = "what became of them: all that was accepted is durable", body = Answer),
    (status = 400, description = "the body is no JSON of this shape, or has more than 10,000 items", body = Refusal),
    (status = 408, description = "the body did not come to its end in time", body = Refusal),
    (status = 413, description = "the body is larger than 4 MiB", body = Refusal),
    (status = 415, description = "the body says that it is no JSON", body = Refusal),
    (status = 503, description = "the store is full of work, or the server stops: to be sent again", body = Refusal),
))]
pub async fn telemetry(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Json<Answer>, HttpError> {
    let text = Text::from(body);
    let receipt = accept(&services, "http", peer, &text, ingest::http::telemetry(&text)?).await?;
    Ok(Json(receipt.into()))
}

/// Takes an event in, or an array of them. Answers once they are durable.
#[utoipa::path(post, path = "/api/v1/events", tag = "ingest", request_body = Events, responses(
    (status = 200, description = "what became of them: all that was accepted is durable", body = Answer),
    (status = 400, description = "the body is no JSON of this shape, or has more than 10,000 items", body = Refusal),
    (status = 408, description = "the body did not come to its end in time", body = Refusal),
    (status = 413, description = "the body is larger than 4 MiB", body = Refusal),
    (status = 415, description = "the body says that it is no JSON", body = Refusal),
    (status = 503, description = "the store is full of work, or the server stops: to be sent again", body = Refusal),
))]
pub async fn events(
    State(services): State<Services>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Json<Answer>, HttpError> {
    let text = Text::from(body);
    let receipt = accept(&services, "http", peer, &text, ingest::http::events(&text)?).await?;
    Ok(Json(receipt.into()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// Of the lines' times: `ns` (without it), `us`, `ms`, `s`, `m`, `h`.
    #[param(pattern = "^(n|ns|u|us|ms|s|m|h)$")]
    precision: Option<String>,
}

/// Takes InfluxDB line protocol in, gzipped or not. Answers once everything is durable: what was taken, and in
/// quarantine what was refused. Lines that are none are named, and the rest is taken all the same.
#[utoipa::path(post, path = "/write", tag = "ingest", params(LinesQuery),
    request_body(content = Option<String>, content_type = "text/plain", example = "cell-b0005 voltage=3.7 1700000000000000000"),
    responses(
        (status = 204, description = "all is durable: taken, or refused and in quarantine"),
        (status = 400, description = "some lines are none, or the precision is none", body = Refusal),
        (status = 408, description = "the body did not come to its end in time", body = Refusal),
        (status = 413, description = "the body is larger than 4 MiB, packed or not, or has too many values", body = Refusal),
        (status = 415, description = "the body is packed in another way than gzip", body = Refusal),
        (status = 503, description = "the store is full of work, or the server stops: to be sent again", body = Refusal),
    ),
)]
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
    let unread = receipt.rejected.iter().filter(|refused| refused.reason == Reason::Malformed);
    match unread.clone().next() {
        None => Ok(StatusCode::NO_CONTENT),
        Some(refused) => {
            let first = format!("reading {}: {}", refused.index, refused.detail);
            Err(HttpError::Partial { unread: unread.count(), first })
        }
    }
}

/// Does the same where clients of InfluxDB 2 look for it; `org` and `bucket` mean nothing here.
#[utoipa::path(post, path = "/api/v2/write", tag = "ingest", params(LinesQuery),
    request_body(content = Option<String>, content_type = "text/plain", example = "cell-b0005 voltage=3.7 1700000000000000000"),
    responses(
        (status = 204, description = "all is durable: taken, or refused and in quarantine"),
        (status = 400, description = "some lines are none, or the precision is none", body = Refusal),
        (status = 408, description = "the body did not come to its end in time", body = Refusal),
        (status = 413, description = "the body is larger than 4 MiB, packed or not, or has too many values", body = Refusal),
        (status = 415, description = "the body is packed in another way than gzip", body = Refusal),
        (status = 503, description = "the store is full of work, or the server stops: to be sent again", body = Refusal),
    ),
)]
pub async fn lines_v2(
    services: State<Services>,
    peer: ConnectInfo<SocketAddr>,
    query: Query<LinesQuery>,
    body: Bytes,
) -> Result<StatusCode, HttpError> {
    lines(services, peer, query, body).await
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
        let told = |Refused { index, reason, detail }| Told { index, reason: reason.as_str(), detail };
        Answer {
            accepted: receipt.accepted,
            duplicates: receipt.duplicates,
            rejected: receipt.rejected.into_iter().map(told).collect(),
        }
    }
}
