//! Which parameters make a model do what a recording says: bounded least squares, and how sure that is.
//!
//! The recording is stepped uncorrected and without noise. One pass of the ensemble gives the differences and, from members
//! that have one parameter moved each, all their slopes; the step is that of Levenberg and Marquardt (Marquardt, SIAM J. 11,
//! 1963), of which a second pass tries several at once.

mod normal;
mod recording;

use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use self::normal::Normal;
pub use self::recording::Recording;
pub use crate::open_loop::Shown;
use crate::{
    entry::Entry,
    maths::scalar,
    model::{Latent, LatentKind, Model},
};

/// So many parameters at once.
pub const MOST: usize = 32;
/// Steps that are tried at once, each damped ten times as much as the one before.
const TRIALS: usize = 8;
pub const MOST_ROUNDS: usize = 40;
/// A step that is damped more is none.
const MOST_DAMPED: f64 = 1e12;
/// Less is gained by the last rounds.
const ENOUGH: f64 = 1e-6;
const TINY: f64 = 1e-300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrateError {
    /// There is no parameter to find, or more than `MOST`.
    Parameters,
    /// Nothing that is measured comes after the first entry.
    NothingMeasured,
    /// The model gives no finite number under what the file says.
    NotFinite,
}

impl fmt::Display for CalibrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalibrateError::Parameters => write!(f, "between 1 and {MOST} parameters can be calibrated at once"),
            CalibrateError::NothingMeasured => f.write_str("nothing is measured that the model could be compared with"),
            CalibrateError::NotFinite => f.write_str("the model comes to no finite number over this recording"),
        }
    }
}

impl core::error::Error for CalibrateError {}

/// A parameter as it was and as it fits best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Number of the latent in the model.
    pub latent: u16,
    pub before: f64,
    pub value: f64,
    /// Standard error, for as many independent measurements as there are, and wider where the model fits badly; `None` where
    /// the recording says nothing of it.
    pub error: Option<f64>,
    /// Whether it stands at one of its bounds.
    pub is_bound: bool,
    /// The other one that it cannot be told from best, and their correlation, -1 to 1.
    pub like: Option<(u16, f64)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    pub parameters: Vec<Fitted>,
    /// Root of the mean square of all differences, each in standard deviations of its sensor, before and after.
    pub before: f64,
    pub after: f64,
    /// Measurements that were compared.
    pub count: usize,
    pub rounds: usize,
    /// Whether no other values near by fit better, as far as was looked.
    pub is_settled: bool,
}

/// Finds the values of `latents`, numbers of the model's, that make it fit `entries`, which are in order of time.
/// A latent that is a state is found as it begins. Before each round `goes_on` is asked whether to look on; nobody knows how many
/// rounds it takes.
///
/// # Errors
/// Where there is nothing to find or to compare.
pub fn fit(
    model: &Arc<Model>,
    entries: &[Entry],
    latents: &[u16],
    mut goes_on: impl FnMut() -> bool,
) -> Result<Fit, CalibrateError> {
    let recording = Recording::of_new(model, entries.to_vec()).ok_or(CalibrateError::NothingMeasured);
    // What cannot be asked for comes first.
    are_latents(model, latents)?;
    let recording = recording?;
    let values = recording.believed(latents);
    let mut search = Search::new(&recording, latents.to_vec(), values)?;
    while search.goes_on() && goes_on() {
        search.round(&recording);
    }
    Ok(search.fit(&recording, &recording.believed(latents)))
}

fn are_latents(model: &Model, latents: &[u16]) -> Result<(), CalibrateError> {
    let are_known = latents.iter().all(|own| usize::from(*own) < model.latents.len());
    if latents.is_empty() || latents.len() > MOST || !are_known { Err(CalibrateError::Parameters) } else { Ok(()) }
}

/// A search for the values that fit best, a round at a time.
#[derive(Debug, Clone)]
pub struct Search {
    latents: Vec<u16>,
    values: Vec<f64>,
    normal: Normal,
    damping: f64,
    pub rounds: usize,
    is_settled: bool,
}

impl Search {
    /// Begins with these values, one a latent.
    ///
    /// # Errors
    /// Where there is nothing to find or to compare.
    pub fn new(recording: &Recording, latents: Vec<u16>, values: Vec<f64>) -> Result<Search, CalibrateError> {
        are_latents(recording.model(), &latents)?;
        if values.len() != latents.len() {
            return Err(CalibrateError::Parameters);
        }
        let normal = recording.slopes(&latents, &values);
        if normal.count == 0 {
            return Err(CalibrateError::NothingMeasured);
        }
        if !normal.squares.is_finite() {
            return Err(CalibrateError::NotFinite);
        }
        Ok(Search { latents, values, normal, damping: 1e-3, rounds: 0, is_settled: false })
    }

    /// Whether another round may find values that fit better.
    pub fn goes_on(&self) -> bool {
        !self.is_settled && self.rounds < MOST_ROUNDS && self.damping <= MOST_DAMPED
    }

    /// Root of the mean square of all differences, each in standard deviations of its sensor, as far as it was found.
    pub fn differs(&self) -> f64 {
        scalar::sqrt(self.normal.squares / self.normal.count as f64)
    }

    /// Looks for better values once more.
    pub fn round(&mut self, recording: &Recording) {
        self.rounds += 1;
        let bounds = recording.bounds(&self.latents);
        let trial = |number: i32| {
            let step = self.normal.step(self.damping * scalar::powi_small(10.0, number));
            let bounded = |((value, step), [low, high]): ((&f64, f64), &[f64; 2])| (value + step).max(*low).min(*high);
            self.values.iter().zip(step).zip(&bounds).map(bounded).collect::<Vec<f64>>()
        };
        let trials: Vec<Vec<f64>> = (-2..TRIALS as i32 - 2).map(trial).collect();
        let squares = recording.squares(&self.latents, &trials);
        let finite = squares.iter().enumerate().filter(|(_, squares)| squares.is_finite());
        let Some((best, least)) = finite.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
            self.damping *= 1e6;
            return;
        };
        if *least >= self.normal.squares {
            // Shorter steps, until there are none.
            self.damping *= 1e6;
            self.is_settled = self.damping > MOST_DAMPED;
            return;
        }
        let gained = self.normal.squares - least;
        self.damping = (self.damping * scalar::powi_small(10.0, best as i32 - 2)).max(1e-12);
        self.values.clone_from(&trials[best]);
        self.normal = recording.slopes(&self.latents, &self.values);
        self.is_settled = gained < ENOUGH * self.normal.squares.max(TINY);
    }

    /// What it has come to, beside the asset as it is with `was`, one value a latent.
    pub fn fit(&self, recording: &Recording, was: &[f64]) -> Fit {
        let Search { latents, values, normal, .. } = self;
        let spread = normal.squares / (normal.count - latents.len().min(normal.count - 1)) as f64;
        // A model that fits worse than its sensors let it is less sure; one that fits better is no surer than they are.
        let spread = spread.max(1.0);
        let sure = normal.covariance();
        let bounds = recording.bounds(latents);
        let parameter = |(index, latent): (usize, &u16)| {
            let [low, high] = bounds[index];
            let own = sure[index][index];
            let others = (0..latents.len()).filter(|other| *other != index);
            let like = others
                .map(|other| (latents[other], sure[index][other] / scalar::sqrt(own * sure[other][other])))
                .filter(|(_, correlation)| correlation.is_finite())
                .max_by(|(_, a), (_, b)| scalar::abs(*a).total_cmp(&scalar::abs(*b)));
            Fitted {
                latent: *latent,
                before: was[index],
                value: values[index],
                error: own.is_finite().then(|| scalar::sqrt(own * spread)),
                is_bound: values[index] <= low || values[index] >= high,
                like,
            }
        };
        let before = recording.squares(latents, &[was.to_vec()])[0];
        Fit {
            parameters: latents.iter().enumerate().map(parameter).collect(),
            before: scalar::sqrt(before / normal.count as f64),
            after: self.differs(),
            count: normal.count,
            rounds: self.rounds,
            is_settled: self.is_settled,
        }
    }
}

/// The parameters that a model calibrates: what is found where nobody says which.
pub fn parameters(model: &Model) -> Vec<u16> {
    let numbered = model.latents.iter().zip(0..);
    let is_own = |latent: &Latent| latent.kind == LatentKind::Parameter;
    numbered.filter(|(latent, _)| is_own(latent)).map(|(_, number)| number).collect()
}
