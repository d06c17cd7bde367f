//! Learns linear maps from what channels did to what they will do.

use anyhow::{Context, bail};
use twin::{
    learned::{
        numbers::Numbers,
        outlook::{Channel, Outlook},
    },
    maths::scalar::sqrt,
    quantile,
};

use crate::{crew, mapping::OutlookTask, progress::Progress, read::Recording, ridge::Squares};

/// Shares of the rows that errors are found behind, each up to the next.
const FOLDS: [f64; 3] = [0.5, 0.75, 1.0];
/// What is done once for each channel: three fits of two steps, and errors behind two of them.
const STEPS: usize = 3 * FOLDS.len() - 1;

/// Channels of a recording, scaled, and where they begin in time.
struct Ground<'a> {
    task: &'a OutlookTask,
    first: i64,
    /// A channel a column.
    columns: Vec<Vec<f64>>,
    progress: Progress<'a>,
}

/// What was learned from one recording.
pub fn learn(task: &OutlookTask, recording: &Recording) -> anyhow::Result<Outlook> {
    let width = recording.rows.first().context("there are no rows")?.len();
    let scales: Vec<(f64, f64)> =
        (0..width).map(|channel| scale(recording.rows.iter().map(|row| row[channel]))).collect();
    let column = |(channel, (mean, deviation)): (usize, &(f64, f64))| {
        let mut now = 0.0;
        let held = recording.rows.iter().map(|row| {
            if row[channel].is_finite() {
                now = (row[channel] - mean) / deviation;
            }
            now
        });
        held.collect()
    };
    let columns = scales.iter().enumerate().map(column).collect();
    let ground = Ground { task, first: recording.first, columns, progress: Progress::of(STEPS * width) };
    let rows = recording.rows.len();
    let part = |share: f64| (share * rows as f64) as usize;
    let mut errors = vec![vec![Vec::new(); task.horizon]; width];
    for ends in FOLDS.windows(2) {
        let maps = ground.fit(part(ends[0]))?;
        let found = crew::share(width, &ground.progress, |channel| {
            ground.errors(&maps[channel], channel, part(ends[0])..part(ends[1]))
        });
        for (all, found) in errors.iter_mut().zip(found) {
            for (all, found) in all.iter_mut().zip(found) {
                all.extend(found);
            }
        }
    }
    let ends = |mut errors: Vec<f64>| {
        quantile::sort(&mut errors);
        let end = |share| quantile::of_sorted(&errors, share) as f32;
        (end(0.05), end(0.95))
    };
    let maps = ground.fit(rows)?;
    let all = scales.into_iter().zip(maps).zip(errors);
    let channels = all.map(|(((mean, deviation), map), errors)| Channel {
        mean,
        deviation,
        map,
        errors: errors.into_iter().map(ends).collect(),
    });
    Ok(Outlook { look: task.look.clone(), channels: channels.collect() })
}

impl Ground<'_> {
    /// The features of `channel` at `row`, the first one ahead; and what came.
    fn at(&self, channel: usize, row: usize) -> (Vec<f64>, Vec<f64>) {
        let column = &self.columns[channel];
        let features = self.task.look.of(|back| column[row - 1 - back], self.first + row as i64);
        let newest = column[row - 1];
        (features, column[row..][..self.task.horizon].iter().map(|value| value - newest).collect())
    }

    /// The rows of `part` that have enough before and after them inside of it.
    fn places(&self, end: usize) -> std::ops::RangeInclusive<usize> {
        self.task.look.depth()..=end.saturating_sub(self.task.horizon)
    }

    /// A map a channel from the rows before `end`: that of all channels together, and its own as far as it is sure of it.
    fn fit(&self, end: usize) -> anyhow::Result<Vec<Numbers>> {
        let task = self.task;
        if self.places(end).count() < task.look.features() {
            bail!("{end} rows are too few to look back {} and ahead {}", task.look.depth(), task.horizon);
        }
        let features = task.look.features();
        let own = crew::share(self.columns.len(), &self.progress, |channel| {
            let mut squares = Squares::new(features, task.horizon);
            for row in self.places(end) {
                let (features, targets) = self.at(channel, row);
                squares.add(&features, &targets);
            }
            squares
        });
        let mut all = Squares::new(features, task.horizon);
        for squares in &own {
            all.join(squares, 1.0 / own.len() as f64);
        }
        let maps = crew::share(own.len(), &self.progress, |channel| {
            let mut squares = own[channel].clone();
            squares.join(&all, task.together);
            let penalty = task.together * task.ridge * squares.rows as f64;
            // Of two maps the mean: one knows of the level and the season, one of neither. Each is better on some years.
            let whole = squares.solve(features, |_| penalty)?;
            let part = squares.solve(task.look.differences(), |_| penalty)?;
            let of_part = part.iter().copied().chain(std::iter::repeat(0.0));
            let mean: Vec<f64> = whole.iter().zip(of_part).map(|(a, b)| (a + b) / 2.0).collect();
            Ok(Numbers::round(&mean, task.horizon, task.bits.0))
        });
        maps.into_iter().collect()
    }

    /// How far `map` was off in `part`, a row ahead each.
    fn errors(&self, map: &Numbers, channel: usize, part: std::ops::Range<usize>) -> Vec<Vec<f64>> {
        let mut errors = vec![Vec::new(); self.task.horizon];
        let mut said = vec![0.0; self.task.horizon];
        for row in part.start.max(self.task.look.depth())..=part.end.saturating_sub(self.task.horizon) {
            let (features, came) = self.at(channel, row);
            map.apply(&features, &mut said);
            for ((errors, came), said) in errors.iter_mut().zip(came).zip(&said) {
                errors.push(came - said);
            }
        }
        errors
    }
}

/// Mean and deviation of what is there.
fn scale(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let there = values.filter(|value| value.is_finite());
    let count = there.clone().count().max(1) as f64;
    let mean = there.clone().sum::<f64>() / count;
    let variance = there.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    (mean, sqrt(variance))
}
