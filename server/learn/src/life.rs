//! Learns from a fleet that ran until it failed how much life an asset has left.

mod folds;
mod signs;

use anyhow::{Context, bail};
use twin::{
    learned::{
        interval::{Interval, Knot},
        life::{Committee, Life, NET_CYCLES, Sight, Usual},
        trees::Trees,
    },
    maths::scalar::sqrt,
    quantile,
};

use crate::{boost, chance::Chance, crew, mapping::LifeTask, nets, progress::Progress, read::Recording};

const SIGHTS: [Sight; 2] = [Sight::Straight, Sight::Bent];

/// What was learned, and what held-back assets said of it.
pub fn learn(task: &LifeTask, fleet: &[Recording], seed: u64) -> anyhow::Result<Life> {
    if fleet.len() < task.folds || task.folds < 2 {
        bail!("{} assets are too few for {} folds", fleet.len(), task.folds);
    }
    let order = Chance::new(seed, u32::MAX).order(fleet.len());
    let fold_of = |asset: usize| order.iter().position(|one| *one as usize == asset).unwrap_or(0) % task.folds;
    let nets = SIGHTS.len() * (task.nets.count + task.folds * task.nets.count_of_folds);
    let progress = Progress::of(nets + task.folds + 1);
    // The whole takes longest, so it is first.
    let fitted = crew::share(task.folds + 1, &progress, |number| {
        let Some(fold) = number.checked_sub(1) else {
            let all: Vec<&Recording> = fleet.iter().collect();
            return fit(task, &all, task.nets.count, seed, &progress).map(|life| (life, Vec::new()));
        };
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for (asset, recording) in fleet.iter().enumerate() {
            let part = if fold_of(asset) == fold { &mut own } else { &mut others };
            part.push(recording);
        }
        let life = fit(task, &others, task.nets.count_of_folds, seed, &progress)?;
        let held_back = own.iter().flat_map(|recording| folds::follow(task, &life, recording)).collect();
        Ok((life, held_back))
    });
    // Its line goes away before others are written.
    drop(progress);
    let mut fitted = fitted.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter();
    let (mut life, _) = fitted.next().context("nothing was fitted")?;
    let held_back: Vec<folds::Held> = fitted.flat_map(|(_, held_back)| held_back).collect();
    folds::settle(task, &mut life, &held_back)?;
    Ok(life)
}

/// What `fleet` shows, before anything is known of its errors; its nets are pieces of `progress`.
fn fit(task: &LifeTask, fleet: &[&Recording], count: usize, seed: u64, progress: &Progress) -> anyhow::Result<Life> {
    let signs = signs::learn(task, fleet)?;
    let (mut rows, mut targets) = (Vec::new(), Vec::new());
    for recording in fleet {
        let mut course = signs.begin();
        for (left, row) in (0..recording.rows.len()).rev().zip(&recording.rows) {
            signs.step(&mut course, row);
            if left <= task.longest {
                rows.extend(signs.of(&course));
                targets.push((left as f64).min(task.cap));
            }
        }
    }
    let usual: Vec<Usual> = (0..signs.features()).map(|feature| usual(rows.iter().map(|row| row[feature]))).collect();
    let shares: Vec<f32> = targets.iter().map(|target| (*target / NET_CYCLES) as f32).collect();
    let mut committees = Vec::new();
    let mut stream = 0;
    for sight in SIGHTS {
        let seen: Vec<Vec<f32>> =
            rows.iter().map(|row| sight.of(&usual, row).iter().map(|one| *one as f32).collect()).collect();
        let nets = (0..count).map(|_| {
            stream += 1;
            let net = nets::fit(&task.nets, &seen, &shares, &mut Chance::new(seed, stream));
            progress.add();
            net
        });
        committees.push(Committee { sight, nets: nets.collect() });
    }
    let trees: Trees = boost::fit(&task.trees, &rows, &targets, &mut Chance::new(seed, 0));
    let interval = Interval { knots: vec![Knot { at: 0.0, low: 0.0, high: 0.0 }] };
    Ok(Life { signs, usual, committees, trees, bias: 0.0, cap: task.cap, interval })
}

fn usual(values: impl Iterator<Item = f64>) -> Usual {
    let mut values: Vec<f64> = values.collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    quantile::sort(&mut values);
    // A feature that never changes says nothing, instead of too much.
    Usual { mean, median: quantile::of_sorted(&values, 0.5), deviation: sqrt(variance) + 1e-6 }
}
