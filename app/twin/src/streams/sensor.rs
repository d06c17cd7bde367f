//! What an instrument would read, from other signals: a quadratic map, an alarm where reference readings drift away from it,
//! and a second map that follows them (recursive least squares, Plackett, Biometrika 37, 1950).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    LearnError,
    matrix::Symmetric,
    moments::{self, Rows, add_times, dot, is_measurement},
    rate,
};
use crate::maths::scalar;

/// What holds all weights but the constant down.
const RIDGE: f64 = 100.0;
/// So many references say what drift is: a month of hours.
const MONTH: usize = 720;
/// In blocks of so many, taken by turns, each half is judged by what the other says: a fortnight of hours.
const BLOCK: usize = 336;
/// By how much further away than ever in the record an alarm is, where no rate is asked for.
const MARGIN: f64 = 1.5;
/// What the following map does not know is not let grow further than this.
const UNKNOWN: f64 = 1e3;
/// A reference that is more deviations away counts as so many: it is mistaken, or a very other plant.
const MISTAKEN: f64 = 50.0;
const MOST_INPUTS: usize = 18;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sensor {
    means: Vec<f64>,
    deviations: Vec<f64>,
    weights: Vec<f64>,
    /// Deviation of the references from what is foretold, in the record.
    spread: f64,
    limit: f64,
    /// What a reference counts for when the next one has come.
    keeps: f64,
    following: Vec<f64>,
    unknown: Symmetric,
    drift: f64,
}

/// What is said of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// By the map that was learnt, and by the one that follows the references.
    pub plain: f64,
    pub corrected: f64,
    /// How far references lie away in the long run, in deviations of the record.
    pub drift: f64,
    pub limit: f64,
    pub is_alarm: bool,
}

impl Sensor {
    /// Learns from rows and a reference reading of each; `memory` is for how many references one counts, `false_alarms` the
    /// share of rows like these that may be alarms.
    pub fn learn(
        record: Rows,
        references: &[f64],
        memory: f64,
        false_alarms: Option<f64>,
    ) -> Result<Sensor, LearnError> {
        let inputs = record.channels();
        if inputs > MOST_INPUTS {
            return Err(LearnError::TooWide { channels: inputs, most: MOST_INPUTS });
        }
        let is_known =
            |(row, reference): &(&[f64], &f64)| is_measurement(**reference) && row.iter().all(|x| is_measurement(*x));
        let known: Vec<(&[f64], &f64)> = record.iter().zip(references).filter(is_known).collect();
        let terms = terms(inputs);
        if known.len() < (2 * MONTH).max(2 * terms) {
            return Err(LearnError::TooShort { rows: known.len(), needed: (2 * MONTH).max(2 * terms) });
        }
        let (means, deviations) = moments::channels(inputs, known.iter().map(|(row, _)| *row));
        // An input that never moved says nothing.
        let deviations: Vec<f64> =
            deviations.iter().map(|deviation| if *deviation > 0.0 { *deviation } else { 1.0 }).collect();

        let mut halves = [0, 1].map(|_| (Symmetric::zero(terms), alloc::vec![0.0; terms]));
        let mut phi = Vec::new();
        for (index, (row, reference)) in known.iter().enumerate() {
            expand(row, &means, &deviations, &mut phi);
            let (squares, products) = &mut halves[index / BLOCK % 2];
            squares.add_square(&phi, 1.0);
            add_times(products, **reference, &phi);
        }
        let maps = [fit(halves[1].clone())?.0, fit(halves[0].clone())?.0];
        let mut rest = Vec::with_capacity(known.len());
        for (index, (row, reference)) in known.iter().enumerate() {
            expand(row, &means, &deviations, &mut phi);
            rest.push(*reference - dot(&phi, &maps[index / BLOCK % 2]));
        }
        let spread = moments::deviation(&rest).max(1e-12);
        let mut drift = 0.0;
        let drifts = rest.iter().map(|rest| {
            drift = drifted(drift, rest / spread);
            drift
        });
        let drifts: Vec<f64> = drifts.skip(MONTH).collect();
        let limit = limit(&drifts, false_alarms);
        let [(mut squares, mut products), (more, others)] = halves;
        squares.add(&more);
        products.iter_mut().zip(&others).for_each(|(product, other)| *product += other);
        let (weights, unknown) = fit((squares, products))?;
        let keeps = 1.0 - 1.0 / memory.max(2.0);
        let following = weights.clone();
        Ok(Sensor { means, deviations, weights, spread, limit, keeps, following, unknown, drift: 0.0 })
    }

    /// None where an input is missing: nothing changes.
    pub fn step(&mut self, row: &[f64], reference: Option<f64>) -> Option<Reading> {
        if row.len() != self.means.len() || !row.iter().all(|x| is_measurement(*x)) {
            return None;
        }
        let mut phi = Vec::new();
        expand(row, &self.means, &self.deviations, &mut phi);
        let (plain, corrected) = (dot(&phi, &self.weights), dot(&phi, &self.following));
        if let Some(reference) = reference.filter(|reference| is_measurement(*reference)) {
            let most = MISTAKEN * self.spread;
            let rest = |foretold: f64| (reference - foretold).max(-most).min(most);
            self.drift = drifted(self.drift, rest(plain) / self.spread);
            self.follow(&phi, rest(corrected));
        }
        let is_alarm = self.drift.abs() > self.limit;
        Some(Reading { plain, corrected, drift: self.drift, limit: self.limit, is_alarm })
    }

    fn follow(&mut self, phi: &[f64], rest: f64) {
        let mut gain = Vec::new();
        self.unknown.times(phi, &mut gain);
        let weight = self.keeps + dot(phi, &gain);
        // Where rounding has eaten up what is unknown, there is nothing more to learn.
        if weight.is_nan() || weight <= 0.0 {
            return;
        }
        add_times(&mut self.following, rest / weight, &gain);
        self.unknown.add_square(&gain, -1.0 / weight);
        self.unknown.scale(1.0 / self.keeps);
        let unknown = self.unknown.diagonal().fold(0.0, |sum, own| sum + own);
        if unknown > UNKNOWN {
            self.unknown.scale(UNKNOWN / unknown);
        }
    }

    pub(super) fn channels(&self) -> usize {
        self.means.len()
    }

    pub(super) fn is_sound(&self) -> bool {
        let (inputs, terms) = (self.means.len(), terms(self.means.len()));
        (1..=MOST_INPUTS).contains(&inputs)
            && self.deviations.len() == inputs
            && self.weights.len() == terms
            && self.following.len() == terms
            && self.unknown.is_sound(terms)
    }
}

/// How far away drift may be, by that of the record. The square of such a mean is another one twice a month: there are few.
fn limit(drifts: &[f64], false_alarms: Option<f64>) -> f64 {
    let Some(share) = false_alarms else {
        return MARGIN * drifts.iter().fold(0.0, |furthest: f64, drift| furthest.max(drift.abs()));
    };
    let spread = scalar::sqrt(dot(drifts, drifts) / drifts.len() as f64);
    spread * rate::student(share, (drifts.len() / MONTH).max(1))
}

/// A constant, each input, each product of two.
fn terms(inputs: usize) -> usize {
    1 + inputs + inputs * (inputs + 1) / 2
}

fn expand(row: &[f64], means: &[f64], deviations: &[f64], phi: &mut Vec<f64>) {
    phi.clear();
    phi.push(1.0);
    phi.extend(row.iter().zip(means).zip(deviations).map(|((x, mean), deviation)| (x - mean) / deviation));
    for first in 1..=row.len() {
        for second in first..=row.len() {
            phi.push(phi[first] * phi[second]);
        }
    }
}

/// The weights, and what is not known of them.
fn fit((mut squares, mut products): (Symmetric, Vec<f64>)) -> Result<(Vec<f64>, Symmetric), LearnError> {
    squares.add_to_diagonal(1, RIDGE);
    let factor = squares.factor().ok_or(LearnError::Alike)?;
    factor.solve(&mut products);
    Ok((products, factor.inverse()))
}

fn drifted(drift: f64, rest: f64) -> f64 {
    drift + 2.0 / (MONTH + 1) as f64 * (rest - drift)
}
