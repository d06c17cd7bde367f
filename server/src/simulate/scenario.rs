//! Scenarios and values of inputs as they are written on the command line.

use anyhow::{Context, anyhow, bail};
use twin::{
    Model, Scenario,
    model::{Effect, Role, Signal, nearest},
    unit::{Conversion, Unit, meant},
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

/// Reads `hot: heat_wave load=1.2 ambient+5K`: where wanted a name and a colon, then presets and sliders; what comes
/// later counts.
fn one(model: &Model, text: &str) -> anyhow::Result<Named> {
    let (name, words) = text.split_once(':').unwrap_or((text, text));
    let mut sliders: Vec<(u16, f64)> = Vec::new();
    let mut words = words.split([' ', '\t', ',']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let set = match sign_of(word) {
            None => of_preset(model, word)?,
            Some(at) => {
                let (slider, told) = word.split_at(at);
                let (number, mut unit) = amount(&told[1..]).unwrap_or((f64::NAN, &told[1..]));
                // `load=250 kW` is one word to whom writes it.
                let is_unit = |word: &&str| {
                    of_preset(model, word).is_err()
                        && (Unit::parse(word).is_ok() || !meant::spellings(word).is_empty())
                        && sign_of(word).is_none()
                };
                if unit.is_empty()
                    && let Some(next) = words.next_if(is_unit)
                {
                    unit = next;
                }
                vec![of_slider(model, slider, &told[..1], (number, unit))?]
            }
        };
        sliders.retain(|(own, _)| set.iter().all(|(other, _)| own != other));
        sliders.extend(set);
    }
    if sliders.is_empty() {
        bail!("it changes nothing: name a preset, or a slider and its value, as `load=1.2`");
    }
    Ok(Named { name: name.trim().to_owned(), scenario: Scenario { sliders } })
}

/// Where a slider's name ends: at the first `=` or `*`, or at a `+` or `-` with a number behind it.
fn sign_of(word: &str) -> Option<usize> {
    let is_number = |rest: &str| rest.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.');
    let is_sign = |(at, sign): &(usize, char)| match sign {
        '=' | '*' => true,
        '+' | '-' => is_number(&word[at + 1..]),
        _ => false,
    };
    word.char_indices().find(is_sign).map(|(at, _)| at).filter(|at| *at > 0)
}

/// The number that a text begins with, and its unit.
fn amount(text: &str) -> Option<(f64, &str)> {
    let may_be_number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | '+' | '-' | 'e' | 'E');
    let longest = text.find(|sign: char| !may_be_number(sign)).unwrap_or(text.len());
    let number = |end: &usize| text.get(..*end).and_then(|digits| digits.parse::<f64>().ok());
    let end = (1..=longest).rev().find(|end| number(end).is_some())?;
    Some((number(&end)?, text[end..].trim_start()))
}

/// A slider told `= 1.1`, `* 1.1` or `+ 5 K`; not a number where none was written.
fn of_slider(model: &Model, name: &str, sign: &str, (told, unit): (f64, &str)) -> anyhow::Result<(u16, f64)> {
    let names = model.sliders.iter().map(|slider| slider.name.as_str());
    let number = model.slider(name).ok_or_else(|| anyhow!(nearest::unknown("slider", name, names)))?;
    let slider = &model.sliders[usize::from(number)];
    let effect = model.effect(number);
    let written = |value: f64| match effect {
        Effect::Set => format!("`{name}={value}{}`", if slider.unit == "1" { "" } else { &slider.unit }),
        Effect::Scale => format!("`{name}*{value}` or `{name}={value}`"),
        Effect::Add => {
            format!("`{name}+{value}{0}` or `{name}={value}{0}`", if slider.unit == "1" { "" } else { &slider.unit })
        }
    };
    let (does, way) = match effect {
        Effect::Set if slider.unit == "1" => ("sets a pure number".to_owned(), written(slider.max)),
        Effect::Set => (format!("sets a value in {}", slider.unit), written(slider.max)),
        Effect::Scale => ("is a factor of what is".to_owned(), written(1.0 + slider.step)),
        Effect::Add => (format!("adds to what is, in {}", slider.unit), written(slider.step)),
    };
    if told.is_nan() {
        bail!("`{name}` {does} and takes a number, not `{unit}`: write {way}");
    }
    if !matches!((sign, effect), ("=", _) | ("*", Effect::Scale) | ("+" | "-", Effect::Add)) {
        bail!("`{name}` {does}: write {way}");
    }
    let mut value = if sign == "-" { -told } else { told };
    if !unit.is_empty() && unit != slider.unit {
        let conversion = Conversion::between(unit, &slider.unit);
        // A factor of a temperature, or what is added to one, is no point on a scale.
        let is_point = Unit::parse(unit).is_ok_and(|unit| unit.offset != 0.0) && effect != Effect::Set;
        let Some(conversion) = conversion.filter(|_| !is_point) else {
            let hint = if effect == Effect::Set { meant::instead(unit, &slider.unit) } else { None };
            let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
            bail!("`{name}` {does}, not in `{unit}`: write {way}{hint}");
        };
        value = conversion.apply(value);
    }
    if !(slider.min..=slider.max).contains(&value) {
        bail!(
            "`{name}` goes from {} to {}, not to {}",
            slider.min,
            with_unit(slider.max, &slider.unit),
            with_unit(value, &slider.unit)
        );
    }
    Ok((number, value))
}

fn of_preset(model: &Model, name: &str) -> anyhow::Result<Vec<(u16, f64)>> {
    if let Some(preset) = model.presets.iter().find(|preset| preset.name == name) {
        return Ok(preset.sliders.clone());
    }
    if let Some(slider) = model.slider(name) {
        let way = match model.effect(slider) {
            Effect::Set => "=",
            Effect::Scale => "*",
            Effect::Add => "+",
        };
        bail!("`{name}` is a slider and takes a value, as `{name}{way}1`");
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
    let (digits, own) = amount(value).with_context(|| format!("`{name}` takes a number, not `{value}`"))?;
    let own = if own.is_empty() { unit } else { own };
    let conversion = Conversion::between(own, unit).ok_or_else(|| {
        let hint = meant::instead(own, unit).map_or_else(String::new, |hint| format!("; {hint}"));
        anyhow!("`{own}` does not fit `{name}`, which is in {unit}{hint}")
    });
    let value = conversion?.apply(digits);
    if !(*low..=*high).contains(&value) {
        bail!("`{name}` is from {low} to {}, not {value}", with_unit(high, unit));
    }
    Ok((number, value))
}
