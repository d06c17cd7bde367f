//! Small dense nets, fitted by Adam with a rate that falls to nothing.

use twin::{
    learned::{
        net::{Layer, Net},
        numbers::{Numbers, Width},
    },
    maths::scalar::{cos, pow, sqrt, tanh},
};

use crate::{chance::Chance, mapping::NetTask};

/// Adam's, of first and second moments.
const MOMENTS: (f32, f32) = (0.9, 0.999);

/// Weights of a layer, an output's beside each other, and its offsets.
struct Dense {
    outputs: usize,
    weights: Parameters,
    offsets: Parameters,
}

/// Numbers that are learned, their slopes and the moments of these.
struct Parameters {
    values: Vec<f32>,
    slopes: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
}

/// A net that makes `targets` of `rows`, one net input a column.
pub fn fit(task: &NetTask, rows: &[Vec<f32>], targets: &[f32], chance: &mut Chance) -> Net {
    let mut layers = begin(task, rows.first().map_or(0, Vec::len), targets, chance);
    let batches = rows.len() / task.batch;
    let steps = (batches * task.epochs) as f64;
    let mut step = 0;
    for _ in 0..task.epochs {
        let order = chance.order(rows.len());
        for batch in order.chunks_exact(task.batch) {
            for row in batch.iter().map(|row| *row as usize) {
                learn(&mut layers, &rows[row], targets[row], task.batch as f32);
            }
            step += 1;
            let rate = task.rate * 0.5 * (1.0 + cos(core::f64::consts::PI * f64::from(step) / steps)) + 1e-6;
            for layer in &mut layers {
                layer.weights.descend(rate, step);
                layer.offsets.descend(rate, step);
            }
        }
    }
    sealed(&layers, task.bits.0)
}

fn begin(task: &NetTask, inputs: usize, targets: &[f32], chance: &mut Chance) -> Vec<Dense> {
    let mut width = inputs;
    let mut layers = Vec::new();
    for outputs in task.hidden.iter().copied().chain([1]) {
        let is_last = layers.len() == task.hidden.len();
        let deviation = sqrt(1.0 / width as f64) * if is_last { 0.5 } else { 1.0 };
        let weights = (0..width * outputs).map(|_| (chance.normal() * deviation) as f32).collect();
        let mean = targets.iter().copied().map(f64::from).sum::<f64>() / targets.len().max(1) as f64;
        let offsets = vec![if is_last { mean as f32 } else { 0.0 }; outputs];
        layers.push(Dense { outputs, weights: Parameters::new(weights), offsets: Parameters::new(offsets) });
        width = outputs;
    }
    layers
}

/// Adds the slopes of half the squared error of a row, divided by `count`.
fn learn(layers: &mut [Dense], row: &[f32], target: f32, count: f32) {
    let last = layers.len() - 1;
    let mut values: Vec<Vec<f32>> = vec![row.to_vec()];
    for (place, layer) in layers.iter().enumerate() {
        let mut out = layer.offsets.values.clone();
        for (x, weights) in values[place].iter().zip(layer.weights.values.chunks_exact(layer.outputs)) {
            add(&mut out, *x, weights);
        }
        if place < last {
            out.iter_mut().for_each(|one| *one = tanh(f64::from(*one)) as f32);
        }
        values.push(out);
    }
    let mut slopes = vec![(values[last + 1][0] - target) / count];
    for place in (0..=last).rev() {
        let layer = &mut layers[place];
        for (x, sums) in values[place].iter().zip(layer.weights.slopes.chunks_exact_mut(layer.outputs)) {
            add(sums, *x, &slopes);
        }
        add(&mut layer.offsets.slopes, 1.0, &slopes);
        if place > 0 {
            let back = layer.weights.values.chunks_exact(layer.outputs).zip(&values[place]);
            slopes = back.map(|(weights, value)| dot(weights, &slopes) * (1.0 - value * value)).collect();
        }
    }
}

fn add(sums: &mut [f32], share: f32, others: &[f32]) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += share * other;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

impl Parameters {
    fn new(values: Vec<f32>) -> Parameters {
        let none = vec![0.0; values.len()];
        Parameters { values, slopes: none.clone(), first: none.clone(), second: none }
    }

    fn descend(&mut self, rate: f64, step: i32) {
        let (beta, gamma) = MOMENTS;
        let begun = |moment: f32| 1.0 - pow(f64::from(moment), f64::from(step));
        let (first_begun, second_begun) = (begun(beta) as f32, begun(gamma) as f32);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, slope), (first, second)) in self.values.iter_mut().zip(&mut self.slopes).zip(moments) {
            *first = beta * *first + (1.0 - beta) * *slope;
            *second = gamma * *second + (1.0 - gamma) * *slope * *slope;
            // A square root of f32 is rounded the same everywhere.
            *value -= rate as f32 * (*first / first_begun) / ((*second / second_begun).sqrt() + 1e-8);
            *slope = 0.0;
        }
    }
}

fn sealed(layers: &[Dense], width: Width) -> Net {
    let layer = |dense: &Dense| {
        let weights: Vec<f64> = dense.weights.values.iter().copied().map(f64::from).collect();
        let weights = Numbers::round(&weights, dense.outputs, width);
        Layer { weights, offsets: dense.offsets.values.clone() }
    };
    Net { layers: layers.iter().map(layer).collect() }
}
