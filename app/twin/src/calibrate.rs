//! Which parameters make a model do what a recording says: bounded least squares, and how sure that is.
//!
//! The recording is stepped uncorrected and without noise. One pass of the ensemble gives the differences and, from members
//! that have one parameter moved each, all their slopes; the step is that of Levenberg and Marquardt (Marquardt, SIAM J. 11,
//! 1963), of which a second pass tries several at once.

mod normal;

use alloc::{sync::Arc, vec, vec::Vec};
use core::fmt;

use self::normal::Normal;
use crate::{
    ensemble::{Ensemble, Stepper},
    entry::{Entry, What},
    maths::scalar,
    model::{Latent, LatentKind, Model, program::MEMBERS},
    open_loop::{self, set_member},
};

/// So many parameters at once.
pub const MOST: usize = 32;
/// Steps that are tried at once, each damped ten times as much as the one before.
const TRIALS: usize = 8;
const MOST_ROUNDS: usize = 40;
/// A step that is damped more is none.
const MOST_DAMPED: f64 = 1e12;
/// Less is gained by the last rounds.
const ENOUGH: f64 = 1e-6;
/// A parameter is moved by this share of how unsure its model is of it.
const NUDGE: f64 = 1e-3;
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitted {
    /// Number of the latent in the model.
    pub latent: u16,
    pub before: f64,
    pub value: f64,
    /// Standard error, for as many independent measurements as there are; `None` where the recording says nothing of it.
    pub error: Option<f64>,
    /// Whether it stands at one of its bounds.
    pub is_bound: bool,
    /// The other one that it cannot be told from best, and their correlation, -1 to 1.
    pub like: Option<(u16, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
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
/// A latent that is a state is found as it begins.
///
/// # Errors
/// Where there is nothing to find or to compare.
pub fn fit(model: &Arc<Model>, entries: &[Entry], latents: &[u16]) -> Result<Fit, CalibrateError> {
    if latents.is_empty() || latents.len() > MOST || latents.iter().any(|own| usize::from(*own) >= model.latents.len())
    {
        return Err(CalibrateError::Parameters);
    }
    let passes = Passes::new(model, entries, latents).ok_or(CalibrateError::NothingMeasured)?;
    let mut values: Vec<f64> = passes.begin.clone();
    let before = values.clone();
    let mut normal = passes.slopes(&values);
    let first = normal.squares;
    if normal.count == 0 {
        return Err(CalibrateError::NothingMeasured);
    }
    if !first.is_finite() {
        return Err(CalibrateError::NotFinite);
    }
    let (mut damping, mut rounds, mut is_settled) = (1e-3, 0, false);
    while rounds < MOST_ROUNDS {
        rounds += 1;
        let trial = |number: i32| passes.bounded(&values, &normal.step(damping * scalar::powi_small(10.0, number)));
        let trials: Vec<Vec<f64>> = (-2..TRIALS as i32 - 2).map(trial).collect();
        let squares = passes.squares(&trials);
        let finite = squares.iter().enumerate().filter(|(_, squares)| squares.is_finite());
        let Some((best, least)) = finite.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
            damping *= 1e6;
            if damping > MOST_DAMPED { break } else { continue }
        };
        if *least >= normal.squares {
            // Shorter steps, until there are none.
            damping *= 1e6;
            is_settled = damping > MOST_DAMPED;
            if is_settled { break } else { continue }
        }
        let gained = normal.squares - least;
        damping = (damping * scalar::powi_small(10.0, best as i32 - 2)).max(1e-12);
        values.clone_from(&trials[best]);
        normal = passes.slopes(&values);
        if gained < ENOUGH * first.min(normal.squares).max(TINY) {
            is_settled = true;
            break;
        }
    }

    let spread = normal.squares / (normal.count - latents.len().min(normal.count - 1)) as f64;
    let sure = normal.covariance();
    let parameter = |(index, latent): (usize, &u16)| {
        let [low, high] = passes.bounds(index);
        let own = sure[index][index];
        let others = (0..latents.len()).filter(|other| *other != index);
        let like = others
            .map(|other| (latents[other], sure[index][other] / scalar::sqrt(own * sure[other][other])))
            .filter(|(_, correlation)| correlation.is_finite())
            .max_by(|(_, a), (_, b)| scalar::abs(*a).total_cmp(&scalar::abs(*b)));
        Fitted {
            latent: *latent,
            before: before[index],
            value: values[index],
            error: own.is_finite().then(|| scalar::sqrt(own * spread)),
            is_bound: values[index] <= low || values[index] >= high,
            like,
        }
    };
    Ok(Fit {
        parameters: latents.iter().enumerate().map(parameter).collect(),
        before: scalar::sqrt(first / normal.count as f64),
        after: scalar::sqrt(normal.squares / normal.count as f64),
        count: normal.count,
        rounds,
        is_settled,
    })
}

/// The recording, and the asset as it begins.
struct Passes<'a> {
    model: &'a Arc<Model>,
    entries: &'a [Entry],
    components: Vec<usize>,
    base: Ensemble,
    begin: Vec<f64>,
}

impl<'a> Passes<'a> {
    fn new(model: &'a Arc<Model>, entries: &'a [Entry], latents: &[u16]) -> Option<Passes<'a>> {
        let start = entries.first()?.t;
        let mut inputs = model.inside.input_starts.clone();
        for entry in entries.iter().take_while(|entry| entry.t == start) {
            if let What::Sample { signal, value } = entry.what
                && let Some(input) = inputs.get_mut(usize::from(signal))
            {
                *input = value;
            }
        }
        let base = Stepper::nominal(model).start_with(start, &inputs);
        let components: Vec<usize> =
            latents.iter().map(|latent| usize::from(model.latents[usize::from(*latent)].component)).collect();
        let begin = components.iter().map(|component| base.components[*component][0].to_array()[0]).collect();
        Some(Passes { model, entries, components, base, begin })
    }

    fn bounds(&self, index: usize) -> [f64; 2] {
        self.model.inside.components[self.components[index]].bounds
    }

    fn bounded(&self, values: &[f64], step: &[f64]) -> Vec<f64> {
        let own = |(index, (value, step)): (usize, (&f64, &f64))| {
            let [low, high] = self.bounds(index);
            (value + step).max(low).min(high)
        };
        values.iter().zip(step).enumerate().map(own).collect()
    }

    /// Differences and their slopes at `values`.
    fn slopes(&self, values: &[f64]) -> Normal {
        let nudge = |(index, value): (usize, &f64)| {
            let component = &self.model.inside.components[self.components[index]];
            let size = NUDGE * component.spread.max(0.01 * scalar::abs(*value)).max(TINY);
            // Inwards at the upper bound.
            if value + size > component.bounds[1] { -size } else { size }
        };
        let nudges: Vec<f64> = values.iter().enumerate().map(nudge).collect();
        let mut members = vec![values.to_vec()];
        for (index, nudge) in nudges.iter().enumerate() {
            let mut moved = values.to_vec();
            moved[index] += nudge;
            members.push(moved);
        }
        let mut normal = Normal::new(values.len());
        let mut slopes = vec![0.0; values.len()];
        self.pass(&members, &mut |weight, measured, shown| {
            for (index, slope) in slopes.iter_mut().enumerate() {
                *slope = (shown[index + 1] - shown[0]) / nudges[index];
            }
            normal.add(weight, measured - shown[0], &slopes);
        });
        normal
    }

    /// The sums of weighted squares under each of `trials`.
    fn squares(&self, trials: &[Vec<f64>]) -> Vec<f64> {
        let mut squares = vec![0.0; trials.len()];
        self.pass(trials, &mut |weight, measured, shown| {
            for (sum, shown) in squares.iter_mut().zip(shown) {
                *sum += weight * (measured - shown) * (measured - shown);
            }
        });
        squares
    }

    /// Steps the recording with a member each of `members`, and shows what was measured beside what they give.
    fn pass(&self, members: &[Vec<f64>], see: &mut dyn FnMut(f64, f64, &[f64; MEMBERS])) {
        let mut ensemble = self.base.clone();
        let stepper = Stepper::nominal(self.model);
        let set = |ensemble: &mut Ensemble| {
            for (index, component) in self.components.iter().enumerate() {
                for (member, values) in members.iter().enumerate() {
                    set_member(&mut ensemble.components[*component], member, values[index]);
                }
            }
        };
        // States begin as their parameters say, but for those that are to be found.
        set(&mut ensemble);
        stepper.begin(&mut ensemble.components, self.entries[0].t, &self.base.inputs);
        set(&mut ensemble);
        let groups = self.entries.chunk_by(|one, next| one.t == next.t);
        let instants = groups.map(|group| (group[0].t, group.iter().map(|entry| entry.what)));
        open_loop::step(self.model, &mut ensemble, instants, |own| see(own.weight, own.measured, own.members));
    }
}

/// The parameters that a model calibrates: what is found where nobody says which.
pub fn parameters(model: &Model) -> Vec<u16> {
    let numbered = model.latents.iter().zip(0..);
    let is_own = |latent: &Latent| latent.kind == LatentKind::Parameter;
    numbered.filter(|(latent, _)| is_own(latent)).map(|(_, number)| number).collect()
}
