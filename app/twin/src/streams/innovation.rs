//! Does a plant still move as its normal record says: each row foretold from the two before, and charts of what is not
//! foretold: of its mean (MEWMA, Lowry et al., Technometrics 34, 1992) and of its size.
//!
//! How far the charts go when all is normal is seen on parts of the record that a model was not learnt from. Such a model was
//! learnt from fewer rows, and foretells less: once few and once many rows are left out, and what is lost by that is taken back.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    LearnError,
    matrix::{Factor, Symmetric},
    moments::{self, Rows, add_times, dot, greatest, is_measurement},
    rate,
};
use crate::maths::scalar;

/// Rows by which the next is foretold.
const LAGS: usize = 2;
/// What holds weights down, a row learnt from; what holds the correlations of the rest down.
const RIDGE: f64 = 0.1;
const SHRINK: f64 = 0.001;
/// The share of the newest row: in slow charts and in quick ones.
const LAMBDAS: [f64; 2] = [0.05, 0.2];
/// In so many parts, large and small, the record is left out in turn, and with each the rows before for charts to settle.
const PARTS: [usize; 2] = [5, 20];
const WARM: usize = 50;
/// Of the whole record these are not counted.
const FIRST: usize = 20;
/// So many rows a channel make a record.
const ROWS: usize = 5;
/// What is more deviations away counts as so many: charts forget a mistaken sample in time.
const MISTAKEN: f64 = 50.0;
const MOST_CHANNELS: usize = 96;
/// The deviation of a signal that stood still.
const STILL: f64 = 1e-9;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Innovation {
    plant: Plant,
    /// Mean and deviation of each chart when all is normal.
    normal: [[f64; 2]; 4],
    limit: f64,
    charts: Charts,
}

/// What foretells the next row: sealed once it is learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Plant {
    means: Vec<f64>,
    deviations: Vec<f64>,
    /// A channel each: weights of the rows before, the newest first.
    weights: Vec<f64>,
    factor: Factor,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Charts {
    /// The rows before, standardised, the newest first.
    before: Vec<f64>,
    means: [Vec<f64>; 2],
    sizes: [f64; 2],
}

/// What is said of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foretold {
    pub is_alarm: bool,
    /// How far the furthest chart is, in deviations of the normal record.
    pub score: f64,
    pub limit: f64,
    /// Of mean and size, slow, and both, quick.
    pub charts: [f64; 4],
    /// In an alarm: the channel whose mean is furthest from what is foretold.
    pub channel: Option<usize>,
}

impl Innovation {
    /// Whether so many rows are enough of a record for so many channels.
    pub fn is_record(rows: usize, channels: usize) -> bool {
        rows >= (ROWS * channels).max(4 * WARM) && (1..=MOST_CHANNELS).contains(&channels)
    }

    /// Learns from a normal record; `false_alarms` is the share of rows like these that may be alarms.
    pub fn learn(record: Rows, false_alarms: f64) -> Result<Innovation, LearnError> {
        let channels = record.channels();
        if channels > MOST_CHANNELS {
            return Err(LearnError::TooWide { channels, most: MOST_CHANNELS });
        }
        let known = record.iter().filter(|row| row.iter().all(|x| is_measurement(*x)));
        let rows: Vec<&[f64]> = known.collect();
        if !Innovation::is_record(rows.len(), channels) {
            return Err(LearnError::TooShort { rows: rows.len(), needed: (ROWS * channels).max(4 * WARM) });
        }
        let seen = foreseen(&rows, channels)?;
        let column = |chart: usize| seen.iter().map(|charts| charts[chart]).collect::<Vec<f64>>();
        let normal = [0, 1, 2, 3].map(|chart| [moments::mean(&column(chart)), moments::deviation(&column(chart))]);
        let scores: Vec<f64> = seen.iter().map(|charts| greatest(&standardised(*charts, &normal)).1).collect();
        let limit = rate::exceeded(&scores, false_alarms);
        let plant = Plant::learn(&rows, channels, |_| true)?;
        let charts = Charts::new(&plant);
        Ok(Innovation { plant, normal, limit, charts })
    }

    /// None where a signal is missing: nothing changes.
    pub fn step(&mut self, row: &[f64]) -> Option<Foretold> {
        if row.len() != self.plant.means.len() || !row.iter().all(|x| is_measurement(*x)) {
            return None;
        }
        let charts = standardised(self.charts.take(&self.plant, row), &self.normal);
        let (_, score) = greatest(&charts);
        let is_alarm = score > self.limit;
        let channel = is_alarm.then(|| self.charts.furthest(&self.plant));
        Some(Foretold { is_alarm, score, limit: self.limit, charts, channel })
    }

    pub(super) fn channels(&self) -> usize {
        self.plant.means.len()
    }

    pub(super) fn is_sound(&self) -> bool {
        let channels = self.plant.means.len();
        (1..=MOST_CHANNELS).contains(&channels)
            && self.plant.deviations.len() == channels
            && self.plant.weights.len() == channels * LAGS * channels
            && self.plant.factor.is_sound(channels)
            && self.charts.before.len() == LAGS * channels
            && self.charts.means.iter().all(|means| means.len() == channels)
    }
}

/// The charts of each row as a model of the whole record would have them, had it not been learnt from the row. What a chart
/// is off by goes with one over the rows learnt from: so it is known of both ways to leave out, and of none.
fn foreseen(rows: &[&[f64]], channels: usize) -> Result<Vec<[f64; 4]>, LearnError> {
    let one_over = |parts: usize| {
        let kept = 1.0 - 1.0 / parts as f64;
        1.0 / (kept * (rows.len() - WARM) as f64)
    };
    let [of_large, of_small] = PARTS.map(one_over);
    let further = (of_small - 1.0 / rows.len() as f64) / (of_large - of_small);
    let [large, small] = PARTS.map(|parts| left_out(rows, channels, parts));
    let both = large?.into_iter().zip(small?);
    let charts = both.map(|(large, small)| [0, 1, 2, 3].map(|own| small[own] + further * (small[own] - large[own])));
    Ok(charts.collect())
}

/// The charts of each row by a model that knows neither its part of the record nor the rows by which they settled.
fn left_out(rows: &[&[f64]], channels: usize, parts: usize) -> Result<Vec<[f64; 4]>, LearnError> {
    let mut seen = Vec::with_capacity(rows.len());
    for part in 0..parts {
        let [from, to] = [part, part + 1].map(|part| rows.len() * part / parts);
        let begun = from.saturating_sub(WARM);
        let plant = Plant::learn(rows, channels, |row| row < begun || row >= to)?;
        let mut charts = Charts::settled(&plant, &rows[begun..to]);
        for (index, row) in rows.iter().enumerate().take(to).skip(begun) {
            let said = charts.take(&plant, row);
            if index >= from && index >= FIRST {
                seen.push(said);
            }
        }
    }
    Ok(seen)
}

impl Plant {
    fn learn(rows: &[&[f64]], channels: usize, is_known: impl Fn(usize) -> bool) -> Result<Plant, LearnError> {
        let known = rows.iter().enumerate().filter(|(index, _)| is_known(*index)).map(|(_, row)| *row);
        let (means, mut deviations) = moments::channels(channels, known);
        deviations.iter_mut().for_each(|deviation| *deviation += STILL);
        let standard = rows.iter().flat_map(|row| standard(row, &means, &deviations)).collect::<Vec<f64>>();
        let row = |index: usize| &standard[index * channels..][..channels];
        // Rows that no part left out lies before or beside.
        let usable = |index: &usize| (0..=LAGS).all(|lag| is_known(index - lag));
        let before = |index: usize| (1..=LAGS).flat_map(|lag| row(index - lag)).copied().collect::<Vec<f64>>();

        let mut squares = Symmetric::zero(LAGS * channels);
        let mut products = alloc::vec![0.0; channels * LAGS * channels];
        let mut count = 0.0;
        for index in (LAGS..rows.len()).filter(usable) {
            let before = before(index);
            squares.add_square(&before, 1.0);
            for (own, x) in products.chunks_exact_mut(LAGS * channels).zip(row(index)) {
                add_times(own, *x, &before);
            }
            count += 1.0;
        }
        squares.add_to_diagonal(0, RIDGE * count);
        let factor = squares.factor().ok_or(LearnError::Alike)?;
        let mut weights = products;
        weights.chunks_exact_mut(LAGS * channels).for_each(|own| factor.solve(own));

        let mut spread = Symmetric::zero(channels);
        for index in (LAGS..rows.len()).filter(usable) {
            spread.add_square(&rest(row(index), &before(index), &weights), 1.0 / count);
        }
        let diagonal: Vec<f64> = spread.diagonal().collect();
        spread.scale(1.0 - SHRINK);
        for (index, own) in diagonal.into_iter().enumerate() {
            // A signal that never moved has none.
            spread.row_mut(index)[index] = own.max(1e-6);
        }
        let factor = spread.factor().ok_or(LearnError::Alike)?;
        Ok(Plant { means, deviations, weights, factor })
    }
}

impl Charts {
    fn new(plant: &Plant) -> Charts {
        let channels = plant.means.len();
        let zeros = |count: usize| alloc::vec![0.0; count];
        // One each of those that ever moved: the others are white noise of size 0.
        let moving = plant.deviations.iter().filter(|deviation| **deviation > 2.0 * STILL).count();
        let sizes = [moving as f64; 2];
        Charts { before: zeros(LAGS * channels), means: [zeros(channels), zeros(channels)], sizes }
    }

    /// Charts whose sizes begin where they stay in the mean of these rows, not where they would if all were known.
    fn settled(plant: &Plant, rows: &[&[f64]]) -> Charts {
        let mut charts = Charts::new(plant);
        let squares: Vec<f64> = rows.iter().map(|row| charts.white(plant, row)).map(|x| dot(&x, &x)).collect();
        // The first rows had none before them.
        Charts { sizes: [moments::mean(&squares[LAGS..]); 2], ..Charts::new(plant) }
    }

    /// What is not foretold of a row, as independent numbers of deviation 1.
    fn white(&mut self, plant: &Plant, row: &[f64]) -> Vec<f64> {
        let standard = standard(row, &plant.means, &plant.deviations);
        let newest: Vec<f64> = standard.map(|x| x.clamp(-MISTAKEN, MISTAKEN)).collect();
        let mut white = rest(&newest, &self.before, &plant.weights);
        plant.factor.whiten(&mut white);
        self.before.rotate_right(row.len());
        self.before[..row.len()].copy_from_slice(&newest);
        white
    }

    fn take(&mut self, plant: &Plant, row: &[f64]) -> [f64; 4] {
        let white = self.white(plant, row);
        let square = dot(&white, &white);
        let mut said = [0.0; 4];
        let all = LAMBDAS.iter().zip(&mut self.means).zip(&mut self.sizes).zip(said.chunks_exact_mut(2));
        for (((lambda, means), size), said) in all {
            for (mean, white) in means.iter_mut().zip(&white) {
                *mean = (1.0 - lambda) * *mean + lambda * white;
            }
            *size = (1.0 - lambda) * *size + lambda * square;
            said[0] = scalar::ln(dot(means, means) * (2.0 - lambda) / lambda);
            said[1] = scalar::ln(*size);
        }
        said
    }

    fn furthest(&self, plant: &Plant) -> usize {
        let away = |channel: usize| {
            let (mean, deviation) = plant.factor.coloured(&self.means[0], channel);
            (mean / deviation).abs()
        };
        let away: Vec<f64> = (0..plant.means.len()).map(away).collect();
        greatest(&away).0
    }
}

fn standard(row: &[f64], means: &[f64], deviations: &[f64]) -> impl Iterator<Item = f64> {
    row.iter().zip(means).zip(deviations).map(|((x, mean), deviation)| (x - mean) / deviation)
}

/// What the rows before do not foretell.
fn rest(row: &[f64], before: &[f64], weights: &[f64]) -> Vec<f64> {
    row.iter().zip(weights.chunks_exact(before.len())).map(|(x, weights)| x - dot(before, weights)).collect()
}

fn standardised(charts: [f64; 4], normal: &[[f64; 2]; 4]) -> [f64; 4] {
    let mut charts = charts;
    for (chart, [mean, deviation]) in charts.iter_mut().zip(normal) {
        *chart = (*chart - mean) / deviation;
    }
    charts
}
