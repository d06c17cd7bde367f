//! A twin that is told one sample a step of its grid, as long as is asked for.

use std::sync::Arc;

use twin::{Entry, Model, Span, Timestamp, Twin, What, model::Role, simulate::Simulator};

/// A twin beside a simulated asset; measured signals take turns, one a step.
pub struct Follower {
    twin: Twin,
    asset: Simulator,
    inputs: Vec<f64>,
    measured: Vec<u16>,
    at: i64,
}

const START: i64 = 1_000_000_000_000_000;

impl Follower {
    pub fn new(model: Arc<Model>) -> Follower {
        let inputs = twin::simulate::usual_inputs(&model, Timestamp(START));
        let asset = Simulator::new(model.clone(), Timestamp(START), &inputs);
        let numbered = model.signals.iter().zip(0..);
        let is_measured = |role: Role| matches!(role, Role::Measured { .. });
        let measured = numbered.filter(|(own, _)| is_measured(own.role)).map(|(_, number)| number).collect();
        Follower { twin: Twin::new(model, 1), asset, inputs, measured, at: 0 }
    }

    /// What the next samples are, one a step.
    pub fn next(&mut self, samples: usize) -> Vec<Entry> {
        let step = self.twin.model().step;
        let mut entries = Vec::with_capacity(samples);
        for _ in 0..samples {
            let t = Timestamp(START) + Span(step.0 * self.at);
            self.asset.advance(t, &self.inputs);
            let signal = self.measured[self.at as usize % self.measured.len()];
            let value = self.asset.measure(3)[usize::from(signal)];
            entries.push(Entry { t, what: What::Sample { signal, value } });
            self.at += 1;
        }
        entries
    }

    /// Tells them one by one, as they would come.
    pub fn tell(&mut self, entries: &[Entry]) {
        entries.chunks(1).for_each(|one| self.twin.observe(one));
    }
}
