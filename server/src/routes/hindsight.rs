//! The twin of an asset as it was after an entry of the past.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use services::Services;
use utoipa::IntoParams;

use super::plant;
use crate::error::{HttpError, Refusal};

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
