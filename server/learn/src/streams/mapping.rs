//! The mapping file of `detect`: what the columns of recordings are, what is known of the asset, how it is written down.

use std::{fs, path::Path};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use twin::streams::{Against, LEVEL_LIMIT, Start, Windows};

use crate::cell::Mark;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub recording: Columns,
    #[serde(default)]
    pub learn: Task,
    pub said: Said,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[serde(default)]
    pub layout: Layout,
    #[serde(default = "comma")]
    pub separator: char,
    /// When it was; without this, rows are a step apart.
    pub time: Option<String>,
    #[serde(default = "one")]
    pub step_secs: i64,
    /// All columns that are not named otherwise, without this.
    #[serde(default)]
    pub channels: Vec<String>,
    /// What references read: a detector each.
    #[serde(default)]
    pub references: Vec<String>,
    /// In a file beside, that of `--states`: the column with the state of each window.
    pub state: Option<String>,
    /// What stands for nothing, a number or a word; an empty cell and `NaN` always do.
    pub missing: Option<Mark>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A file a recording, a line a row, names above.
    #[default]
    Rows,
    /// A file a signal, a line a window: its number, then its samples.
    Windows,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Task {
    /// A recording is learnt from its first rows: so many, or this share of them, whichever is less. Those are not followed.
    pub first: usize,
    pub share: f64,
    /// Whether the asset is the same after each start, or is to be learnt anew.
    #[serde(deserialize_with = "start")]
    pub start: Start,
    /// What a level is held against: where it was itself, or its siblings, which are of one kind.
    #[serde(deserialize_with = "against")]
    pub against: Against,
    /// The share of normal samples of which an alarm may be said: the limit follows from it. Of a pattern, which says where an
    /// alarm begins, the share of samples at which one does.
    pub false_alarms: Option<f64>,
    /// Rows after each start for which levels keep to that on a normal record.
    pub followed: usize,
    /// How many deviations away a level is an alarm, where `false_alarms` does not say.
    pub limit: f64,
    /// Of windows: how many samples one has, and below which temperature nothing is cooled.
    pub windows: Option<Windows>,
    /// Rows that are left out together; without this, those whose windows have numbers in a row.
    pub block: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    #[serde(default)]
    pub named: Named,
    /// The names of the columns, and what stands in them: as many of one as of the other.
    pub head: Vec<String>,
    pub cells: Vec<Cell>,
    /// Whether rows that were learnt from have lines, too; nothing is said in them.
    #[serde(default)]
    pub has_learnt: bool,
}

/// How a recording is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// By its path from the root, without the ending of compression.
    #[default]
    Path,
    /// Without any ending.
    Stem,
    /// By the first whole number in the name of its file.
    Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// What the recording is called.
    Recording,
    /// What the reference is of.
    Target,
    /// Both, and the row.
    Key,
    /// Counted from 0; of windows, their numbers.
    Row,
    /// Seconds since 1970.
    Secs,
    /// 1 where it is not as it should be, 0 where it is; of a pattern, 1 where an alarm begins.
    Alarm,
    /// 1 where it changes.
    Change,
    /// How far it is from normal, as a multiple of the limit.
    Ratio,
    /// The place of the signal that has most of it, from 0, where one has.
    Channel,
    /// What the reference would read.
    Reading,
    /// The state that is said.
    State,
    /// The state, or what the reference read.
    Truth,
}

impl Default for Task {
    fn default() -> Task {
        Task {
            first: 0,
            share: 1.0,
            start: Start::Same,
            against: Against::Itself,
            false_alarms: None,
            followed: 0,
            limit: LEVEL_LIMIT,
            windows: None,
            block: None,
        }
    }
}

impl Mapping {
    pub fn load(path: &Path) -> anyhow::Result<Mapping> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Mapping::parse(&text).with_context(|| format!("reading {}", path.display()))
    }

    pub fn parse(text: &str) -> anyhow::Result<Mapping> {
        let mapping: Mapping = toml::from_str(text)?;
        let Mapping { recording, learn, said: Said { head, cells, .. } } = &mapping;
        ensure!(head.len() == cells.len(), "{} names above {} cells", head.len(), cells.len());
        ensure!(!cells.is_empty(), "`cells` names nothing that is to be said");
        ensure!(recording.step_secs > 0, "`step_secs` is at least 1");
        let mut names: Vec<&String> = recording.channels.iter().chain(&recording.references).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            bail!("`channels` and `references` name `{}` twice", twice[0]);
        }
        let is_of_windows = recording.layout == Layout::Windows;
        ensure!(!is_of_windows || learn.windows.is_some(), "a layout of windows needs `windows`");
        ensure!(is_of_windows == recording.state.is_some(), "a layout of windows needs `state`, and no other has one");
        let length = learn.windows.map_or(1, |own| own.length);
        ensure!(length > 0 && learn.block != Some(0), "`block` and the `length` of windows are at least 1");
        ensure!(learn.share > 0.0 && learn.share <= 1.0, "`share` is above 0, at most 1");
        ensure!(learn.limit > 0.0 && learn.limit.is_finite(), "`limit` is a number of deviations above 0");
        if let Some(share) = learn.false_alarms {
            ensure!(share > 0.0 && share <= 0.5, "`false_alarms` is a share of samples: above 0, at most 0.5");
        }
        Ok(mapping)
    }
}

impl Task {
    /// How many of `rows` rows of a recording are learnt from: the share, and no more than `first` where it is given.
    pub fn learnt(&self, rows: usize) -> usize {
        let share = (self.share * rows as f64) as usize;
        if self.first > 0 { share.min(self.first) } else { share }
    }
}

fn comma() -> char {
    ','
}

fn one() -> i64 {
    1
}

fn start<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Start, D::Error> {
    match String::deserialize(from)?.as_str() {
        "same" => Ok(Start::Same),
        "anew" => Ok(Start::Anew),
        other => Err(serde::de::Error::custom(format!("a start is `same` or `anew`, not `{other}`"))),
    }
}

fn against<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Against, D::Error> {
    match String::deserialize(from)?.as_str() {
        "itself" => Ok(Against::Itself),
        "siblings" => Ok(Against::Siblings),
        other => Err(serde::de::Error::custom(format!("a signal is against `itself` or `siblings`, not `{other}`"))),
    }
}
