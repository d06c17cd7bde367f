//! The mapping file of `detect`: what the columns of recordings are, what is known of the asset, how it is written down.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use serde::Deserialize;
use twin::streams::{Against, LEVEL_LIMIT, Start, Windows};

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
    /// In a file beside: the state of each window.
    pub state: Option<String>,
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
    /// A recording is learnt from its first rows: so many, or this share of them.
    pub first: usize,
    pub share: f64,
    #[serde(deserialize_with = "start")]
    pub start: Start,
    #[serde(deserialize_with = "against")]
    pub against: Against,
    /// The share of normal samples of which an alarm may be said: the limit follows from it. Of a pattern, which says where an
    /// alarm begins, the share of samples at which one does.
    pub false_alarms: Option<f64>,
    /// Rows after each start for which levels keep to that on a normal record.
    pub followed: usize,
    pub limit: f64,
    pub windows: Option<Windows>,
    /// Rows that are left out together; without this, those whose windows have numbers in a row.
    pub block: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    #[serde(default)]
    pub named: Named,
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
    Recording,
    /// What the reference is of.
    Target,
    /// Both, and the row.
    Key,
    Row,
    /// Seconds since 1970.
    Secs,
    Alarm,
    Change,
    Ratio,
    Channel,
    Reading,
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
        let Said { head, cells, .. } = &mapping.said;
        if head.len() != cells.len() {
            bail!("{} names above {} cells", head.len(), cells.len());
        }
        if mapping.recording.layout == Layout::Windows && mapping.learn.windows.is_none() {
            bail!("a layout of windows needs `windows`");
        }
        if mapping.learn.block == Some(0) || mapping.learn.windows.as_ref().is_some_and(|own| own.length == 0) {
            bail!("`block` and the `length` of windows are at least 1");
        }
        if mapping.learn.false_alarms.is_some_and(|share| !(share > 0.0 && share <= 0.5)) {
            bail!("`false_alarms` is a share of samples: above 0, at most 0.5");
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
