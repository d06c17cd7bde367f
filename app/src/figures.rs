//! The page of key figures in words; the server makes it, and of that the page.

use crate::{
    plot::{heat_map::HeatMap, timeline::Timeline},
    sheet::Table,
};

/// All of the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Of what part of the plant.
    pub title: String,
    /// Of when, and in which zone.
    pub period: String,
    /// What is to be said of all of it: simulated, played back, not all read yet.
    pub notes: Vec<String>,
    pub picker: Picker,
    /// What needs attention, the dearest first; `calm` stands there where nothing does.
    pub attention: Vec<Attention>,
    pub calm: String,
    pub cards: Vec<Card>,
    pub pictures: Pictures,
    pub places: Option<Table>,
    /// Who says what things cost, and why a figure is not there.
    pub remarks: Vec<String>,
}

/// What the figures are of, to be chosen without a script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picker {
    pub lengths: Vec<Choice>,
    pub earlier: Option<Choice>,
    pub later: Option<Choice>,
    /// The same once more.
    pub again: Choice,
    /// The part of the plant: values and words.
    pub scopes: Vec<(String, String)>,
    pub scope: String,
    /// What else the address carries.
    pub kept: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    pub text: String,
    pub link: String,
    pub is_chosen: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attention {
    pub text: String,
    pub link: String,
    /// Where it is about money.
    pub money: String,
}

/// What is drawn of the period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pictures {
    pub courses: Option<Courses>,
    pub weighed: Vec<Weighed>,
    pub hourly: Vec<Hourly>,
}

/// What each asset did.
#[derive(Debug, Clone, PartialEq)]
pub struct Courses {
    pub said: String,
    /// One a lane.
    pub names: Vec<String>,
    pub timeline: Timeline,
    /// Where instants are written, 0 to 1.
    pub ticks: Vec<(f64, String)>,
    pub table: Table,
}

/// What took how much, the most first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weighed {
    pub id: &'static str,
    pub title: String,
    pub said: String,
    pub rows: Vec<Weight>,
    pub table: Table,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weight {
    pub name: String,
    pub amount: String,
    pub weight: f64,
}

/// A figure by hour of the day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hourly {
    pub id: &'static str,
    pub title: String,
    pub said: String,
    /// One a row.
    pub names: Vec<String>,
    pub map: HeatMap,
    /// What each step of the scale stands for.
    pub steps: Vec<String>,
    pub table: Table,
}

/// One figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Card {
    pub id: String,
    pub title: String,
    /// The figure with its unit; in words where it is not known.
    pub value: String,
    pub is_known: bool,
    /// What belongs to it: how many, what that cost.
    pub aside: String,
    pub target: String,
    /// Whether the target is missed: the only thing that is said in colour.
    pub is_missed: bool,
    pub trend: String,
    /// The figure of the last periods, to be drawn.
    pub past: Option<Past>,
    pub detail: Detail,
}

/// What a figure was in each of the last periods, the first known one first, and what that comes to in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    pub values: Vec<Option<f64>>,
    /// Whether the target is missed by each of these.
    pub misses: Vec<bool>,
    pub target: Option<f64>,
    pub said: String,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detail {
    pub formula: String,
    /// The same with the values put in.
    pub filled: Vec<String>,
    pub standard: String,
    /// How many it is from, how much of the time is known, and what else bears on it.
    pub facts: Vec<String>,
    pub stops: Vec<StopLine>,
    /// Of stops that are not listed.
    pub more: String,
}

/// A stop beneath a figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StopLine {
    pub when: String,
    pub lasts: String,
    pub what: String,
    pub asset: String,
    pub link: String,
    /// Derived, simulated.
    pub marks: Vec<String>,
    pub note: String,
}
