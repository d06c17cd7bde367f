//! Calibrations: proposed, listed, taken over, declined.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use services::{
    Services,
    calibration::{self, Answer, CalibrationError, Finding, Kept, Proposal, Verdict},
};
use twin::Timestamp;
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::plant;
use crate::error::{HttpError, Refusal};

/// Until there are accounts, whoever calls.
const ACTOR: &str = "local";

/// What changes are refused with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it is what the document of the API says of them")]
enum Refusals {
    #[response(
        status = 400,
        description = "the body is no JSON of this shape, the model cannot be so, or there is no reason"
    )]
    Wrong(Refusal),
    #[response(status = 404, description = "there is no such asset or proposal")]
    Missing(Refusal),
    #[response(status = 408, description = "the body did not come to its end in time")]
    Late(Refusal),
    #[response(status = 409, description = "the asset has another model by now, or the proposal is answered already")]
    Conflict(Refusal),
    #[response(status = 413, description = "the body is larger than 256 KiB")]
    TooLarge(Refusal),
    #[response(status = 415, description = "the body says that it is no JSON")]
    NoJson(Refusal),
    #[response(status = 503, description = "the store is full of work, or the server stops: to be sent again")]
    Busy(Refusal),
}

/// A parameter that was found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Its name in the model.
    #[schema(example = "rise_oil")]
    name: String,
    value: f64,
    /// How far from it it may be, with a probability of 90 %.
    #[schema(minimum = 0)]
    within: f64,
    /// What it was believed to be.
    was: f64,
}

/// Values of a model's parameters, and what they were found from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CalibrationProposal)]
pub struct Proposed {
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    asset: String,
    /// The first 16 digits of the hash of the model that it is of.
    model: String,
    /// The window that it was found over, in microseconds.
    from: i64,
    to: i64,
    /// Measurements that were compared.
    count: u64,
    /// By how many standard deviations of their sensors these differ, before and with what was found.
    #[schema(minimum = 0)]
    before: f64,
    #[schema(minimum = 0)]
    after: f64,
    #[schema(min_items = 1, max_items = 32)]
    found: Vec<Found>,
}

/// An answer to a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CalibrationAnswer)]
pub struct Answered {
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    asset: String,
    proposal: u64,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A proposal and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calibration {
    /// The entry that tells of it.
    proposal: u64,
    t: i64,
    by: String,
    model: String,
    from: i64,
    to: i64,
    count: u64,
    before: f64,
    after: f64,
    found: Vec<Found>,
    /// `open`, `taken`, `declined`, or `outdated` where the asset has another model by now.
    state: &'static str,
    /// Who answered it, and why; empty before.
    answered_by: String,
    reason: String,
}

/// The entry that tells of a proposal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalibrationKept)]
pub struct Told {
    proposal: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CalibrationsQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
}

/// Lists the last proposals of an asset and what became of them, newest first.
#[utoipa::path(get, path = "/api/v1/calibrations", tag = "calibrations", params(CalibrationsQuery), responses(
    (status = 200, description = "the proposals", body = Vec<Calibration>),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset", body = Refusal),
))]
pub async fn list(
    State(services): State<Services>,
    Query(query): Query<CalibrationsQuery>,
) -> Result<Json<Vec<Calibration>>, HttpError> {
    let number = services.number(&plant::asset(&query.asset)?)?;
    Ok(Json(calibration::list(&services, number).await?.into_iter().map(Calibration::from).collect()))
}

/// Proposes values of a model's parameters. No twin changes by it until somebody takes them over.
#[utoipa::path(post, path = "/api/v1/calibrations", tag = "calibrations", request_body = Proposed, responses(
    (status = 200, description = "it is durable: an event `calibration-proposed` of the asset", body = Told),
    Refusals,
))]
pub async fn propose(State(services): State<Services>, body: Bytes) -> Result<Json<Told>, HttpError> {
    let Proposed { asset, model, from, to, count, before, after, found } = read(&body)?;
    let number = services.number(&plant::asset(&asset)?)?;
    let finding = |Found { name, value, within, was }| Finding { name, value, within, was };
    let (from, to) = (Timestamp(from), Timestamp(to));
    let findings = found.into_iter().map(finding).collect();
    let proposal = Proposal { by: ACTOR.into(), from, to, count, before, after, model, findings };
    let proposal = calibration::propose(&services, number, proposal, (services.clock)()).await?;
    Ok(Json(Told { proposal }))
}

/// Has every twin of the asset, on the server and in pages, take a proposal over: an event `calibration-taken` a parameter,
/// which all of them are told as the same entry.
#[utoipa::path(post, path = "/api/v1/calibrations/take", tag = "calibrations", request_body = Answered, responses(
    (status = 200, description = "it is durable", body = Told),
    Refusals,
))]
pub async fn take(State(services): State<Services>, body: Bytes) -> Result<Json<Told>, HttpError> {
    answer(&services, &body, Answer::Take).await
}

/// Sets a proposal aside for good: an event `calibration-declined` of the asset.
#[utoipa::path(post, path = "/api/v1/calibrations/decline", tag = "calibrations", request_body = Answered, responses(
    (status = 200, description = "it is durable", body = Told),
    Refusals,
))]
pub async fn decline(State(services): State<Services>, body: Bytes) -> Result<Json<Told>, HttpError> {
    answer(&services, &body, Answer::Decline).await
}

async fn answer(services: &Services, body: &[u8], answer: Answer) -> Result<Json<Told>, HttpError> {
    let Answered { asset, proposal, reason } = read(body)?;
    let number = services.number(&plant::asset(&asset)?)?;
    calibration::answer(services, number, proposal, answer, (ACTOR, &reason), (services.clock)()).await?;
    Ok(Json(Told { proposal }))
}

/// An object of this shape, and nothing else: an array would be taken member by member. `140.0` is as whole as `140`.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, HttpError> {
    let wrong = |error: serde_json::Error| HttpError::Query(error.to_string());
    let mut members: Map<String, Value> = serde_json::from_slice(body).map_err(wrong)?;
    for member in members.values_mut() {
        // Below 2^53 every whole number is one of these.
        let whole = member.as_f64().filter(|own| member.is_f64() && own.fract() == 0.0 && own.abs() < 9e15);
        if let Some(whole) = whole {
            *member = Value::from(whole as i64);
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(wrong)
}

impl From<Kept> for Calibration {
    fn from(Kept { seq, t, proposal, verdict }: Kept) -> Calibration {
        let (state, answered_by, reason) = match verdict {
            Verdict::Open => ("open", String::new(), String::new()),
            Verdict::Taken { by, reason } => ("taken", by, reason),
            Verdict::Declined { by, reason } => ("declined", by, reason),
            Verdict::Outdated => ("outdated", String::new(), String::new()),
        };
        let found = |Finding { name, value, within, was }| Found { name, value, within, was };
        let Proposal { by, from, to, count, before, after, model, findings } = proposal;
        Calibration {
            proposal: seq,
            t: t.0,
            by,
            model,
            from: from.0,
            to: to.0,
            count,
            before,
            after,
            found: findings.into_iter().map(found).collect(),
            state,
            answered_by,
            reason,
        }
    }
}

impl From<CalibrationError> for HttpError {
    fn from(error: CalibrationError) -> HttpError {
        match error {
            CalibrationError::Store(error) => HttpError::Store(error),
            CalibrationError::Missing(_) => HttpError::Missing(error.to_string()),
            CalibrationError::Answered(_) | CalibrationError::OtherModel(_) => HttpError::Conflict(error.to_string()),
            asked => HttpError::Query(asked.to_string()),
        }
    }
}
