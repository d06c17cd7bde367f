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
    accept(&services, peer, ingest::http::telemetry(&body)?).await
}

/// `POST /api/v1/events`: an event, or an array of them. Answers once they are durable.
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
