//! Parameters of one asset, held against a window of its past: dragged by hand, or looked for by a worker.
//!
//! Whatever comes of it, no twin changes by it: it can be proposed, and somebody may take it over.

mod asked;
pub mod bench;
mod fetch;
mod proposing;
pub mod words;
mod working;

use leptos::prelude::*;
use twin::{Model, Timestamp, calibrate, calibrate::Fit, id::AssetId};

use self::bench::Compared;
use super::{Live, asset::LiveAsset, stretch::Stretch};
use crate::{browser, wording};

/// What the address calls the parameters that are looked for.
pub const FIND: &str = "find";
/// What it calls where sliders stand that were moved.
pub const SET: &str = "set";
/// So many measurements for each parameter that is looked for, at least.
pub const LEAST_EACH: usize = 10;
/// Steps of a slider from one end to the other.
const STEPS: f64 = 500.0;

/// Where a window of an asset's past is calibrated over.
pub fn address(asset_id: &AssetId, from: Timestamp, to: Timestamp) -> String {
    format!("/assets/{asset_id}/calibration?from={}&to={}", wording::rfc3339(from), wording::rfc3339(to))
}

/// A parameter that can be calibrated.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Number of the latent in the model.
    pub latent: u16,
    pub name: String,
    pub title: String,
    pub unit: String,
    pub bounds: [f64; 2],
    /// What a slider goes over: the bounds, or where there are none so far as anybody may look.
    pub range: [f64; 2],
    pub step: f64,
}

impl Parameter {
    /// All of a model's.
    pub fn all(model: &Model) -> Vec<Parameter> {
        let parameter = |number: u16| {
            let latent = &model.latents[usize::from(number)];
            let bounds = model.bounds(number);
            let spread = model.spread(number);
            let range = [bounds[0].max(-1e3 * spread), bounds[1].min(1e3 * spread)];
            Parameter {
                latent: number,
                name: latent.name.clone(),
                title: latent.title.clone(),
                unit: latent.unit.clone(),
                bounds,
                range,
                step: (range[1] - range[0]) / STEPS,
            }
        };
        calibrate::parameters(model).into_iter().take(calibrate::MOST).map(parameter).collect()
    }
}

/// How far the window has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has asked for one.
    #[default]
    Idle,
    Fetching,
    /// Somebody cancelled before it was there.
    Stopped,
    /// Why there is none.
    Lost(String),
    /// So many measurements are there to compare with.
    Ready(usize),
}

/// How far the search has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Quest {
    #[default]
    Idle,
    /// After so many rounds what is measured differs by so many standard deviations.
    Searching {
        rounds: u32,
        differs: f64,
    },
    Stopped,
    /// Why nothing can be found.
    Failed(String),
    Found,
}

/// What one page calibrates.
#[derive(Clone, Copy)]
pub struct Calibration {
    live: Live,
    pub asset_id: StoredValue<AssetId>,
    pub parameters: StoredValue<Vec<Parameter>>,
    pub window: RwSignal<Option<Stretch>>,
    pub stage: RwSignal<Stage>,
    pub fetched: RwSignal<usize>,
    /// What is to be said of a window that is there.
    pub remark: RwSignal<String>,
    /// By parameter: as it is.
    pub was: RwSignal<Vec<f64>>,
    /// By parameter: as the sliders say.
    pub set: RwSignal<Vec<f64>>,
    /// By parameter: whether it is looked for.
    pub chosen: RwSignal<Vec<bool>>,
    /// The signal that is drawn.
    pub shown: RwSignal<u16>,
    pub compared: StoredValue<Compared>,
    /// Goes up with everything that is compared.
    pub revision: RwSignal<u64>,
    pub quest: RwSignal<Quest>,
    /// The last that was found over this window.
    pub fit: RwSignal<Option<Fit>>,
    /// Goes up with every window: of two, the later counts.
    turn: StoredValue<u32>,
    searches: StoredValue<u32>,
    /// Where the address has sliders stand, by name, until there is a window.
    asked: StoredValue<Vec<(String, f64)>>,
    /// Whether a worker compares, and whether what it was asked for is old by now.
    comparing: StoredValue<(bool, bool)>,
}

impl Calibration {
    /// Of `asset_id`; `find` names the parameters that are looked for, all of them without it.
    pub fn new(live: Live, asset_id: AssetId, shown: u16, find: Option<&str>) -> Calibration {
        let parameters = live.read(&asset_id, |asset, _| Parameter::all(&asset.model)).unwrap_or_default();
        let is_named = |own: &Parameter| find.is_none_or(|find| find.split(',').any(|name| name == own.name));
        let chosen = parameters.iter().map(is_named).collect();
        Calibration {
            live,
            asset_id: StoredValue::new(asset_id),
            parameters: StoredValue::new(parameters),
            window: RwSignal::new(None),
            stage: RwSignal::new(Stage::Idle),
            fetched: RwSignal::new(0),
            remark: RwSignal::new(String::new()),
            was: RwSignal::new(Vec::new()),
            set: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(chosen),
            shown: RwSignal::new(shown),
            compared: StoredValue::new(Compared::default()),
            revision: RwSignal::new(0),
            quest: RwSignal::new(Quest::Idle),
            fit: RwSignal::new(None),
            turn: StoredValue::new(0),
            searches: StoredValue::new(0),
            asked: StoredValue::new(Vec::new()),
            comparing: StoredValue::new((false, false)),
        }
    }

    pub fn is_ready(&self) -> bool {
        matches!(self.stage.get(), Stage::Ready(_))
    }

    /// Whether the page still shows a window that is there.
    pub fn is_shown(&self) -> bool {
        matches!(self.stage.try_get_untracked(), Some(Stage::Ready(_)))
    }

    pub fn is_searching(&self) -> bool {
        self.quest.with(|quest| matches!(quest, Quest::Searching { .. }))
    }

    pub fn can_search(&self) -> bool {
        self.is_ready() && self.hindrance().is_empty()
    }

    /// How many measurements the parameters that are chosen need, and are not there; 0 where there are enough.
    pub fn lacks(&self) -> usize {
        let chosen = self.chosen.with(|chosen| chosen.iter().filter(|is_chosen| **is_chosen).count());
        match self.stage.get() {
            Stage::Ready(count) if count < LEAST_EACH * chosen.max(1) => LEAST_EACH * chosen.max(1),
            _ => 0,
        }
    }

    /// Why the search cannot begin; empty where it can.
    pub fn hindrance(&self) -> String {
        let (chosen, lacks) = (self.chosen.with(|chosen| chosen.contains(&true)), self.lacks());
        match self.stage.get() {
            Stage::Ready(_) if !chosen => "Choose a parameter to look for.".to_string(),
            Stage::Ready(count) if lacks > 0 => format!(
                "Too few measurements: {} in this window, and {} are needed, {LEAST_EACH} for each parameter. Choose a longer \
                 window or fewer parameters.",
                wording::count(count as u64),
                wording::count(lacks as u64)
            ),
            _ => String::new(),
        }
    }

    /// Looks for the parameter in this place, or has it stay as it is.
    pub fn choose(&self, place: usize, is_chosen: bool) {
        self.chosen.update(|chosen| {
            if let Some(own) = chosen.get_mut(place) {
                *own = is_chosen;
            }
        });
        if !is_chosen {
            let was = self.was.with_untracked(|was| was.get(place).copied());
            self.put(place, was);
        }
        let names = self.parameters.with_value(|all| {
            let chosen = self.chosen.get_untracked();
            let named = all.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
            named.map(|(own, _)| own.name.as_str()).collect::<Vec<&str>>().join(",")
        });
        browser::address::note(FIND, Some(&names));
    }

    /// Drags the parameter in this place to `value`.
    pub fn drag(&self, place: usize, value: f64) {
        let range = self.parameters.with_value(|all| all.get(place).map(|own| own.range));
        if let Some([low, high]) = range.filter(|_| value.is_finite()) {
            self.put(place, Some(value.clamp(low, high)));
        }
    }

    /// Puts all back to as it is.
    pub fn reset(&self) {
        self.set.set(self.was.get_untracked());
        self.compare();
    }

    fn put(&self, place: usize, value: Option<f64>) {
        let mut is_other = false;
        self.set.update(|set| {
            if let (Some(own), Some(value)) = (set.get_mut(place), value) {
                is_other = *own != value;
                *own = value;
            }
        });
        if is_other {
            self.compare();
        }
    }

    /// What the twin of this page believes of each parameter now; `None` where it does not.
    fn believed(&self) -> Option<Vec<f64>> {
        let of = |asset: &LiveAsset| {
            let latents = asset.twin.as_ref()?.latents();
            self.parameters.with_value(|all| {
                all.iter().map(|own| latents.get(usize::from(own.latent)).map(|band| band.mean)).collect()
            })
        };
        self.live.read(&self.asset_id.get_value(), |asset, _| of(asset)).flatten()
    }
}
