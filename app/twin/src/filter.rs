//! How measurements correct the ensemble: a serial square-root ensemble Kalman filter.
//!
//! Whitaker and Hamill, "Ensemble Data Assimilation without Perturbed Observations", Monthly Weather Review 130
//! (2002): the mean moves by the Kalman gain, deviations shrink by a reduced gain, and no draw is needed.
//!
//! Too few members are too sure of themselves. Two things widen them: what `drift` adds with time, and, where a model has an
//! `inflation`, a part of the spread that each measurement took: relaxation to prior spread, Whitaker and Hamill, "Evaluating
//! Methods to Account for System Errors in Ensemble Data Assimilation", Monthly Weather Review 140 (2012).

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
        let prior = sum::mean(&block[..]);
        let before = sum::variance(&block[..], prior);
        let gain = sum::covariance(&block[..], prior, &expected[..], mean) / total;
        for (x, deviation) in block.iter_mut().zip(deviations.iter()) {
            *x += splat(gain) * (splat(difference) - splat(reduced) * *deviation);
        }
        if stepper.model.inflation > 0.0 {
            relax(block, sqrt(before), stepper.model.inflation);
        }
        stepper.bound(block, index);
    }
    Some(innovation)
}

/// Widens the members about their mean by a `share` of what their deviation has lost of `prior`.
fn relax(block: &mut Block, prior: f64, share: f64) {
    let mean = sum::mean(&block[..]);
    let deviation = sqrt(sum::variance(&block[..], mean));
    let wider = share * (prior - deviation) / deviation;
    if !(wider.is_finite() && wider > 0.0) {
        return;
    }
    for x in block.iter_mut() {
        *x += splat(wider) * (*x - splat(mean));
    }
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
