//! Calibrations: somebody proposes values of a model's parameters, somebody takes them over or declines them and says why.
//!
//! All of it is events of the asset: they say who did what, and what is taken over reaches every twin as an entry of the
//! stream, so that all change at the same one. Nothing else changes a twin's parameters.

mod note;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use twin::{Model, Span, Timestamp, What, calibrate::MOST, model::LatentKind};
use wire::taken::{self, Taken};

use crate::{
    Services,
    catalog::Asset,
    ingest::Origin,
    store::{StoreError, events::Told},
    validate::{Checked, Happening},
};

/// The kinds of the events, besides `taken::KIND`. No event of a model can be called so.
pub const PROPOSED: &str = "calibration-proposed";
pub const DECLINED: &str = "calibration-declined";
/// What is listed of an asset.
const LISTED: usize = 200;
/// Bytes of a reason.
const REASON: RangeInclusive<usize> = 1..=500;
/// By so much the clock of a page may be ahead.
const CLOCKS: Span = Span::HOUR;
/// No window holds more measurements.
const MOST_MEASURED: f64 = 1e9;
/// Nothing that could be called a fit is so many standard deviations away.
const FURTHEST: f64 = 1e6;
/// 90 % lie within so many standard deviations.
const WIDTH: f64 = 1.645;

/// Whether only what is done here may tell of it.
pub fn is_own(kind: &str) -> bool {
    [PROPOSED, DECLINED, taken::KIND].contains(&kind)
}

/// A parameter that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub name: String,
    pub value: f64,
    /// How far from it it may be, with a probability of 90 %.
    pub within: f64,
    /// What it was believed to be.
    pub was: f64,
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub by: String,
    /// The window that it was found over.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Measurements that were compared.
    pub count: u64,
    /// By how many standard deviations of their sensors these differ, before and with what was found.
    pub before: f64,
    pub after: f64,
    /// Which model it is of, as `taken::short` has it.
    pub model: String,
    pub findings: Vec<Finding>,
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Verdict {
    Open,
    Taken {
        by: String,
        reason: String,
    },
    Declined {
        by: String,
        reason: String,
    },
    /// Nobody has answered it, and the asset has another model by now.
    Outdated,
}

/// A proposal as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The entry that tells of it, by which it is named.
    pub seq: u64,
    pub t: Timestamp,
    pub proposal: Proposal,
    pub verdict: Verdict,
}

/// How somebody answers a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Take,
    Decline,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum CalibrationError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("between 1 and {MOST} parameters can be calibrated at once")]
    Count,
    #[error("the model has no calibrated parameter `{0}`")]
    Unknown(String),
    #[error("`{name}` is between {low} and {high} and was proposed as {value}")]
    Bounds { name: String, value: f64, low: f64, high: f64 },
    #[error("the window ends before it begins")]
    Window,
    #[error("the window ends after now")]
    Ahead,
    #[error("`{name}` is between {low} and {high}")]
    Beyond { name: &'static str, low: f64, high: f64 },
    #[error("a reason has 1 to 500 bytes")]
    Reason,
    #[error("there is no proposal {0}")]
    Missing(u64),
    #[error("proposal {0} is answered already")]
    Answered(u64),
    #[error("the asset has another model by now, `{0}`")]
    OtherModel(String),
}

/// Keeps a proposal for asset number `number`; the entry that tells of it. No twin changes by it.
pub async fn propose(
    services: &Services,
    number: usize,
    proposal: Proposal,
    now: Timestamp,
) -> Result<u64, CalibrationError> {
    let asset = &services.catalog.assets()[number];
    let proposal = checked(&asset.model, proposal, services.clocks.get(number).now(now))?;
    let t = newest(services, number, now);
    let id = format!("{PROPOSED}-{}", now.0);
    let note = note::write(&proposal, &asset.model);
    keep(services, number, now, vec![Happening { id: id.clone(), t, until: None, kind: PROPOSED.into(), note }])
        .await?;
    let told = told(services, number).await?;
    let seq = told.iter().find(|told| told.id == id).map(|told| told.seq);
    // Retention may be as fast as it likes: what was kept a moment ago is there.
    Ok(seq.unwrap_or(0))
}

/// The proposals of asset number `number` and what became of them, newest first.
pub async fn list(services: &Services, number: usize) -> Result<Vec<Kept>, StoreError> {
    let asset = &services.catalog.assets()[number];
    Ok(kept(asset, &told(services, number).await?))
}

/// Has every twin of the asset take a proposal over, from the newest measurement on, or sets it aside for good.
pub async fn answer(
    services: &Services,
    number: usize,
    seq: u64,
    answer: Answer,
    (by, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), CalibrationError> {
    let (asset, reason) = (&services.catalog.assets()[number], reason.trim());
    if !REASON.contains(&reason.len()) {
        return Err(CalibrationError::Reason);
    }
    let all = list(services, number).await?;
    let Kept { proposal, verdict, .. } =
        all.into_iter().find(|own| own.seq == seq).ok_or(CalibrationError::Missing(seq))?;
    match (verdict, answer) {
        (Verdict::Open, _) | (Verdict::Outdated, Answer::Decline) => {}
        (Verdict::Outdated, Answer::Take) => return Err(CalibrationError::OtherModel(taken::short(&asset.model))),
        (Verdict::Taken { .. } | Verdict::Declined { .. }, _) => return Err(CalibrationError::Answered(seq)),
    }
    let happenings = match answer {
        Answer::Take => {
            // What was measured is expected as before, what comes next by what was found.
            let t = newest(services, number, now);
            let findings = proposal.findings.iter();
            findings.map(|finding| taking(&asset.model, finding, seq, t, &note::answered(seq, by, reason))).collect()
        }
        Answer::Decline => {
            let t = services.clocks.get(number).now(now);
            let (id, note) = (format!("{DECLINED}-{seq}"), note::answered(seq, by, reason));
            vec![Happening { id, t, until: None, kind: DECLINED.into(), note }]
        }
    };
    keep(services, number, now, happenings).await
}

/// When the newest measurement was taken; of an asset that has none, now. What is proposed and what is taken over are told by
/// one clock: no answer stands before its question.
fn newest(services: &Services, number: usize, now: Timestamp) -> Timestamp {
    let (_, latest) = services.store.stand(number);
    let newest = latest.iter().map(|latest| latest.t).max();
    newest.unwrap_or_else(|| services.clocks.get(number).now(now))
}

/// The event that has twins take one parameter over.
fn taking(model: &Model, finding: &Finding, proposal: u64, t: Timestamp, answered: &str) -> Happening {
    let deviation = significant(finding.within / WIDTH);
    let taken = Taken { proposal, name: &finding.name, value: finding.value, deviation };
    let note = format!("{}; {answered}", note::finding(finding, model));
    Happening { id: taken.id(model), t, until: None, kind: taken::KIND.into(), note }
}

async fn keep(
    services: &Services,
    number: usize,
    now: Timestamp,
    happenings: Vec<Happening>,
) -> Result<(), CalibrationError> {
    let origin = Origin { connector: "calibration", client: String::new() };
    services.store.try_append(Checked::of_happenings(origin, now, number, happenings))?.receipt().await?;
    Ok(())
}

async fn told(services: &Services, number: usize) -> Result<Vec<Told>, StoreError> {
    services.store.ask(move |reader| reader.events_of(number, &[PROPOSED, DECLINED, taken::KIND], LISTED)).await
}

/// `told` is newest first.
fn kept(asset: &Asset, told: &[Told]) -> Vec<Kept> {
    let verdict_of = |seq: u64| {
        // Of two answers at once, what twins were told is what holds.
        let of =
            |kind: &str| told.iter().filter(|own| own.kind == kind).find_map(|own| note::read_answered(&own.note, seq));
        let taken = of(taken::KIND).map(|(by, reason)| Verdict::Taken { by, reason });
        taken.or(of(DECLINED).map(|(by, reason)| Verdict::Declined { by, reason }))
    };
    let one = |own: &Told| {
        let proposal = note::read(&own.note)?;
        let is_of_model = proposal.model == taken::short(&asset.model);
        let unanswered = if is_of_model { Verdict::Open } else { Verdict::Outdated };
        Some(Kept { seq: own.seq, t: own.t, proposal, verdict: verdict_of(own.seq).unwrap_or(unanswered) })
    };
    told.iter().filter(|own| own.kind == PROPOSED).filter_map(one).collect()
}

/// The proposal with as many digits as are kept, where it can have been found by `now` and can be taken over.
fn checked(model: &Model, mut proposal: Proposal, now: Timestamp) -> Result<Proposal, CalibrationError> {
    if proposal.model != taken::short(model) {
        return Err(CalibrationError::OtherModel(taken::short(model)));
    }
    if proposal.from >= proposal.to || proposal.to - proposal.from > Span(i64::MAX / 2) {
        return Err(CalibrationError::Window);
    }
    if proposal.to > now + CLOCKS {
        return Err(CalibrationError::Ahead);
    }
    if proposal.findings.is_empty() || proposal.findings.len() > MOST {
        return Err(CalibrationError::Count);
    }
    between("count", proposal.count as f64, [1.0, MOST_MEASURED])?;
    between("before", proposal.before, [0.0, FURTHEST])?;
    between("after", proposal.after, [0.0, FURTHEST])?;
    (proposal.before, proposal.after) = (significant(proposal.before), significant(proposal.after));
    for (place, finding) in proposal.findings.iter().enumerate() {
        let known = model.latent(&finding.name);
        let known = known.filter(|number| model.latents[usize::from(*number)].kind == LatentKind::Parameter);
        let is_again = proposal.findings[..place].iter().any(|own| own.name == finding.name);
        let latent = known.filter(|_| !is_again).ok_or_else(|| CalibrationError::Unknown(finding.name.clone()))?;
        let [low, high] = model.bounds(latent).map(|end| end.clamp(f64::MIN, f64::MAX));
        // It comes with as many digits as are kept.
        let margin = 1e-5 * low.abs().max(high.abs());
        between("was", finding.was, [low - margin, high + margin])?;
        between("within", finding.within, [0.0, (high - low).min(f64::MAX)])?;
        let (value, deviation) = (significant(finding.value), finding.within);
        if !model.knows(&What::Calibrated { latent, value, deviation }) {
            return Err(CalibrationError::Bounds { name: finding.name.clone(), value, low, high });
        }
    }
    for Finding { value, within, was, .. } in &mut proposal.findings {
        (*value, *within, *was) = (significant(*value), significant(*within), significant(*was));
    }
    Ok(proposal)
}

fn between(name: &'static str, number: f64, [low, high]: [f64; 2]) -> Result<(), CalibrationError> {
    if (low..=high).contains(&number) { Ok(()) } else { Err(CalibrationError::Beyond { name, low, high }) }
}

/// A number to six digits that count: no more were ever found.
fn significant(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}
