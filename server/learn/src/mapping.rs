//! The mapping file: what the columns of recordings are, and what is to be learned of them.

mod check;

use std::{fs, path::Path};

use anyhow::Context;
use serde::Deserialize;
use twin::learned::{fade::Fade, numbers::Width, outlook::Look};

use crate::cell::Mark;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub recording: Columns,
    pub learn: Task,
}

/// How recordings are laid out, and which column is what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[serde(default)]
    pub layout: Layout,
    /// The names of the columns, where the recording does not say them.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whose row it is; without this, a file is of one asset.
    pub asset: Option<String>,
    /// When it was: one column, or a day and a time of day.
    #[serde(default)]
    pub time: Vec<String>,
    /// A further column: the hours since the row before, made from the time.
    pub hours_since: Option<String>,
    /// The seconds from row to row of a series; its gaps are filled with rows of nothing.
    pub step_secs: Option<u32>,
    /// What stands for nothing, a number or a word; an empty cell and `NaN` always do.
    pub missing: Option<Mark>,
    /// Only so many rows of an asset are learned from.
    pub train_rows: Option<usize>,
    /// How the asset is run, in which regimes are told apart; of a life alone.
    #[serde(default)]
    pub settings: Vec<String>,
    /// What is measured.
    pub channels: Vec<String>,
    /// What a reference reads, where there is one.
    pub reference: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Commas, and a line of names.
    #[default]
    Csv,
    /// Numbers between spaces, without names: the layout of the turbofan fleets.
    Spaced,
}

/// What is to be learned.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Task {
    Life(Box<LifeTask>),
    Outlook(OutlookTask),
    /// It is given, not learned: what is known of a kind before an asset of it has been seen.
    Fade(Fade),
    Soft(SoftTask),
}

/// The life that is left, learned from assets that ran until they failed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifeTask {
    /// More cycles than this are not told apart.
    pub cap: f64,
    /// Rows with more life left than this are not learned from.
    pub longest: usize,
    /// How far each setting may be from a regime's centre, in the unit of the setting; one each, in their order.
    pub tolerances: Vec<f64>,
    /// Rows over which a level fades: the mean of a channel in which a row counts less the older it is.
    pub memory: f64,
    /// Rows that slopes are taken over, a slope of each channel for each; the longest is the window that is kept of an asset.
    pub spans: Vec<u16>,
    /// An asset that is older than so many rows is looked at as one of this age.
    pub oldest: u32,
    /// Judged by rows with at least and at most this much life left, and of this age at least: as if an asset were met at any
    /// moment.
    pub judged: (usize, usize),
    pub judged_age: usize,
    /// So many parts of the fleet are held back in turn, and say how wide intervals are.
    pub folds: usize,
    pub nets: NetTask,
    pub trees: TreeTask,
}

/// Nets that see features straight, and as many that see them bent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetTask {
    /// Nets of each sight; fewer where only errors are asked for, with parts held back.
    pub count: usize,
    pub count_of_folds: usize,
    /// The widths of the layers between features and life.
    pub hidden: Vec<usize>,
    /// How often each row is learned from.
    pub epochs: usize,
    /// Rows between two steps of the weights; what is left over of an epoch is not learned from.
    pub batch: usize,
    /// How far the first steps go; they fall to nothing along a cosine.
    pub rate: f64,
    /// Of a weight: 8, 16 or 32.
    pub bits: Bits,
}

/// Boosted trees: each is learned from what those before it have left.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TreeTask {
    pub count: usize,
    /// The most leaves of a tree.
    pub leaves: usize,
    /// The fewest rows of a leaf.
    pub fewest: usize,
    /// The share of what a tree says that counts.
    pub rate: f64,
    /// Shares of rows and features that a tree sees.
    pub rows: f64,
    pub features: f64,
    /// Rows of nothing that every leaf also has.
    pub prior: f64,
    /// Into so many parts of as many rows each feature is cut.
    pub bins: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlookTask {
    /// Rows ahead.
    pub horizon: usize,
    /// What is looked at of the past: rows a period, periods back at which sums of it begin and end, and seasons as their rows
    /// and harmonic.
    pub look: Look,
    /// How much weights are held to zero, and a channel's to those of all.
    #[serde(default = "ridge")]
    pub ridge: f64,
    #[serde(default = "together")]
    pub together: f64,
    /// Of a weight: 8, 16 or 32.
    #[serde(default = "eight")]
    pub bits: Bits,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftTask {
    /// A reference is looked at once a day, at the first row from this hour on, later by `shift` hours each day.
    pub hour: i64,
    #[serde(default)]
    pub shift: i64,
    /// Typical readings of the channels, products of them, and how far they are believed.
    pub sensor: twin::learned::soft::Soft,
}

/// How many bits a weight has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct Bits(pub Width);

fn ridge() -> f64 {
    0.02
}

fn together() -> f64 {
    2.0
}

fn eight() -> Bits {
    Bits(Width::Eight)
}

impl TryFrom<u8> for Bits {
    type Error = String;

    fn try_from(bits: u8) -> Result<Bits, String> {
        match bits {
            8 => Ok(Bits(Width::Eight)),
            16 => Ok(Bits(Width::Sixteen)),
            32 => Ok(Bits(Width::Single)),
            _ => Err(format!("a weight has 8, 16 or 32 bits, not {bits}")),
        }
    }
}

impl Default for LifeTask {
    fn default() -> LifeTask {
        LifeTask {
            cap: 125.0,
            longest: 170,
            tolerances: Vec::new(),
            memory: 8.0,
            spans: vec![25, 60, 150],
            oldest: 250,
            judged: (6, 145),
            judged_age: 30,
            folds: 5,
            nets: NetTask::default(),
            trees: TreeTask::default(),
        }
    }
}

impl Default for NetTask {
    fn default() -> NetTask {
        let (count, count_of_folds, hidden) = (4, 2, vec![32, 16]);
        NetTask { count, count_of_folds, hidden, epochs: 40, batch: 256, rate: 3e-3, bits: Bits(Width::Sixteen) }
    }
}

impl Default for TreeTask {
    fn default() -> TreeTask {
        let (rows, features) = (0.5, 0.4);
        TreeTask { count: 500, leaves: 24, fewest: 100, rate: 0.03, rows, features, prior: 5.0, bins: 64 }
    }
}

impl Mapping {
    pub fn load(path: &Path) -> anyhow::Result<Mapping> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Mapping::parse(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// What `text` says, if it can be learned and followed.
    pub fn parse(text: &str) -> anyhow::Result<Mapping> {
        let mapping: Mapping = toml::from_str(text)?;
        check::columns(&mapping)?;
        match &mapping.learn {
            Task::Life(task) => check::life(task, mapping.recording.settings.len())?,
            Task::Outlook(task) => check::outlook(task)?,
            Task::Soft(task) => check::soft(task)?,
            // It is learned in no time, and so checked in none.
            Task::Fade(_) => {}
        }
        Ok(mapping)
    }

    /// What each number of a row is: settings, then channels.
    pub fn inputs(&self) -> Vec<String> {
        self.recording.settings.iter().chain(&self.recording.channels).cloned().collect()
    }
}
