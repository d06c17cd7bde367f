//! The HTTP connector: readings and events of machines.

use std::net::SocketAddr;

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, State},
};
use serde::Serialize;
use services::{
    Services,
    ingest::{self, Delivery, Item, Origin},
    store::Receipt,
};

use utoipa::ToSchema;

use crate::{
    error::{HttpError, Refusal},
    routes::openapi::{Events, Reading},
};

/// What became of the items of a request.
#[derive(Serialize, ToSchema)]
pub struct Answer {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Refused>,
}

/// An item that was not taken in: its place in the request, and why.
#[derive(Serialize, ToSchema)]
struct Refused {
    index: usize,
    reason: &'static str,
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
    accept(&services, peer, ingest::http::telemetry(&body)?).await
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
    accept(&services, peer, ingest::http::events(&body)?).await
}

async fn accept(services: &Services, peer: SocketAddr, items: Vec<Item>) -> Result<Json<Answer>, HttpError> {
    let origin = Origin { connector: "http", client: peer.ip().to_string() };
    let delivery = Delivery { origin, received_at: ingest::received_at(), items };
    Ok(Json(services.pipeline.accept(delivery).await?.into()))
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
