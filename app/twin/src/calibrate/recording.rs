//! What came over a stretch of time, and the asset as it was before: what a model is held against, as often as it takes.

use alloc::{sync::Arc, vec, vec::Vec};

use super::{TINY, normal::Normal};
use crate::{
    ensemble::{Ensemble, Stepper},
    entry::{Entry, What},
    maths::scalar,
    model::{
        Model,
        program::{MEMBERS, splat},
    },
    open_loop::{self, Shown, set_member},
    sum,
    time::Timestamp,
    twin::Twin,
};

/// A parameter is moved by this share of how unsure its model is of it.
const NUDGE: f64 = 1e-3;

#[derive(Debug, Clone)]
pub struct Recording {
    model: Arc<Model>,
    /// In order of time.
    entries: Vec<Entry>,
    base: Ensemble,
    begins: Begins,
}

/// How the states of the asset begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// As its parameters say.
    New,
    /// As they had come to be.
    AsItWas,
}

impl Recording {
    /// Of an asset that begins with the first of `entries`, which are in order of time, as its model file states it.
    pub fn of_new(model: &Arc<Model>, entries: Vec<Entry>) -> Option<Recording> {
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
        Some(Recording { model: model.clone(), entries: measured(entries), base, begins: Begins::New })
    }

    /// Of an asset that was as `twin` believes, one and the same for all members, when `entries` began to come; those of
    /// before are left out. `None` where the twin knows nothing.
    pub fn since(twin: &Twin, mut entries: Vec<Entry>) -> Option<Recording> {
        let (mut base, begin) = (twin.estimate()?.clone(), twin.newest()?);
        for block in &mut base.components {
            let mean = sum::mean(&block[..]);
            block.fill(splat(mean));
        }
        entries.retain(|entry| entry.t >= begin);
        entries.sort_by_key(|entry| entry.t);
        let model = twin.model().clone();
        Some(Recording { model, entries: measured(entries), base, begins: Begins::AsItWas })
    }

    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// How many measurements there are to compare with.
    pub fn count(&self) -> usize {
        let inputs = self.model.inside.inputs;
        let is_measured =
            |entry: &&Entry| matches!(entry.what, What::Sample { signal, .. } if usize::from(signal) >= inputs);
        self.entries.iter().filter(is_measured).count()
    }

    /// When the first and the last of its entries came.
    pub fn span(&self) -> (Timestamp, Timestamp) {
        let t = |entry: Option<&Entry>| entry.map_or(Timestamp(0), |entry| entry.t);
        (t(self.entries.first()), t(self.entries.last()))
    }

    /// What was believed of `latents` as it began.
    pub fn believed(&self, latents: &[u16]) -> Vec<f64> {
        let value = |component: usize| self.base.components[component][0].to_array()[0];
        latents.iter().map(|latent| value(self.component(*latent))).collect()
    }

    /// Has `latents` be these from the beginning, wherever no others are tried.
    pub fn hold(&mut self, latents: &[u16], values: &[f64]) {
        for (latent, value) in latents.iter().zip(values) {
            let component = self.component(*latent);
            self.base.components[component].fill(splat(*value));
        }
    }

    /// Steps it with each of `sets`, at most 64, values of `latents`, and has `see` look at each measurement beside what they
    /// show.
    pub fn compare(&self, latents: &[u16], sets: &[Vec<f64>], mut see: impl FnMut(Shown)) {
        let mut ensemble = self.base.clone();
        let set = |ensemble: &mut Ensemble| {
            for (index, latent) in latents.iter().enumerate() {
                for (member, values) in sets.iter().enumerate().take(MEMBERS) {
                    set_member(&mut ensemble.components[self.component(*latent)], member, values[index]);
                }
            }
        };
        set(&mut ensemble);
        if self.begins == Begins::New {
            // States begin as their parameters say, but for those that are to be found.
            Stepper::nominal(&self.model).begin(&mut ensemble.components, self.span().0, &self.base.inputs);
            set(&mut ensemble);
        }
        let groups = self.entries.chunk_by(|one, next| one.t == next.t);
        let instants = groups.map(|group| (group[0].t, group.iter().map(|entry| entry.what)));
        open_loop::step(&self.model, &mut ensemble, instants, &mut see);
    }

    pub(super) fn bounds(&self, latents: &[u16]) -> Vec<[f64; 2]> {
        latents.iter().map(|latent| self.model.bounds(*latent)).collect()
    }

    /// Differences and their slopes at `values` of `latents`.
    pub(super) fn slopes(&self, latents: &[u16], values: &[f64]) -> Normal {
        let nudge = |(latent, value): (&u16, &f64)| {
            let component = &self.model.inside.components[self.component(*latent)];
            let size = NUDGE * component.spread.max(0.01 * scalar::abs(*value)).max(TINY);
            // Inwards at the upper bound.
            if value + size > component.bounds[1] { -size } else { size }
        };
        let nudges: Vec<f64> = latents.iter().zip(values).map(nudge).collect();
        let mut sets = vec![values.to_vec()];
        for (index, nudge) in nudges.iter().enumerate() {
            let mut moved = values.to_vec();
            moved[index] += nudge;
            sets.push(moved);
        }
        let mut normal = Normal::new(values.len());
        let mut slopes = vec![0.0; values.len()];
        self.compare(latents, &sets, |Shown { weight, measured, members, .. }| {
            for (index, slope) in slopes.iter_mut().enumerate() {
                *slope = (members[index + 1] - members[0]) / nudges[index];
            }
            normal.add(weight, measured - members[0], &slopes);
        });
        normal
    }

    /// The sums of weighted squares under each of `sets`.
    pub(super) fn squares(&self, latents: &[u16], sets: &[Vec<f64>]) -> Vec<f64> {
        let mut squares = vec![0.0; sets.len()];
        self.compare(latents, sets, |Shown { weight, measured, members, .. }| {
            for (sum, shown) in squares.iter_mut().zip(members) {
                *sum += weight * (measured - shown) * (measured - shown);
            }
        });
        squares
    }

    fn component(&self, latent: u16) -> usize {
        usize::from(self.model.latents[usize::from(latent)].component)
    }
}

/// Without what others have found: it is what is looked for.
fn measured(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.retain(|entry| !matches!(entry.what, What::Calibrated { .. }));
    entries
}
