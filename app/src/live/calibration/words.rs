//! What a search has found, in words.

use leptos::prelude::*;
use twin::calibrate::{Fit, Fitted};

use super::{Calibration, Parameter};
use crate::wording;

/// 90 % lie within so many standard deviations.
pub const WIDTH: f64 = 1.645;
/// Two that are correlated more cannot be told apart.
const ALIKE: f64 = 0.95;

/// A line of the table of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub title: String,
    pub was: String,
    pub value: String,
    pub bounds: String,
    /// What is to be known before it is believed; empty where nothing is.
    pub remark: String,
}

impl Found {
    /// `None` where the page knows no such parameter.
    pub fn of(fitted: &Fitted, parameters: &[Parameter]) -> Option<Found> {
        let own = parameters.iter().find(|own| own.latent == fitted.latent)?;
        let within = fitted.error.map(|error| WIDTH * error);
        // Two digits of what it is unsure by.
        let decimals = decimals_of(within.unwrap_or(0.01 * fitted.value.abs()));
        let is_tiny = decimals > 6;
        let number = |x: f64| if is_tiny { shown(x, "1") } else { wording::number(x, decimals) };
        let plus_minus = within.map_or_else(String::new, |within| format!(" \u{b1} {}", number(within)));
        let unit = wording::unit(&own.unit);
        let gap = if unit.is_empty() { "" } else { "\u{a0}" };
        let mut remarks = Vec::new();
        if fitted.error.is_none() {
            remarks.push("this window says nothing of it".to_string());
        }
        if fitted.is_bound {
            remarks.push("it stands at its bound, and may be beyond".to_string());
        }
        if let Some((other, correlation)) = fitted.like.filter(|(_, correlation)| correlation.abs() > ALIKE) {
            let title = parameters.iter().find(|own| own.latent == other).map_or("another", |own| &own.title);
            let way = if correlation > 0.0 { "more of both" } else { "more of one and less of the other" };
            remarks.push(format!("hardly told apart from {title}: {way} fits about as well"));
        }
        let bound = |value: f64| if value.is_finite() { shown(value, "1") } else { "none".to_string() };
        Some(Found {
            title: own.title.clone(),
            was: format!("{}{gap}{unit}", number(fitted.before)),
            value: format!("{}{plus_minus}{gap}{unit}", number(fitted.value)),
            bounds: format!("{} to {}{gap}{unit}", bound(own.bounds[0]), bound(own.bounds[1])),
            remark: capitalised(&remarks.join("; ")),
        })
    }
}

/// So many decimals that two digits of `x` are seen.
fn decimals_of(x: f64) -> usize {
    if x > 0.0 && x.is_finite() { (1.0 - x.log10().floor()).clamp(0.0, 12.0) as usize } else { 3 }
}

/// A number to five digits that count, as fields and sliders have it.
pub fn short(x: f64) -> String {
    let rounded = wire::number::read(&format!("{x:.4e}")).unwrap_or(x);
    if rounded != 0.0 && !(1e-4..1e7).contains(&rounded.abs()) { format!("{rounded:e}") } else { rounded.to_string() }
}

/// The same for people, with its unit.
pub fn shown(x: f64, of_unit: &str) -> String {
    let unit = wording::unit(of_unit);
    let text = short(x).replace('-', "\u{2212}");
    if unit.is_empty() { text } else { format!("{text}\u{a0}{unit}") }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// How well it fits, and how far that is to be trusted.
pub fn summary(fit: &Fit) -> String {
    let settled = if fit.is_settled { "" } else { " It has not settled: other values may fit better." };
    format!(
        "{} measurements were compared in {} rounds. They differ by {:.2} standard deviations of their sensors, {:.2} as it \
         is; a model that fits differs by about 1.{settled} The intervals are those of independent measurements: where what is \
         left over goes its own way, they are too narrow.",
        wording::count(fit.count as u64),
        fit.rounds,
        fit.after,
        fit.before
    )
}

impl Calibration {
    /// What was found as lines of the model's file, and what says from when it is; empty before.
    pub fn lines(&self) -> String {
        let lines = self.fit.with(|fit| {
            let Some(fit) = fit else { return String::new() };
            self.parameters.with_value(|all| lines(&fit.parameters, all))
        });
        match self.window.get_untracked() {
            Some(window) if !lines.is_empty() => {
                let (from, to) = (wording::rfc3339(window.from), wording::rfc3339(window.to));
                format!("# Found over {from} to {to}.\n{lines}")
            }
            _ => String::new(),
        }
    }

    /// What was found, a line a parameter; nothing before.
    pub fn found(&self) -> Vec<Found> {
        self.fit.with(|fit| {
            let Some(fit) = fit else { return Vec::new() };
            self.parameters.with_value(|all| fit.parameters.iter().filter_map(|own| Found::of(own, all)).collect())
        })
    }
}

/// What was found as it stands in a model file, a line a parameter; what a window says nothing of is left out.
pub fn lines(fitted: &[Fitted], parameters: &[Parameter]) -> String {
    let line = |fitted: &Fitted| {
        let own = parameters.iter().find(|own| own.latent == fitted.latent)?;
        let within = WIDTH * fitted.error?;
        let decimals = decimals_of(within);
        // More digits than these are not known, and files have no signs of printers.
        let number = |x: f64| if decimals > 6 { short(x) } else { format!("{x:.decimals$}") };
        let [value, low, high] = [0.0, -within, within].map(|off| number(fitted.value + off));
        // A parameter of a part is set where the whole is put together.
        let place = match own.name.rsplit_once('.') {
            Some((part, name)) => format!("part.{part}.set.{name}"),
            None => format!("parameter.{}.value", own.name),
        };
        Some(format!("{place} = {value}  # {}, {low} to {high} with 90 %, as it is {}", own.unit, short(fitted.before)))
    };
    fitted.iter().filter_map(line).collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(latent: u16, title: &str) -> Parameter {
        let (name, unit) = (title.to_lowercase(), "K".to_string());
        Parameter { latent, name, title: title.into(), unit, bounds: [20.0, 120.0], range: [20.0, 120.0], step: 0.2 }
    }

    fn found(error: Option<f64>, is_bound: bool, like: Option<(u16, f64)>) -> Found {
        let fitted = Fitted { latent: 1, before: 60.0, value: 71.034, error, is_bound, like };
        Found::of(&fitted, &[parameter(0, "Gradient"), parameter(1, "Rise")]).unwrap()
    }

    #[test]
    fn what_was_found_has_as_many_digits_as_it_is_sure_of() {
        let said = found(Some(0.1), false, None);
        assert_eq!((said.was.as_str(), said.value.as_str()), ("60.00\u{a0}K", "71.03 \u{b1} 0.16\u{a0}K"));
        assert_eq!((said.bounds.as_str(), said.remark.as_str()), ("20 to 120\u{a0}K", ""));
        assert_eq!(found(Some(30.0), false, None).value, "71 \u{b1} 49\u{a0}K");
    }

    #[test]
    fn lines_of_a_model_file_have_the_values_that_are_known() {
        let fitted = |latent, value, error| Fitted { latent, before: 60.0, value, error, is_bound: false, like: None };
        let all = [parameter(0, "Gradient"), parameter(1, "Rise"), parameter(2, "Motor.inertia"), parameter(3, "Wear")];
        let said = lines(
            &[
                fitted(1, 71.034, Some(0.1)),
                fitted(0, 17.0, None),
                fitted(2, 0.25, Some(0.01)),
                fitted(3, 5e-14, Some(1e-15)),
            ],
            &all,
        );
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[0], "parameter.rise.value = 71.03  # K, 70.87 to 71.20 with 90 %, as it is 60");
        assert_eq!(lines[1], "part.motor.set.inertia = 0.250  # K, 0.234 to 0.266 with 90 %, as it is 60");
        assert_eq!(lines[2], "parameter.wear.value = 5e-14  # K, 4.8355e-14 to 5.1645e-14 with 90 %, as it is 60");
        assert_eq!(lines.len(), 3, "of the gradient the window says nothing");
    }

    #[test]
    fn what_a_window_cannot_say_is_said() {
        assert_eq!(found(None, false, None).remark, "This window says nothing of it.");
        let both = found(Some(0.1), true, Some((0, -0.99))).remark;
        assert_eq!(
            both,
            "It stands at its bound, and may be beyond; hardly told apart from Gradient: more of one and less of the other \
             fits about as well."
        );
        assert_eq!(found(Some(0.1), false, Some((0, 0.5))).remark, "");
    }
}
