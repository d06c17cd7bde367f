//! The sliders of one asset, and the future that they make: stepped here, with no word to the server.

use std::collections::BTreeMap;

use leptos::prelude::*;
use twin::{Scenario, id::AssetId, model::Slider};

use super::Live;
use crate::browser;

/// The sliders of one page.
#[derive(Debug, Clone, Copy)]
pub struct Lab {
    live: Live,
    asset_id: StoredValue<AssetId>,
    pub sliders: StoredValue<Vec<Slider>>,
    /// The sliders that were moved, by number.
    moved: RwSignal<BTreeMap<u16, f64>>,
}

impl Lab {
    /// The sliders of `asset_id`, moved as the page's address says.
    pub fn new(live: Live, asset_id: AssetId, said: impl Fn(&str) -> Option<String>) -> Lab {
        let sliders = live.read(&asset_id, |asset, _| asset.model.sliders.clone()).unwrap_or_default();
        let moved = (0u16..).zip(&sliders).filter_map(|(number, slider)| {
            let value: f64 = said(&slider.name)?.parse().ok()?;
            value.is_finite().then(|| (number, value.clamp(slider.min, slider.max)))
        });
        let moved = moved.collect();
        Lab {
            live,
            asset_id: StoredValue::new(asset_id),
            sliders: StoredValue::new(sliders),
            moved: RwSignal::new(moved),
        }
    }

    /// Whether anything differs from the baseline.
    pub fn is_moved(&self) -> bool {
        self.moved.with(|moved| !moved.is_empty())
    }

    pub fn is_slider_moved(&self, number: u16) -> bool {
        self.moved.with(|moved| moved.contains_key(&number))
    }

    /// Where a slider stands: where it was moved to, or where it changes nothing.
    pub fn position(&self, number: u16) -> f64 {
        self.moved.with(|moved| moved.get(&number).copied()).unwrap_or_else(|| self.resting(number))
    }

    /// Moves a slider and draws the future that follows, before it returns.
    pub fn set(&self, number: u16, value: f64) {
        let Some((min, max)) = self.sliders.with_value(|all| all.get(usize::from(number)).map(|s| (s.min, s.max))) else {
            return;
        };
        if value.is_finite() {
            self.moved.update(|moved| {
                moved.insert(number, value.clamp(min, max));
            });
            self.run();
        }
    }

    /// Moves a slider by its name.
    pub fn set_named(&self, name: &str, value: f64) -> bool {
        let number = self.sliders.with_value(|all| all.iter().position(|slider| slider.name == name));
        if let Some(number) = number {
            self.set(number as u16, value);
        }
        number.is_some()
    }

    /// Takes a slider back to where it changes nothing.
    pub fn reset(&self, number: u16) {
        self.moved.update(|moved| {
            moved.remove(&number);
        });
        self.run();
        self.note_address();
    }

    pub fn reset_all(&self) {
        self.moved.update(BTreeMap::clear);
        self.run();
        self.note_address();
    }

    /// Writes the sliders into the page's address, so that a link carries them.
    pub fn note_address(&self) {
        let moved = self.moved.get_untracked();
        self.sliders.with_value(|sliders| {
            for (number, slider) in (0u16..).zip(sliders) {
                let value = moved.get(&number).map(f64::to_string);
                browser::address::note(&slider.name, value.as_deref());
            }
        });
    }

    /// Steps the scenario's future and paints it, now.
    pub fn run(&self) {
        let scenario = Scenario { sliders: self.moved.get_untracked().into_iter().collect() };
        self.apply(scenario);
    }

    /// Leaves the asset without a scenario: the page closes.
    pub fn close(&self) {
        self.apply(Scenario::default());
    }

    fn apply(&self, scenario: Scenario) {
        let asset_id = self.asset_id.get_value();
        self.live.change(&asset_id, |asset, now| asset.change_scenario(scenario, now));
        browser::canvas::paint_now(&asset_id);
        self.live.show(&asset_id);
    }

    fn resting(&self, number: u16) -> f64 {
        let Some(slider) = self.sliders.with_value(|all| all.get(usize::from(number)).cloned()) else { return f64::NAN };
        let present = || {
            let asset_id = self.asset_id.get_value();
            let signal = |asset: &super::asset::LiveAsset| asset.model.signal(&slider.name).map(usize::from);
            let latest = self.live.watch(&asset_id, |asset, _| asset.latest().get(signal(asset)?).copied().flatten());
            latest.flatten().map(|latest| latest.value)
        };
        let resting = slider.neutral.or_else(present).unwrap_or((slider.min + slider.max) / 2.0);
        resting.clamp(slider.min, slider.max)
    }
}
