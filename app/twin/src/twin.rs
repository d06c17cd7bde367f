//! One asset's model, driven only by what it is told.

mod window;

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use serde::{Deserialize, Serialize};

pub(crate) use self::window::{Group, LARGEST_GROUP, WINDOW};
use crate::{
    KERNEL_VERSION,
    ensemble::{Ensemble, Stepper},
    entry::{Entry, What},
    filter,
    lanes::F,
    model::{Latent, Model},
    quantile, sum,
    time::Timestamp,
    whatif::Foreseen,
};

/// The distribution of a quantity over the ensemble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub mean: f64,
    /// 5 %, 50 % and 95 % quantiles.
    pub low: f64,
    pub mid: f64,
    pub high: f64,
}

/// What the twin says of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub t: Timestamp,
    /// One a quantity of the model.
    pub bands: Vec<Band>,
}

/// A measurement beside what the twin expected just before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Innovation {
    pub t: Timestamp,
    pub signal: u16,
    pub measured: f64,
    /// Mean and 90 % interval of the measurement, noise included.
    pub expected: Band,
}

impl Innovation {
    /// By how many of the standard deviations that were expected the measurement differs.
    pub fn standardised(&self) -> f64 {
        (self.measured - self.expected.mean) * filter::TAIL / (self.expected.high - self.expected.mean)
    }
}

/// First 64 bits of BLAKE3 over the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StateHash(pub u64);

/// How many entries the twin took in, and how it took them. Derived, no part of the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub assimilated: u64,
    /// Earlier than the newest, inside the window: the twin re-ran.
    pub rerun: u64,
    /// Earlier than the window: not assimilated.
    pub too_late: u64,
    /// Not finite, or unknown to the model: no bit changed.
    pub refused: u64,
}

/// Innovations that are kept.
pub const INNOVATIONS: usize = 512;

/// A live model of one asset: its last estimate, and how to predict from it.
///
/// The estimate is a function of the ensemble before the window and of the entries in the window: it depends on which
/// entries came, never on how they were batched.
#[derive(Debug, Clone)]
pub struct Twin {
    model: Arc<Model>,
    seed: u64,
    /// The last entries, by time.
    window: VecDeque<Group>,
    /// The ensemble before group 0, `STRIDE`, 2 `STRIDE` ... of the window; all but the first are remembered work.
    marks: VecDeque<Ensemble>,
    /// How many groups, from the oldest, are worked out.
    valid: usize,
    /// The ensemble before the group of that number, at its time: remembered work.
    before: Option<(usize, Ensemble)>,
    /// After the newest group.
    estimate: Option<Ensemble>,
    innovations: VecDeque<Innovation>,
    counts: Counts,
}

impl Twin {
    /// A twin that has been told nothing yet.
    pub fn new(model: Arc<Model>, seed: u64) -> Twin {
        Twin {
            model,
            seed,
            window: VecDeque::new(),
            marks: VecDeque::new(),
            valid: 0,
            before: None,
            estimate: None,
            innovations: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Corrects the estimate; late entries re-run from the ensemble before them inside the window.
    /// The state after entry n depends on the entries up to n, never on how they were batched.
    pub fn observe(&mut self, entries: &[Entry]) {
        let model = self.model.clone();
        let mut stepper = Stepper::new(&model, self.seed);
        for entry in entries {
            if !model.knows(&entry.what) {
                self.counts.refused += 1;
                continue;
            }
            if self.is_new_instant(entry.t) {
                self.slide(&mut stepper);
            }
            let newest = self.newest();
            if newest.is_none_or(|newest| newest < entry.t) {
                self.work_out(&mut stepper);
                self.window.push_back(Group { t: entry.t, entries: Vec::from([entry.what]) });
            } else if self.window[0].t > entry.t {
                self.counts.too_late += 1;
                continue;
            } else if let Some(index) = self.insert(entry) {
                self.valid = self.valid.min(index);
                self.counts.rerun += u64::from(newest > Some(entry.t));
            } else {
                self.counts.refused += 1;
                continue;
            }
            self.counts.assimilated += 1;
        }
        self.work_out(&mut stepper);
    }

    fn apply(&mut self, stepper: &mut Stepper, ensemble: &mut Ensemble, index: usize) {
        let group = &self.window[index];
        for what in &group.entries {
            match *what {
                What::Event { event } => stepper.set_by_event(ensemble, usize::from(event)),
                What::Calibrated { latent, value, deviation } => {
                    stepper.set_latent(ensemble, latent, value, deviation);
                    ensemble.charts.begin_again(&self.model, latent, [value, deviation], group.t);
                }
                What::Sample { signal, value } => {
                    if let Some(input) = ensemble.inputs.get_mut(usize::from(signal)) {
                        *input = value;
                    } else if let Some(innovation) = filter::assimilate(stepper, ensemble, group.t, signal, value) {
                        ensemble.take_note(&self.model, &innovation);
                        if self.innovations.len() == INNOVATIONS {
                            self.innovations.pop_front();
                        }
                        self.innovations.push_back(innovation);
                    }
                }
            }
        }
        ensemble.read(&self.model, group.t, &group.entries);
    }

    /// Predicts the state at `t` without changing the twin, so late samples stay welcome.
    pub fn at(&self, t: Timestamp) -> View {
        let mut stepper = Stepper::new(&self.model, self.seed);
        let mut ensemble = self.estimate.clone().unwrap_or_else(|| stepper.start(t));
        let mut foreseen = Foreseen::new(&self.model, &ensemble);
        stepper.advance(&mut ensemble, t, &mut foreseen);
        stepper.show(&ensemble);
        let bands =
            (0..self.model.quantities.len()).map(|index| Band::of(&stepper.shown(&ensemble, index)[..])).collect();
        View { t, bands }
    }

    /// The share of members that is in each regime of the model after the newest entry, 0 to 1; empty before any.
    pub fn regimes(&self) -> Vec<f64> {
        let shares = |estimate| Stepper::new(&self.model, self.seed).regimes(estimate);
        self.estimate.as_ref().filter(|_| !self.model.regimes.is_empty()).map(shares).unwrap_or_default()
    }

    /// The time of the newest entry.
    pub fn newest(&self) -> Option<Timestamp> {
        self.window.back().map(|group| group.t)
    }

    /// The last innovations, oldest first; at most 512. Derived, no part of the state.
    pub fn innovations(&self) -> impl DoubleEndedIterator<Item = &Innovation> + ExactSizeIterator {
        self.innovations.iter()
    }

    /// What the twin estimates, one a latent of the model, after the newest entry; empty before any.
    pub fn latents(&self) -> Vec<Band> {
        let band =
            |estimate: &Ensemble, latent: &Latent| Band::of(&estimate.components[usize::from(latent.component)][..]);
        let bands = |estimate| self.model.latents.iter().map(|latent| band(estimate, latent)).collect();
        self.estimate.as_ref().map(bands).unwrap_or_default()
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn estimate(&self) -> Option<&Ensemble> {
        self.estimate.as_ref()
    }

    /// The ensemble before the window, and the window.
    pub(crate) fn parts(&self) -> (Option<&Ensemble>, &VecDeque<Group>) {
        (self.marks.front(), &self.window)
    }

    /// A twin from its parts, worked out again.
    pub(crate) fn from_parts(model: Arc<Model>, seed: u64, mark: Option<Ensemble>, window: VecDeque<Group>) -> Twin {
        let mut twin = Twin::new(model.clone(), seed);
        twin.marks.extend(mark);
        twin.window = window;
        twin.work_out(&mut Stepper::new(&model, seed));
        twin
    }

    /// The hash of the estimate, of the model and of the kernel's version.
    pub fn hash(&self) -> StateHash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&KERNEL_VERSION.to_le_bytes());
        hasher.update(&self.model.hash.0);
        hasher.update(&self.seed.to_le_bytes());
        if let Some(estimate) = &self.estimate {
            estimate.hash_into(&self.model, &mut hasher);
        }
        StateHash::of(&hasher)
    }
}

impl StateHash {
    pub(crate) fn of(hasher: &blake3::Hasher) -> StateHash {
        let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
        StateHash(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl Band {
    /// The distribution of one value a member.
    pub(crate) fn of(members: &[F]) -> Band {
        let [low, mid, high] = quantile::band(members, &mut Vec::new());
        Band { mean: sum::mean(members), low, mid, high }
    }
}
