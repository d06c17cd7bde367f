//! Learns what features are made of: the regimes that a fleet is run in, what is usual in each, and the index.

use anyhow::bail;
use twin::{
    learned::{
        life::Signs,
        scaling::{Regime, Scaling},
        window::Level,
    },
    maths::scalar::{abs, sqrt},
};

use crate::{mapping::LifeTask, read::Recording, ridge::Squares};

/// A channel whose deviation is a smaller share of its mean never changes.
const STILL: f64 = 1e-6;
/// Deviations are cut off here.
const LIMIT: f64 = 5.0;
/// How much the weights of the index are held to zero, a row.
const RIDGE: f64 = 1e-3;
/// No fleet is run in more regimes.
const REGIMES: usize = 64;

pub fn learn(task: &LifeTask, fleet: &[&Recording]) -> anyhow::Result<Signs> {
    let scaling = scaling(&task.tolerances, fleet)?;
    let index = index(task, &scaling, fleet)?;
    Ok(Signs { scaling, index, memory: task.memory, spans: task.spans.clone(), oldest: task.oldest })
}

/// A row whose settings are too far from all regimes begins another; then each row counts in the nearest.
fn scaling(tolerances: &[f64], fleet: &[&Recording]) -> anyhow::Result<Scaling> {
    let rows = || fleet.iter().flat_map(|recording| &recording.rows);
    let settings = tolerances.len();
    let empty = |centre: &[f64]| Regime { centre: centre.to_vec(), means: Vec::new(), deviations: Vec::new() };
    let mut scaling = Scaling { tolerances: tolerances.to_vec(), regimes: Vec::new(), kept: Vec::new(), limit: LIMIT };
    for row in rows() {
        if scaling.regimes.is_empty() || !scaling.regime(&row[..settings]).1 {
            scaling.regimes.push(empty(&row[..settings]));
        }
        if scaling.regimes.len() > REGIMES {
            bail!(
                "the settings fall into more than {REGIMES} regimes: are they settings, and tolerances not too small?"
            );
        }
    }
    let Some(channels) = rows().next().map(|row| row.len() - settings) else { bail!("there are no rows") };
    let count = scaling.regimes.len();
    let places: Vec<usize> = rows().map(|row| scaling.regime(&row[..settings]).0).collect();
    let mean_of = |value: &dyn Fn(usize, usize, f64) -> f64| {
        let mut sums = vec![vec![(0.0, 0.0); channels]; count];
        for (row, place) in rows().zip(&places) {
            for (channel, reading) in row[settings..].iter().enumerate().filter(|(_, reading)| reading.is_finite()) {
                let (sum, rows) = &mut sums[*place][channel];
                *sum += value(*place, channel, *reading);
                *rows += 1.0;
            }
        }
        let mean = |sums: Vec<(f64, f64)>| sums.into_iter().map(|(sum, rows)| sum / rows).collect();
        sums.into_iter().map(mean).collect::<Vec<Vec<f64>>>()
    };
    let means = mean_of(&|_, _, reading| reading);
    let squares = mean_of(&|place, channel, reading| {
        let deviation = reading - means[place][channel];
        deviation * deviation
    });
    let moves = |channel: usize| {
        let in_regime =
            |(means, squares): (&Vec<f64>, &Vec<f64>)| sqrt(squares[channel]) > STILL * abs(means[channel]).max(1.0);
        means.iter().zip(&squares).all(in_regime)
    };
    let kept: Vec<usize> = (0..channels).filter(|channel| moves(*channel)).collect();
    for (place, regime) in scaling.regimes.iter_mut().enumerate() {
        regime.means = kept.iter().map(|channel| means[place][*channel]).collect();
        regime.deviations = kept.iter().map(|channel| sqrt(squares[place][*channel])).collect();
    }
    scaling.kept = kept.into_iter().map(|channel| channel as u16).collect();
    Ok(scaling)
}

/// The weights that make the life that is left of levels, and an offset.
fn index(task: &LifeTask, scaling: &Scaling, fleet: &[&Recording]) -> anyhow::Result<Vec<f64>> {
    let width = scaling.kept.len();
    let mut squares = Squares::new(width + 1, 1);
    for recording in fleet {
        let (mut level, mut now) = (Level::new(width), vec![0.0; width]);
        for (left, row) in (0..recording.rows.len()).rev().zip(&recording.rows) {
            let (settings, channels) = row.split_at(scaling.tolerances.len());
            scaling.scale(scaling.regime(settings).0, channels, &mut now);
            level.push(1.0 - 1.0 / task.memory, &now);
            let features: Vec<f64> = level.means().chain([1.0]).collect();
            squares.add(&features, &[(left as f64).min(task.cap)]);
        }
    }
    let penalty = RIDGE * squares.rows as f64;
    squares.solve(width + 1, |feature| if feature < width { penalty } else { 0.0 })
}
