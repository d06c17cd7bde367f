//! What held-back assets say: by how much to be early, and how wide an interval has to be.

use anyhow::{Context, bail};
use twin::{
    learned::{
        interval::{Interval, Knot},
        life::Life,
    },
    maths::scalar::{abs, exp, sqrt},
};

use crate::{mapping::LifeTask, read::Recording};

/// Where the knots of the interval are, and how far each looks, in caps.
const KNOTS: [f64; 9] = [0.08, 0.2, 0.32, 0.44, 0.56, 0.68, 0.8, 0.92, 1.0];
const REACH: f64 = 0.08;
/// Cycles of being early or late that cost e times as much.
const EARLY: f64 = 13.0;
const LATE: f64 = 10.0;
/// Biases that are tried, in cycles.
const BIASES: (f64, f64, usize) = (-3.0, 0.25, 15);
/// Of those about as exact as the best, the one that costs least.
const ABOUT: f64 = 1.01;

/// A row of a held-back asset.
pub struct Held {
    /// What each part says, and what is true, at most the cap.
    parts: Vec<f64>,
    truth: f64,
}

/// The rows of `recording` that are judged, as `life` sees them.
pub fn follow(task: &LifeTask, life: &Life, recording: &Recording) -> Vec<Held> {
    let mut course = life.signs.begin();
    let mut held = Vec::new();
    for (age, row) in (1..).zip(&recording.rows) {
        life.signs.step(&mut course, row);
        let left = recording.rows.len() - age;
        if age < task.judged_age || left < task.judged.0 || left > task.judged.1 {
            continue;
        }
        let features = life.signs.of(&course).unwrap_or_default();
        held.push(Held { parts: life.parts(&features), truth: (left as f64).min(task.cap) });
    }
    held
}

/// Sets the bias and the interval of `life`, and prints what was found.
pub fn settle(task: &LifeTask, life: &mut Life, held: &[Held]) -> anyhow::Result<()> {
    let cap = task.cap;
    if held.is_empty() {
        let (age, (least, most)) = (task.judged_age, task.judged);
        bail!("no asset has a row of age {age} or more with {least} to {most} rows left: `judged_age`, `judged`");
    }
    let names = ["nets", "nets that bend", "trees"];
    for (part, name) in names.iter().enumerate() {
        let (rmse, cost) = judge(cap, held.iter().map(|held| (held.parts[part], held.truth)));
        println!("held back, {name}: rmse {rmse:.3}, cost {cost:.1}");
    }
    let mean = |held: &Held| held.parts.iter().sum::<f64>() / held.parts.len() as f64;
    let (first, step, count) = BIASES;
    let tried: Vec<(f64, (f64, f64))> = (0..count)
        .map(|number| first + step * number as f64)
        .map(|bias| (bias, judge(cap, held.iter().map(|held| (mean(held) + bias, held.truth)))))
        .collect();
    let exact = tried.iter().map(|(_, (rmse, _))| *rmse).fold(f64::INFINITY, f64::min);
    let about = tried.iter().filter(|(_, (rmse, _))| *rmse <= ABOUT * exact);
    let best = about.min_by(|(_, (_, a)), (_, (_, b))| a.total_cmp(b));
    let (bias, (rmse, cost)) = best.context("what is said of held-back assets is no number")?;
    println!("held back, all: bias {bias}, rmse {rmse:.3}, cost {cost:.1}");
    life.bias = *bias;
    let said: Vec<(f64, f64)> = held.iter().map(|held| ((mean(held) + bias).min(cap), held.truth)).collect();
    life.interval = Interval { knots: KNOTS.iter().filter_map(|knot| at(knot * cap, REACH * cap, &said)).collect() };
    if life.interval.knots.is_empty() {
        bail!(
            "all that is said of held-back assets is below 0: they last other lives than those that were learned from"
        );
    }
    let inside = said.iter().filter(|(said, truth)| {
        let (low, high) = life.interval.about(said.max(0.0));
        (low.clamp(0.0, cap)..=high.clamp(0.0, cap)).contains(truth)
    });
    println!(
        "held back, inside of the interval: {:.3} of {} rows",
        inside.count() as f64 / said.len() as f64,
        said.len()
    );
    Ok(())
}

/// The errors at the ends of a 90 % interval about predictions near `centre`.
fn at(centre: f64, reach: f64, said: &[(f64, f64)]) -> Option<Knot> {
    let near = said.iter().filter(|(said, _)| abs(said - centre) <= reach);
    let mut errors: Vec<f64> = near.map(|(said, truth)| truth - said).collect();
    errors.sort_unstable_by(f64::total_cmp);
    let last = errors.len().checked_sub(1)?;
    let end = |share: f64| errors[((share * errors.len() as f64).ceil() as usize).saturating_sub(1).min(last)];
    Some(Knot { at: centre, low: end(0.05), high: end(0.95) })
}

/// The root of the mean squared error, and what a hundred assets would cost; late costs more than early.
fn judge(cap: f64, said: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    let (mut squares, mut cost, mut count) = (0.0, 0.0, 0.0);
    for (said, truth) in said {
        let error = said.min(cap) - truth;
        squares += error * error;
        cost += exp(if error < 0.0 { -error / EARLY } else { error / LATE }) - 1.0;
        count += 1.0;
    }
    (sqrt(squares / count), 100.0 * cost / count)
}
