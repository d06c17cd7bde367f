//! How measurements correct the ensemble: a serial square-root ensemble Kalman filter.
//!
//! Whitaker and Hamill, "Ensemble Data Assimilation without Perturbed Observations", Monthly Weather Review 130
//! (2002): the mean moves by the Kalman gain, deviations shrink by a reduced gain, and no draw is needed.

use crate::{
    ensemble::{Ensemble, Stepper},
    lanes,
    model::{
        Role,
        program::{Block, splat},
    },
    sum,
    time::Timestamp,
    twin::{Band, Innovation},
};

/// An innovation beyond this many standard deviations is taken as if its noise were larger.
const LARGEST_STEP: f64 = 3.0;
/// 5 % and 95 % of the normal distribution, in standard deviations.
pub(crate) const TAIL: f64 = 1.644_853_626_951_472_2;

/// Corrects `ensemble` by a measurement; `None`, and no bit changed, where there is nothing to compare with.
pub(crate) fn assimilate(
    stepper: &mut Stepper,
    ensemble: &mut Ensemble,
    t: Timestamp,
    signal: u16,
    measured: f64,
) -> Option<Innovation> {
    let Role::Measured { noise } = stepper.model.signals.get(usize::from(signal))?.role else { return None };
    stepper.show(ensemble);
    let expected = stepper.shown(ensemble, usize::from(signal));
    let mean = sum::mean(&expected[..]);
    let variance = sum::variance(&expected[..], mean);
    if !(mean.is_finite() && variance.is_finite()) {
        return None;
    }
    let difference = measured - mean;
    let noise_variance = noise * noise;
    let expected_deviation = sqrt(variance + noise_variance);
    let innovation = Innovation {
        t,
        signal,
        measured,
        expected: Band {
            mean,
            low: mean - TAIL * expected_deviation,
            mid: mean,
            high: mean + TAIL * expected_deviation,
        },
    };

    let stretched = difference * difference / (LARGEST_STEP * LARGEST_STEP);
    let total = if stretched > variance + noise_variance { stretched } else { variance + noise_variance };
    let reduced = 1.0 / (1.0 + sqrt((total - variance) / total));
    let deviations = deviations(&expected, mean);
    let corrects = &stepper.model.inside.corrects[usize::from(signal) - stepper.model.inside.inputs];
    for (index, _) in corrects.iter().enumerate().filter(|(_, corrects)| **corrects) {
        let block = &mut ensemble.components[index];
        let gain = sum::covariance(&block[..], sum::mean(&block[..]), &expected[..], mean) / total;
        for (x, deviation) in block.iter_mut().zip(deviations.iter()) {
            *x += splat(gain) * (splat(difference) - splat(reduced) * *deviation);
        }
        stepper.bound(block, index);
    }
    Some(innovation)
}

fn deviations(block: &Block, mean: f64) -> Block {
    let mut deviations = *block;
    for x in deviations.iter_mut() {
        *x -= splat(mean);
    }
    deviations
}

fn sqrt(x: f64) -> f64 {
    let [root, _] = lanes::sqrt(splat(x)).to_array();
    root
}
