//! What a mapping may ask for: refused before anything is read, for learning takes minutes.

use anyhow::{bail, ensure};

use super::{Layout, LifeTask, Mapping, NetTask, OutlookTask, SoftTask, TreeTask};

/// The most that the kernel evaluates.
const MOST_LAYERS: usize = 7;
const WIDEST: usize = 1_024;
const MOST_SPANS: usize = 8;
const LONGEST_SPAN: u16 = 1_024;
const MOST_NETS: usize = 16;
const MOST_TREES: usize = 4_096;
const MOST_LEAVES: usize = 128;
const MOST_BINS: usize = 256;

pub fn columns(mapping: &Mapping) -> anyhow::Result<()> {
    let columns = &mapping.recording;
    let told = mapping.inputs();
    ensure!(!columns.channels.is_empty(), "`channels` names nothing to learn from");
    once(&columns.columns, "`columns`")?;
    once(&told, "`settings` and `channels`")?;
    if let Some(name) = columns.reference.iter().chain(&columns.asset).find(|name| told.contains(name)) {
        bail!("`{name}` is one of the channels, and so cannot be told apart from them");
    }
    let names_columns = !columns.columns.is_empty();
    ensure!(
        names_columns == (columns.layout == Layout::Spaced),
        "`columns` belongs to the layout `spaced`, and it to them"
    );
    ensure!(columns.time.len() <= 2, "`time` is one column, or a day and a time of day");
    ensure!(columns.step_secs != Some(0), "`step_secs` is at least 1");
    let needs_time = columns.step_secs.is_some() || columns.hours_since.is_some();
    ensure!(
        !needs_time || !columns.time.is_empty(),
        "`step_secs` and `hours_since` follow from `time`, which is missing"
    );
    ensure!(columns.train_rows != Some(0), "`train_rows` is at least 1");
    Ok(())
}

pub fn life(task: &LifeTask, settings: usize) -> anyhow::Result<()> {
    ensure!(is_above_zero(task.cap), "`cap` is a number of rows above 0, not {}", task.cap);
    ensure!(task.longest > 0 && task.oldest > 0, "`longest` and `oldest` are at least 1");
    let count = task.tolerances.len();
    ensure!(count == settings, "`tolerances` is a number for each of {settings} settings, not {count} numbers");
    ensure!(task.tolerances.iter().all(|one| is_above_zero(*one)), "`tolerances` are above 0");
    ensure!(task.memory >= 1.0 && task.memory.is_finite(), "`memory` is at least 1 row");
    ensure!(
        task.spans.len() <= MOST_SPANS && task.spans.iter().all(|span| (1..=LONGEST_SPAN).contains(span)),
        "`spans` are at most {MOST_SPANS}, from 1 to {LONGEST_SPAN} rows"
    );
    ensure!(task.judged.0 <= task.judged.1, "`judged` is from the least life to the most");
    ensure!(task.folds >= 2, "`folds` are at least 2");
    nets(&task.nets)?;
    trees(&task.trees)
}

fn nets(task: &NetTask) -> anyhow::Result<()> {
    let counts = [task.count, task.count_of_folds];
    ensure!(counts.iter().all(|count| (1..=MOST_NETS).contains(count)), "`nets` have counts from 1 to {MOST_NETS}");
    let is_sound = task.hidden.len() <= MOST_LAYERS && task.hidden.iter().all(|width| (1..=WIDEST).contains(width));
    ensure!(is_sound, "`hidden` layers of nets are at most {MOST_LAYERS}, from 1 to {WIDEST} wide");
    ensure!(task.epochs > 0 && task.batch > 0, "`epochs` and `batch` of nets are at least 1");
    ensure!(is_above_zero(task.rate), "`rate` of nets is above 0");
    Ok(())
}

fn trees(task: &TreeTask) -> anyhow::Result<()> {
    ensure!((1..=MOST_TREES).contains(&task.count), "`trees` are from 1 to {MOST_TREES}");
    ensure!((2..=MOST_LEAVES).contains(&task.leaves), "`leaves` of trees are from 2 to {MOST_LEAVES}");
    ensure!((2..=MOST_BINS).contains(&task.bins), "`bins` of trees are from 2 to {MOST_BINS}");
    ensure!(task.fewest > 0, "`fewest` rows of a leaf are at least 1");
    let shares = [task.rate, task.rows, task.features];
    let is_share = |share: &f64| *share > 0.0 && *share <= 1.0;
    ensure!(shares.iter().all(is_share), "`rate`, `rows` and `features` of trees are above 0, at most 1");
    ensure!(task.prior >= 0.0 && task.prior.is_finite(), "`prior` of trees is at least 0");
    Ok(())
}

pub fn outlook(task: &OutlookTask) -> anyhow::Result<()> {
    ensure!(task.horizon > 0, "`horizon` is at least 1 row");
    let edges = &task.look.edges;
    ensure!(task.look.period > 0, "`period` of `look` is at least 1 row");
    ensure!(
        edges.len() >= 2 && edges[0] == 0 && edges.is_sorted_by(|a, b| a < b),
        "`edges` of `look` go up from 0, and are at least two"
    );
    ensure!(task.look.seasons.iter().all(|(period, _)| *period > 0), "`seasons` of `look` are at least 1 row long");
    let weights = [task.ridge, task.together];
    ensure!(weights.iter().all(|weight| *weight >= 0.0 && weight.is_finite()), "`ridge` and `together` are at least 0");
    Ok(())
}

pub fn soft(task: &SoftTask) -> anyhow::Result<()> {
    ensure!((0..24).contains(&task.hour), "`hour` is from 0 to 23");
    ensure!((-24..=24).contains(&task.shift), "`shift` is at most a day");
    Ok(())
}

/// Refuses a name that stands twice in what `keys` list.
fn once(names: &[String], keys: &str) -> anyhow::Result<()> {
    let twice = names.iter().enumerate().find(|(place, name)| names[..*place].contains(name));
    match twice {
        Some((_, name)) => bail!("{keys} name `{name}` twice"),
        None => Ok(()),
    }
}

fn is_above_zero(number: f64) -> bool {
    number > 0.0 && number.is_finite()
}
