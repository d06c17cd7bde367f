//! The twin of an asset as it was after an entry of the past, and the entries that came then.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use services::{Services, twins::hindsight::Begin};
use twin::Timestamp;
use utoipa::IntoParams;
use wire::ServerFrame;

use super::plant;
use crate::error::{HttpError, Refusal};

/// The most entries of one answer.
const MOST_ENTRIES: usize = 8_192;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TwinQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
    /// After this entry.
    #[param(example = 1)]
    seq: u64,
}

/// Gives the twin of an asset after an entry, worked out anew where it was not kept, by the model and the kernel of today:
/// a frame `Checkpoint`, as `/ws` sends them.
#[utoipa::path(get, path = "/api/v1/twin", tag = "plant", params(TwinQuery), responses(
    (status = 200, description = "the state", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset, no such entry of it, or the state is kept no longer", body = Refusal),
    (status = 503, description = "too many states of the past are asked for at once", body = Refusal),
))]
pub async fn twin(State(services): State<Services>, Query(query): Query<TwinQuery>) -> Result<Response, HttpError> {
    let number = services.number(&plant::asset(&query.asset)?)?;
    let state = services.hindsight.after(number, query.seq).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], state.frame).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
    /// Those after this number; without it, those that follow the first of the stretch of time.
    #[param(maximum = 9_223_372_036_854_775_807i64)]
    after: Option<u64>,
    /// The stretch begins at this time, in microseconds; with the first entry without it.
    from: Option<i64>,
    /// The stretch ends at this time, in microseconds; what came later follows all the same.
    to: Option<i64>,
    /// At most so many, at least one; 4,096 without it, never more than 8,192.
    limit: Option<u32>,
}

/// Gives entries of an asset in order of seq, as the twin is told of them: a frame `Samples`, as `/ws` sends them. They end
/// before what was deleted, and begin later than after `after` where that was; there are none where none came.
#[utoipa::path(get, path = "/api/v1/entries", tag = "plant", params(EntriesQuery), responses(
    (status = 200, description = "the entries", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset, or what was measured then was deleted", body = Refusal),
))]
pub async fn entries(
    State(services): State<Services>,
    Query(query): Query<EntriesQuery>,
) -> Result<Response, HttpError> {
    let number = services.number(&plant::asset(&query.asset)?)?;
    let begin = match query.after {
        Some(after) if i64::try_from(after).is_err() => {
            return Err(HttpError::Query(format!("`after`: at most {}", i64::MAX)));
        }
        Some(after) => Begin::After(after),
        None => Begin::Within(Timestamp(query.from.unwrap_or(i64::MIN)), Timestamp(query.to.unwrap_or(i64::MAX))),
    };
    let limit = query.limit.map_or(4_096, |limit| limit as usize).clamp(1, MOST_ENTRIES);
    let batch = services.hindsight.entries(number, begin, limit).await?;
    let frame = wire::encode(&ServerFrame::Samples(batch));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], frame).into_response())
}
