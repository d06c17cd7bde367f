//! A plant made by a model: the nominal asset without any spread, measured with seeded noise.

use alloc::{sync::Arc, vec::Vec};

use crate::{
    ensemble::{Ensemble, Held, Stepper},
    model::{Model, Role},
    philox,
    time::Timestamp,
};

/// The draws of measurement noise begin here, apart from those of the components.
const FIRST_DRAW: u32 = 1 << 16;

/// One asset that behaves exactly as its model says.
pub struct Simulator {
    model: Arc<Model>,
    ensemble: Ensemble,
}

impl Simulator {
    /// The asset at `start`, its inputs being `inputs` in model order.
    pub fn new(model: Arc<Model>, start: Timestamp, inputs: &[f64]) -> Simulator {
        let ensemble = Stepper::nominal(&model).start_with(start, inputs);
        Simulator { model, ensemble }
    }

    /// Steps to the grid point before `t` with the inputs it holds, then lets it hold `inputs`.
    pub fn advance(&mut self, t: Timestamp, inputs: &[f64]) {
        Stepper::nominal(&self.model).advance(&mut self.ensemble, t, &mut Held);
        self.ensemble.inputs.copy_from_slice(inputs);
    }

    /// Lets event number `event` of the model happen.
    pub fn happen(&mut self, event: u16) {
        Stepper::nominal(&self.model).set_by_event(&mut self.ensemble, usize::from(event));
    }

    /// The true value of every quantity of the model.
    pub fn values(&self) -> Vec<f64> {
        let mut stepper = Stepper::nominal(&self.model);
        stepper.show(&self.ensemble);
        (0..self.model.quantities.len()).map(|index| stepper.shown(&self.ensemble, index)[0].to_array()[0]).collect()
    }

    /// What sensors say of every signal: inputs as they are, measured signals with the model's noise.
    pub fn measure(&self, seed: u64) -> Vec<f64> {
        let mut values = self.values();
        values.truncate(self.model.signals.len());
        for (index, signal) in self.model.signals.iter().enumerate() {
            if let Role::Measured { noise } = signal.role {
                values[index] += noise * philox::normal(seed, 0, self.ensemble.step, FIRST_DRAW + index as u32);
            }
        }
        values
    }
}
