//! The knobs of what-if and their presets.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Reader, components::Parts};
use crate::model::{
    Change, Effect, Preset, Slider,
    check::{Known, Role},
    document::Row,
    nature::Nature,
    nearest,
};

/// What a slider changes, before components have their places.
pub(super) struct Knob {
    pub role: Role,
    pub effect: Effect,
}

impl Reader<'_> {
    pub(super) fn sliders(&mut self, parts: &Parts) -> (Vec<Slider>, Vec<Knob>) {
        let mut sliders = Vec::new();
        let mut knobs = Vec::new();
        for row in self.whole("slider") {
            if let Some((slider, knob)) = self.slider(row, parts) {
                sliders.push(slider);
                knobs.push(knob);
            }
        }
        (sliders, knobs)
    }

    fn slider(&mut self, row: &Row, parts: &Parts) -> Option<(Slider, Knob)> {
        let of = row.text("of")?;
        let target = &of.text;
        let role = match self.checker.names.get(target) {
            Some(Known { role: Role::Open, .. }) => return None,
            Some(Known { role: Role::Let(_) | Role::Clock(_), .. }) => {
                self.error(of.at, format!("`{target}` is no input, parameter, cost or state"));
                return None;
            }
            Some(known) => known.role,
            None => {
                let known = self.checker.names.keys().map(String::as_str);
                self.error(of.at, nearest::unknown("input, parameter or state", target, known));
                return None;
            }
        };
        let [min, max, step] = ["min", "max", "step"].map(|key| row.number(key).unwrap_or(0.0));
        if !(min < max && step > 0.0 && (max - min).is_finite()) {
            self.error(row.name.at, format!("slider `{}` needs min < max and step > 0", row.name.text));
        }
        let declared = self.unit_text(target);
        let (effect, unit, neutral) = match row.text("as").map_or("set", |effect| &effect.text) {
            "scale" => (Effect::Scale, "1".to_string(), Some(1.0)),
            "add" => (Effect::Add, self.difference(target, declared), Some(0.0)),
            _ => match role {
                Role::Input(_) => (Effect::Set, declared, None),
                Role::Parameter(index) => (Effect::Set, declared, parts.plain.get(usize::from(index)).copied()),
                _ => {
                    let message =
                        format!("`{target}` differs from member to member: a slider can `scale` it or `add` to it");
                    self.error(of.at, message);
                    return None;
                }
            },
        };
        let slider = Slider { name: row.name.text.clone(), title: row.title(), unit, min, max, step, neutral };
        Some((slider, Knob { role, effect }))
    }

    /// The unit of a difference of what `target` names.
    fn difference(&self, target: &str, declared: String) -> String {
        match self.nature_of(target) {
            Nature::Of(measure) if measure.is_point() => measure.difference().spelled(),
            _ => declared,
        }
    }

    fn unit_text(&self, target: &str) -> String {
        let sections = ["input", "parameter", "cost", "state"];
        let row = sections.iter().flat_map(|section| self.document.rows(section)).find(|row| row.name.text == target);
        row.and_then(|row| row.text("unit")).map_or("1".to_string(), |unit| unit.text.clone())
    }

    pub(super) fn presets(&mut self, sliders: &[Slider]) -> Vec<Preset> {
        let mut presets = Vec::new();
        for row in self.whole("preset") {
            let mut set = Vec::new();
            for (name, value) in row.valued("sliders") {
                match sliders.iter().position(|slider| slider.name == name.text) {
                    Some(index) if (sliders[index].min..=sliders[index].max).contains(value) => {
                        set.push((index as u16, *value));
                    }
                    Some(_) => self.error(name.at, format!("slider `{}` does not go to {value}", name.text)),
                    None => {
                        let known = sliders.iter().map(|slider| slider.name.as_str());
                        self.error(name.at, nearest::unknown("slider", &name.text, known));
                    }
                }
            }
            // As a page's sliders stand, whatever the order of the file.
            set.sort_by_key(|(number, _)| *number);
            presets.push(Preset { name: row.name.text.clone(), title: row.title(), sliders: set });
        }
        presets
    }
}

impl Knob {
    pub(super) fn change(&self, component: impl Fn(Role) -> usize) -> Change {
        match self.role {
            Role::Input(index) => Change::Input(usize::from(index)),
            Role::Parameter(index) => Change::Parameter(usize::from(index)),
            role => Change::Component(component(role)),
        }
    }
}
