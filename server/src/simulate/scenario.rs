//! Scenarios and values of inputs as they are written on the command line.

use anyhow::{Context, anyhow, bail};
use twin::{
    Model, Scenario,
    model::{Role, Signal, nearest},
    unit::Conversion,
};

use crate::wording::with_unit;

/// The future in which nothing is changed.
pub const BASELINE: &str = "baseline";

/// A scenario and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub name: String,
    pub scenario: Scenario,
}

/// The baseline, then every scenario that is asked for.
pub fn all(model: &Model, texts: &[String]) -> anyhow::Result<Vec<Named>> {
    let mut all = vec![Named { name: BASELINE.to_owned(), scenario: Scenario::default() }];
    for text in texts {
        let named = one(model, text).with_context(|| format!("scenario `{text}`"))?;
        if named.name == BASELINE {
            bail!("scenario `{text}`: `{BASELINE}` is the future in which nothing is changed");
        }
        if all.iter().any(|other| other.name == named.name) {
            bail!("two scenarios are called `{}`", named.name);
        }
        all.push(named);
    }
    Ok(all)
}

/// Reads `hot: heat_wave load=1.2`: where wanted a name and a colon, then presets and sliders; what comes later counts.
fn one(model: &Model, text: &str) -> anyhow::Result<Named> {
    let (name, words) = text.split_once(':').unwrap_or((text, text));
    let mut sliders: Vec<(u16, f64)> = Vec::new();
    for word in words.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        let set = match word.split_once('=') {
            Some((slider, value)) => vec![of_slider(model, slider, value)?],
            None => of_preset(model, word)?,
        };
        sliders.retain(|(own, _)| set.iter().all(|(other, _)| own != other));
        sliders.extend(set);
    }
    if sliders.is_empty() {
        bail!("it changes nothing: name a preset, or a slider and its value, as `load=1.2`");
    }
    Ok(Named { name: name.trim().to_owned(), scenario: Scenario { sliders } })
}

fn of_slider(model: &Model, name: &str, value: &str) -> anyhow::Result<(u16, f64)> {
    let names = model.sliders.iter().map(|slider| slider.name.as_str());
    let number = model.slider(name).ok_or_else(|| anyhow!(nearest::unknown("slider", name, names)))?;
    let slider = &model.sliders[usize::from(number)];
    let value: f64 = value.parse().map_err(|_| anyhow!("`{name}` takes a number, not `{value}`"))?;
    if !(slider.min..=slider.max).contains(&value) {
        bail!("`{name}` goes from {} to {}, not to {value}", slider.min, with_unit(slider.max, &slider.unit));
    }
    Ok((number, value))
}

fn of_preset(model: &Model, name: &str) -> anyhow::Result<Vec<(u16, f64)>> {
    if let Some(preset) = model.presets.iter().find(|preset| preset.name == name) {
        return Ok(preset.sliders.clone());
    }
    if model.slider(name).is_some() {
        bail!("`{name}` is a slider and takes a value, as `{name}=1`");
    }
    bail!(nearest::unknown("preset", name, model.presets.iter().map(|preset| preset.name.as_str())))
}

/// Reads `load=1500`, `load=1.5 kA`: the number of an input, and its value in the model's unit.
pub fn input(model: &Model, text: &str) -> anyhow::Result<(usize, f64)> {
    let (name, value) = text.split_once('=').with_context(|| format!("`{text}` is not a name, `=` and a value"))?;
    let (name, value) = (name.trim(), value.trim());
    let is_input = |signal: &&Signal| matches!(signal.role, Role::Input { .. });
    let names = model.signals.iter().filter(is_input).map(|signal| signal.name.as_str());
    let number = names.clone().position(|own| own == name);
    let number = number.ok_or_else(|| anyhow!(nearest::unknown("input", name, names)))?;
    let Signal { unit, range: [low, high], .. } = &model.signals[number];
    let (digits, own) = value.split_once(' ').unwrap_or((value, unit));
    let digits: f64 = digits.parse().map_err(|_| anyhow!("`{name}` takes a number, not `{value}`"))?;
    let conversion = Conversion::between(own.trim(), unit);
    let value = conversion.with_context(|| format!("`{own}` does not fit `{name}`, which is in {unit}"))?.apply(digits);
    if !(*low..=*high).contains(&value) {
        bail!("`{name}` is from {low} to {}, not {value}", with_unit(high, unit));
    }
    Ok((number, value))
}
