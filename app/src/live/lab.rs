//! The sliders of one asset, and the futures that they make: stepped here, with no word to the server.

mod asked;
mod baseline;
mod bench;
mod explaining;
mod moves;
mod probing;
mod trail;

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use twin::{
    Scenario, Timestamp,
    id::AssetId,
    model::{Preset, Slider},
    whatif::Swing,
};

pub use self::baseline::{Baseline, Linked};
use self::trail::{Place, Trail};
use super::{
    Live,
    asset::LiveAsset,
    kept::{self, Kept},
    outlook::Studied,
    pin,
};
use crate::browser;

/// The sliders of one page.
#[derive(Clone, Copy)]
pub struct Lab {
    live: Live,
    asset_id: StoredValue<AssetId>,
    pub sliders: StoredValue<Vec<Slider>>,
    pub presets: StoredValue<Vec<Preset>>,
    /// The sliders that were moved, in order of their numbers: a few, in the one form that futures take.
    moved: RwSignal<Scenario>,
    /// Scenarios to compare with, by letter.
    pub kept: RwSignal<Vec<Kept>>,
    /// The share of many members that is stepped, while they are.
    pub progress: RwSignal<Option<f64>>,
    /// How far each slider alone can swing the future.
    pub swings: RwSignal<Swings>,
    /// Goes up with every slider of which was found where its range leads to trouble.
    probes: RwSignal<u64>,
    /// Sliders that stay where they are, whatever is pressed.
    locked: RwSignal<Vec<u16>>,
    trail: RwSignal<Trail>,
    /// What the futures begin from.
    pub baseline: RwSignal<Baseline>,
    /// What the link came to that the page was opened by.
    pub linked: StoredValue<Option<Linked>>,
    /// What was done last, for whoever does not see it.
    pub said: RwSignal<String>,
    /// What the address asks for and does not get, until somebody moves anything.
    pub misread: RwSignal<String>,
    /// What would account for what is not as expected since an instant, in words.
    pub causes: RwSignal<Option<(Timestamp, String)>>,
    /// Since when causes are looked for, until they are found.
    asked: StoredValue<Option<Timestamp>>,
}

/// How far sliders swing a future, and whether that is of what is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Swings {
    pub stage: Stage,
    /// The last that were known.
    pub known: Vec<Swing>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nobody asks.
    #[default]
    Idle,
    Stepping,
    /// Cancelled, or there are no workers.
    Stopped,
    Done,
}

impl Lab {
    /// The sliders of `asset_id`, moved as the page's address says.
    pub fn new(live: Live, asset_id: AssetId, said: impl Fn(&str) -> Option<String>) -> Lab {
        let of = |asset: &LiveAsset| (asset.model.sliders.clone(), asset.model.presets.clone());
        let (sliders, presets) = live.read(&asset_id, |asset, _| of(asset)).unwrap_or_default();
        let moved = (0u16..).zip(&sliders).filter_map(|(number, slider)| {
            let value = wire::number::read(&said(&slider.name)?)?;
            Some((number, value.clamp(slider.min, slider.max)))
        });
        let moved = Scenario { sliders: moved.collect() };
        let kept = kept::letters().filter_map(|letter| {
            let scenario = kept::read(&said(&kept::key(letter))?, &sliders)?;
            Some(Kept { letter, scenario })
        });
        let kept: Vec<Kept> = kept.collect();
        let (baseline, linked) = Linked::by(said(pin::KEY), &moved, &kept);
        let first = Place { moved: moved.clone(), kept: kept.clone() };
        Lab {
            live,
            asset_id: StoredValue::new(asset_id),
            sliders: StoredValue::new(sliders),
            presets: StoredValue::new(presets),
            moved: RwSignal::new(moved),
            kept: RwSignal::new(kept),
            progress: RwSignal::new(None),
            swings: RwSignal::new(Swings::default()),
            probes: RwSignal::new(0),
            locked: RwSignal::new(Vec::new()),
            trail: RwSignal::new(Trail::new(first)),
            baseline: RwSignal::new(baseline),
            linked: StoredValue::new(linked),
            said: RwSignal::new(String::new()),
            misread: RwSignal::new(String::new()),
            causes: RwSignal::new(None),
            asked: StoredValue::new(None),
        }
    }

    /// The same, and says what of the address it does not show as it asks.
    pub fn asked(live: Live, asset_id: AssetId, address: &ParamsMap) -> Lab {
        let lab = Lab::new(live, asset_id, |name| address.get(name));
        lab.misread.set(lab.sliders.with_value(|sliders| asked::otherwise(address, sliders)));
        lab
    }

    /// Whether anything differs from the baseline.
    pub fn is_moved(&self) -> bool {
        self.moved.with(|moved| !moved.sliders.is_empty())
    }

    pub fn is_slider_moved(&self, number: u16) -> bool {
        self.moved.with(|moved| kept::value_of(moved, number).is_some())
    }

    /// Where a slider stands: where it was moved to, or where it changes nothing.
    pub fn position(&self, number: u16) -> f64 {
        self.moved.with(|moved| kept::value_of(moved, number)).unwrap_or_else(|| self.resting(number))
    }

    /// Whether the scenario of the sliders can be kept: there is one, and a letter is free.
    pub fn can_keep(&self) -> bool {
        self.is_moved() && self.kept.with(|kept| kept.len() < kept::MOST)
    }

    /// Keeps the scenario of the sliders under the next free letter, and takes the sliders back.
    pub fn keep(&self) {
        let scenario = self.scenario();
        let free = |kept: &[Kept]| kept::letters().find(|letter| kept.iter().all(|own| own.letter != *letter));
        if let Some(letter) = self.kept.with_untracked(|kept| free(kept)).filter(|_| !scenario.sliders.is_empty()) {
            self.kept.update(|kept| {
                let at = kept.partition_point(|own| own.letter < letter);
                kept.insert(at, Kept { letter, scenario });
            });
            self.reset_all();
            let where_now = if self.is_moved() { "the sliders that are not locked are" } else { "the sliders are" };
            self.said.set(format!("Kept as scenario {letter}; {where_now} back at as it is"));
        }
    }

    /// Keeps a scenario no longer.
    pub fn drop_kept(&self, letter: char) {
        self.kept.update(|kept| kept.retain(|own| own.letter != letter));
        self.said.set(format!("Scenario {letter} is dropped"));
        self.run();
        self.note_step();
    }

    /// Writes the sliders into the page's address, so that a link carries them.
    fn note_address(&self) {
        let moved = self.moved.get_untracked();
        let kept = self.kept.get_untracked();
        self.sliders.with_value(|sliders| {
            for (number, slider) in (0u16..).zip(sliders) {
                let value = kept::value_of(&moved, number).map(|value| value.to_string());
                browser::address::note(&slider.name, value.as_deref());
            }
            for letter in kept::letters() {
                let own = kept.iter().find(|own| own.letter == letter);
                let value = own.map(|own| kept::write(&own.scenario, sliders));
                browser::address::note(&kept::key(letter), value.as_deref());
            }
        });
        self.note_pin();
    }

    /// Steps the scenario's future and paints it, now.
    pub fn run(&self) {
        let studied = Studied { scenario: self.scenario(), kept: self.kept.get_untracked() };
        self.change(|asset, now| asset.study(Some(studied), now));
        self.cancel();
        if self.is_swung() {
            self.swings.update(|swings| swings.stage = Stage::Stepping);
        }
        self.refine_later();
        self.probe_later();
    }

    /// Has each slider's swing worked out as long as somebody looks at it.
    pub fn swing(&self, is_swung: bool) {
        match (self.is_swung(), is_swung) {
            (false, true) => {
                self.swings.set(Swings { stage: Stage::Stepping, known: Vec::new() });
                self.refine_later();
            }
            (true, false) => self.swings.set(Swings::default()),
            _ => {}
        }
    }

    fn is_swung(&self) -> bool {
        self.swings.with_untracked(|swings| swings.stage != Stage::Idle)
    }

    /// Leaves the asset without a scenario: the page closes.
    pub fn close(&self) {
        self.end();
        self.change(|asset, now| asset.study(None, now));
    }

    /// What the sliders come to.
    fn scenario(&self) -> Scenario {
        // Not watched: whoever runs this would run again with every move.
        self.moved.get_untracked()
    }

    /// Changes the asset and shows it, now.
    fn change(&self, change: impl FnOnce(&mut LiveAsset, Timestamp)) {
        let asset_id = self.asset_id.get_value();
        self.live.change(&asset_id, change);
        browser::canvas::paint_now(&asset_id);
        self.live.show(&asset_id);
    }

    fn resting(&self, number: u16) -> f64 {
        let Some(slider) = self.sliders.with_value(|all| all.get(usize::from(number)).cloned()) else {
            return f64::NAN;
        };
        let present = || {
            let asset_id = self.asset_id.get_value();
            let signal = |asset: &LiveAsset| asset.model.signal(&slider.name).map(usize::from);
            let latest = self.live.watch(&asset_id, |asset, _| asset.latest().get(signal(asset)?).copied().flatten());
            latest.flatten().map(|latest| latest.value)
        };
        let resting = slider.neutral.or_else(present).unwrap_or((slider.min + slider.max) / 2.0);
        resting.clamp(slider.min, slider.max)
    }
}
