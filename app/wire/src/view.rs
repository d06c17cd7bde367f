//! What server functions return to pages.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use twin::{Clock, Span, Timestamp, detect::Findings, id::AssetId, kpi::Kinds};

use crate::frame::{Latest, StoreId};

/// All that a page needs to know before the first frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantView {
    pub title: String,
    /// The server's wall clock when this was made.
    pub now: Timestamp,
    /// Compiled models, as `Model::pack_closed` makes them: assets of one kind share theirs.
    pub models: Vec<Vec<u8>>,
    pub assets: Vec<AssetView>,
    /// The store that all seqs are of.
    pub store_id: StoreId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetView {
    pub id: AssetId,
    pub title: String,
    /// Where it stands: `site/area/line`.
    pub path: String,
    /// The time zone of that place, as `Europe/Berlin`; empty where the plant names none.
    pub zone: String,
    /// Whether its telemetry is made by a model.
    pub simulated: bool,
    /// What is to be said of the data beside every picture of it, as `charging left out`.
    pub badge: String,
    pub clock: Clock,
    /// Which of the plant's `models` it follows.
    pub model: u16,
    /// The last entry kept; 0 where there is none.
    pub seq: u64,
    pub latest: Vec<Latest>,
    /// The last events, newest first.
    pub events: Vec<EventView>,
    /// By the signal's number.
    pub courses: Vec<Course>,
    /// What its twin on the server finds; `None` before that one was told anything.
    pub found: Option<Findings>,
    /// The longest time without any sample, in the asset's time, where one is agreed.
    pub silent_after: Option<Span>,
    /// Kinds of its events that tell of stops.
    pub kinds: Kinds,
}

/// What a signal did between two of its samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Course {
    /// It went from one to the other.
    #[default]
    Slope,
    /// It stayed as it was: a count, a state.
    Steps,
    /// So did it, and it was on or off.
    Switch,
}

/// An event as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    pub seq: u64,
    pub t: Timestamp,
    pub until: Option<Timestamp>,
    pub kind: String,
    pub note: String,
}

/// What is marked on a chart where it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagView {
    pub t: Timestamp,
    /// Its end, or how far it has come; `None` for what has no length.
    pub until: Option<Timestamp>,
    pub tone: Tone,
    /// As `Top-oil temperature: gap, 20 min without a sample`.
    pub words: String,
}

/// How much a flag is to catch the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tone {
    /// It belongs to the life of an asset: maintenance, a start.
    Plain,
    /// It has not happened yet.
    Foreseen,
    Warn,
    Alarm,
}

/// The history of one signal over a range, thinned to what a number of pixels can show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Every kept sample up to this entry is in here, or stood for.
    pub seq: u64,
    /// Samples in the range before thinning.
    pub total: u64,
    pub points: Vec<Point>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub t: Timestamp,
    pub value: f64,
}
