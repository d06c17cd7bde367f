//! In which of a few known states is a machine, from a window of its temperatures: how well it brings hot sides down to the
//! cold one, as a part of what there is to bring down, and a multinomial logistic map (softmax) of these parts.
//!
//! Parts instead of temperatures: a machine that still warms up has other temperatures, but the same cooler.

use alloc::{collections::VecDeque, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    LearnError,
    matrix::Symmetric,
    moments::{self, Rows, dot, greatest, is_measurement, mean},
};
use crate::maths::scalar;

/// The last samples of a window, which say what it comes to.
const TAIL: usize = 20;
/// What holds slopes down, and what little holds constants.
const RIDGE: f64 = 0.01;
const BARELY: f64 = 1e-9;
const FLAT: f64 = 1e-8;
/// Newton's steps, and the longest.
const STEPS: usize = 30;
const FURTHEST: f64 = 5.0;
const MOST_CHANNELS: usize = 32;
const MOST_STATES: usize = 16;

/// The windows of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    /// Samples in a window.
    pub length: usize,
    /// A temperature below which nothing can be cooled, in the unit of the signals.
    pub floor: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    windows: Windows,
    states: Vec<u32>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    /// A state each: a constant and slopes.
    weights: Vec<f64>,
    /// Samples of the window that is going on, and the last of them.
    count: usize,
    tail: VecDeque<Vec<f64>>,
}

/// What is said at the end of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    pub state: u32,
    /// How probable each state is, in ascending order of states.
    pub shares: Vec<f64>,
}

impl Window {
    /// Learns from whole windows, one after another, the cold side last of the channels, and the state of each.
    pub fn learn(record: Rows, windows: Windows, states_of: &[u32]) -> Result<Window, LearnError> {
        let channels = record.channels();
        if channels > MOST_CHANNELS {
            return Err(LearnError::TooWide { channels, most: MOST_CHANNELS });
        }
        let mut states = states_of.to_vec();
        states.sort_unstable();
        states.dedup();
        if !(2..=MOST_STATES).contains(&states.len()) || channels < 2 || windows.length < TAIL {
            return Err(LearnError::Alike);
        }
        let mut parts = Vec::new();
        let mut known = Vec::new();
        for (index, state) in states_of.iter().enumerate() {
            let window = record.part(index * windows.length, (index + 1) * windows.length);
            let rows: Vec<&[f64]> = window.part(windows.length - TAIL, windows.length).iter().collect();
            let is_whole = rows.len() == TAIL;
            if let (true, Some(own)) = (is_whole, parts_of(&rows, windows.floor)) {
                parts.extend(own);
                known.push(*state);
            }
        }
        let slopes = channels - 1;
        if known.len() < 2 * states.len() {
            return Err(LearnError::TooShort { rows: known.len(), needed: 2 * states.len() });
        }
        let (means, mut deviations) = moments::channels(slopes, parts.chunks_exact(slopes));
        deviations.iter_mut().for_each(|deviation| *deviation = deviation.max(1e-12));
        let mut window =
            Window { windows, states, means, deviations, weights: Vec::new(), count: 0, tail: VecDeque::new() };
        let inputs: Vec<Vec<f64>> = parts.chunks_exact(slopes).map(|parts| window.inputs(parts)).collect();
        window.weights = fit(&inputs, &known, &window.states).ok_or(LearnError::Alike)?;
        Ok(window)
    }

    /// Says nothing until a window is over; a sample that is missing is counted, and not looked at.
    pub fn step(&mut self, row: &[f64]) -> Option<Stated> {
        if row.len() == self.means.len() + 1 && row.iter().all(|x| is_measurement(*x)) {
            self.tail.push_back(row.to_vec());
        }
        if self.tail.len() > TAIL {
            self.tail.pop_front();
        }
        self.count += 1;
        if self.count < self.windows.length {
            return None;
        }
        self.count = 0;
        let rows: Vec<&[f64]> = self.tail.iter().map(Vec::as_slice).collect();
        let parts = parts_of(&rows, self.windows.floor);
        self.tail.clear();
        let shares = shares(&self.inputs(&parts?), &self.weights, self.states.len());
        let state = *self.states.get(greatest(&shares).0)?;
        Some(Stated { state, shares })
    }

    /// A constant and the standardised parts.
    fn inputs(&self, parts: &[f64]) -> Vec<f64> {
        let standard = parts.iter().zip(&self.means).zip(&self.deviations);
        let standard = standard.map(|((part, mean), deviation)| (part - mean) / deviation);
        core::iter::once(1.0).chain(standard).collect()
    }

    pub(super) fn channels(&self) -> usize {
        self.means.len() + 1
    }

    pub(super) fn length(&self) -> usize {
        self.windows.length
    }

    pub(super) fn states(&self) -> &[u32] {
        &self.states
    }

    pub(super) fn is_sound(&self) -> bool {
        let (slopes, states) = (self.means.len(), self.states.len());
        (1..MOST_CHANNELS).contains(&slopes)
            && (2..=MOST_STATES).contains(&states)
            && self.deviations.len() == slopes
            && self.weights.len() == (slopes + 1) * states
            && self.windows.length >= TAIL
            && self.count < self.windows.length
            && self.tail.len() <= TAIL
            && self.tail.iter().all(|row| row.len() == slopes + 1)
    }
}

/// Of each channel but the last, by which part of its way to the floor it is above the last; none without any rows, or
/// where a channel is at the floor.
fn parts_of(rows: &[&[f64]], floor: f64) -> Option<Vec<f64>> {
    let channels = rows.first()?.len();
    let mean_of = |channel: usize| mean(&rows.iter().map(|row| row[channel]).collect::<Vec<f64>>());
    let cold = mean_of(channels - 1);
    let part = |channel| {
        let own = mean_of(channel);
        (own - cold) / (own - floor)
    };
    let parts: Vec<f64> = (0..channels - 1).map(part).collect();
    parts.iter().all(|part| is_measurement(*part)).then_some(parts)
}

fn shares(inputs: &[f64], weights: &[f64], states: usize) -> Vec<f64> {
    let heights = weights.chunks_exact(inputs.len()).map(|own| dot(own, inputs));
    let mut shares: Vec<f64> = heights.take(states).collect();
    let (_, highest) = greatest(&shares);
    shares.iter_mut().for_each(|height| *height = scalar::exp(*height - highest));
    let sum = shares.iter().fold(0.0, |sum, share| sum + share);
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

/// The weights that make what was seen most probable, by Newton's method.
fn fit(inputs: &[Vec<f64>], states_of: &[u32], states: &[u32]) -> Option<Vec<f64>> {
    let terms = inputs.first()?.len();
    let held = |place: usize| RIDGE * if place.is_multiple_of(terms) { BARELY } else { 1.0 };
    let mut weights = alloc::vec![0.0; terms * states.len()];
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = weights.iter().enumerate().map(|(place, weight)| held(place) * weight).collect();
        let mut bend = Symmetric::zero(weights.len());
        for place in 0..weights.len() {
            bend.row_mut(place)[place] = held(place) + FLAT;
        }
        for (inputs, seen) in inputs.iter().zip(states_of) {
            let shares = shares(inputs, &weights, states.len());
            for (place, slope) in slope.iter_mut().enumerate() {
                let (own, term) = (place / terms, place % terms);
                let is_seen = f64::from(u8::from(states[own] == *seen));
                *slope += inputs[term] * (shares[own] - is_seen);
                for (beside, cell) in bend.row_mut(place).iter_mut().enumerate() {
                    let (other, factor) = (beside / terms, inputs[beside % terms]);
                    let same = f64::from(u8::from(own == other));
                    *cell += inputs[term] * factor * shares[own] * (same - shares[other]);
                }
            }
        }
        bend.factor()?.solve(&mut slope);
        let longest = slope.iter().map(|step| step.abs()).fold(0.0, f64::max);
        let length = (FURTHEST / (longest + 1e-12)).min(1.0);
        weights.iter_mut().zip(&slope).for_each(|(weight, step)| *weight -= length * step);
    }
    Some(weights)
}
