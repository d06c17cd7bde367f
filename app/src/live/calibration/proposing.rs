//! What was found, and answers to what was proposed, as the server is told of them.

use leptos::prelude::*;
use twin::{Model, calibrate::Fitted};

use super::{Calibration, Parameter, words::WIDTH};
use crate::live::stretch::Stretch;

impl Calibration {
    /// What was found as a proposal, in JSON; `None` where nothing was of which the window says anything.
    pub fn proposal(&self) -> Option<String> {
        let asset_id = self.asset_id.get_value();
        let model = self.live.read(&asset_id, |asset, _| asset.model.clone())?;
        let window = self.window.get_untracked()?;
        let found =
            self.parameters.with_value(|all| self.fit.with_untracked(|fit| found(all, &fit.as_ref()?.parameters)))?;
        let (count, before, after) = self.fit.with_untracked(|fit| {
            let fit = fit.as_ref()?;
            Some((fit.count, fit.before, fit.after))
        })?;
        Some(written(
            asset_id.as_str(),
            &model,
            window,
            &format!("\"count\":{count},\"before\":{before},\"after\":{after},\"found\":[{found}]"),
        ))
    }

    /// An answer to proposal number `proposal`, in JSON.
    pub fn answer(&self, proposal: &str, reason: &str) -> String {
        let asset_id = self.asset_id.get_value();
        format!("{{\"asset\":\"{asset_id}\",\"proposal\":{proposal},\"reason\":{}}}", quoted(reason))
    }
}

fn written(asset: &str, model: &Model, window: Stretch, rest: &str) -> String {
    let Stretch { from, to } = window;
    let model = wire::taken::short(model);
    format!("{{\"asset\":\"{asset}\",\"model\":\"{model}\",\"from\":{},\"to\":{},{rest}}}", from.0, to.0)
}

/// Those of which the window says anything; `None` where it says nothing at all.
fn found(parameters: &[Parameter], fitted: &[Fitted]) -> Option<String> {
    let one = |fitted: &Fitted| {
        let (own, error) = (parameters.iter().find(|own| own.latent == fitted.latent)?, fitted.error?);
        let Fitted { value, before, .. } = fitted;
        Some(format!("{{\"name\":\"{}\",\"value\":{value},\"within\":{},\"was\":{before}}}", own.name, WIDTH * error))
    };
    let found = fitted.iter().filter_map(one).collect::<Vec<String>>().join(",");
    (!found.is_empty()).then_some(found)
}

/// A text as JSON has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control < ' ' => quoted += &format!("\\u{:04x}", control as u32),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_window_says_nothing_of_is_not_proposed() {
        let parameter = |latent, name: &str| Parameter {
            latent,
            name: name.into(),
            title: name.into(),
            unit: "K".into(),
            bounds: [0.0, 1.0],
            range: [0.0, 1.0],
            step: 0.1,
        };
        let of = |latent, error| Fitted { latent, before: 1.0, value: 2e-14, error, is_bound: false, like: None };
        let all = [parameter(3, "a"), parameter(5, "b")];
        let said = found(&all, &[of(3, None), of(5, Some(2.0))]).unwrap();
        assert_eq!(said, "{\"name\":\"b\",\"value\":0.00000000000002,\"within\":3.29,\"was\":1}");
        assert_eq!(found(&all, &[of(3, None), of(9, Some(1.0))]), None);
    }

    #[test]
    fn a_reason_is_one_text_whatever_is_in_it() {
        assert_eq!(quoted("say \"why\" \\ \n\u{b0}C"), "\"say \\\"why\\\" \\\\ \\u000a\u{b0}C\"");
    }
}
