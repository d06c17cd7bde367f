//! An ensemble stepped over what came, uncorrected by it: what its members show beside each measurement.

use crate::{
    ensemble::{Ensemble, Held, Stepper},
    entry::What,
    lanes::F,
    model::{
        Model, Role,
        program::{Block, MEMBERS, WIDTH},
    },
    time::Timestamp,
};

/// A measurement, and what each member shows at its instant.
pub struct Shown<'a> {
    pub t: Timestamp,
    pub signal: u16,
    /// One over the variance of the sensor's noise.
    pub weight: f64,
    pub measured: f64,
    pub members: &'a [f64; MEMBERS],
}

/// Steps `ensemble` from instant to instant without noise, tells it inputs and events, and has `see` look at each
/// measurement.
pub(crate) fn step<I: Iterator<Item = What> + Clone>(
    model: &Model,
    ensemble: &mut Ensemble,
    instants: impl Iterator<Item = (Timestamp, I)>,
    mut see: impl FnMut(Shown),
) {
    let mut stepper = Stepper::nominal(model);
    for (t, entries) in instants {
        stepper.advance(ensemble, t, &mut Held);
        let mut is_measured = false;
        for what in entries.clone() {
            match what {
                What::Event { event } => stepper.set_by_event(ensemble, usize::from(event)),
                What::Calibrated { latent, value, .. } => stepper.set_latent(ensemble, latent, value, 0.0),
                What::Sample { signal, value } => match ensemble.inputs.get_mut(usize::from(signal)) {
                    Some(input) => *input = value,
                    None => is_measured = true,
                },
            }
        }
        if !is_measured {
            continue;
        }
        stepper.show(ensemble);
        for what in entries {
            let What::Sample { signal, value: measured } = what else { continue };
            let Role::Measured { noise } = model.signals[usize::from(signal)].role else { continue };
            let mut members = [0.0; MEMBERS];
            let block = stepper.shown(ensemble, usize::from(signal));
            for (pair, lane) in members.as_chunks_mut::<WIDTH>().0.iter_mut().zip(block.iter()) {
                *pair = lane.to_array();
            }
            see(Shown { t, signal, weight: 1.0 / (noise * noise), measured, members: &members });
        }
    }
}

/// Gives one member of a block its own value.
pub(crate) fn set_member(block: &mut Block, member: usize, value: f64) {
    let mut pair = block[member / WIDTH].to_array();
    pair[member % WIDTH] = value;
    block[member / WIDTH] = F::new(pair);
}
