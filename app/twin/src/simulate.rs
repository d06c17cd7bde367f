//! A plant made by a model: the nominal asset without any spread, measured with seeded noise.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use crate::{
    ensemble::{Ensemble, Held, Stepper, day_bin},
    entry::What,
    model::{Future, Model, Role, Signal},
    philox,
    time::Timestamp,
    twin::{Group, Twin},
};

/// The draws of measurement noise begin here, apart from those of the components.
const FIRST_DRAW: u32 = 1 << 16;

/// What drives an asset at `t` where nobody says: of each input what the model file says of that time, else of the time
/// before its first sample, as near as its range allows.
pub fn usual_inputs(model: &Model, t: Timestamp) -> Vec<f64> {
    let usual = |(signal, start): (&Signal, &f64)| match signal.role {
        Role::Input { future: Future::Constant(value), .. } => value,
        Role::Input { future: Future::Schedule(number), .. } => model.schedules[usize::from(number)].day()[day_bin(t)],
        _ => start.clamp(signal.range[0], signal.range[1]),
    };
    model.signals.iter().zip(&model.inside.input_starts).map(usual).collect()
}

/// A twin that was told nothing but that `inputs`, in model order, have driven the asset until `t`: its states begin as
/// they do under them.
pub fn begin(model: Arc<Model>, seed: u64, t: Timestamp, inputs: &[f64]) -> Twin {
    let ensemble = Stepper::new(&model, seed).start_with(t, inputs);
    let entries = (0..).zip(inputs).map(|(signal, value)| What::Sample { signal, value: *value }).collect();
    Twin::from_parts(model, seed, Some(ensemble), VecDeque::from([Group { t, entries }]))
}

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
