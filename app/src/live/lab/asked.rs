//! What an address asks of sliders and does not get, in words.

use leptos_router::params::ParamsMap;
use twin::model::Slider;

use crate::{live::kept, wording};

/// So much of it is said; the rest would be as wrong.
const MOST: usize = 4;
/// Letters of a name or a value that are repeated.
const LONGEST: usize = 24;
/// A stretch of time may be from year to year.
const NUMBERS: [&str; 2] = ["from", "to"];

/// What of `address` is shown otherwise than it asks; empty where all is as asked.
pub fn otherwise(address: &ParamsMap, sliders: &[Slider]) -> String {
    let mut said = String::new();
    let mut left = MOST;
    let mut say = |words: Option<String>| {
        if let Some(words) = words.filter(|_| left > 0) {
            left -= 1;
            said += if said.is_empty() { "Not all is as the address asks." } else { "" };
            said += " ";
            said += &words;
        }
    };
    for (name, value) in address.latest_values() {
        let Some(letter) = kept::letters().find(|letter| kept::key(*letter) == **name) else {
            say(of_slider(name, value, sliders));
            continue;
        };
        let mut words = value.split('*');
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            say(of_slider(name, value, sliders).map(|words| format!("Scenario {letter}: {words}")));
        }
        say(kept::read(value, sliders).is_none().then(|| format!("Scenario {letter} is left out.")));
    }
    said
}

fn of_slider(name: &str, value: &str, sliders: &[Slider]) -> Option<String> {
    let number = wire::number::read(value);
    let value = &shortened(value);
    let Some(Slider { title, unit, min, max, .. }) = sliders.iter().find(|slider| slider.name == name) else {
        // What is no number may be meant for anything else on the page, or beyond it.
        return number
            .filter(|_| !NUMBERS.contains(&name))
            .map(|_| format!("There is no slider \u{201c}{}\u{201d}.", shortened(name)));
    };
    let as_set = |value| wording::as_set(value, unit);
    match number {
        None => Some(format!("{title}: \u{201c}{value}\u{201d} is no number.")),
        Some(number) if number < *min || number > *max => {
            let (shown, min, max) = (as_set(number.clamp(*min, *max)), as_set(*min), as_set(*max));
            Some(format!("{title}: {value} is asked for and {shown} is shown, for it goes from {min} to {max}."))
        }
        Some(_) => None,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &[(&'static str, &str)]) -> String {
        let slider = |name: &str, title: &str, unit: &str| Slider {
            name: name.to_string(),
            title: title.to_string(),
            unit: unit.to_string(),
            min: 0.0,
            max: 1.5,
            step: 0.1,
            neutral: None,
        };
        let sliders = [slider("load", "Load", "1"), slider("ambient", "Ambient", "degC")];
        otherwise(&address.iter().copied().collect(), &sliders)
    }

    #[test]
    fn what_can_be_shown_as_it_is_asked_needs_no_words() {
        assert_eq!(said(&[]), "");
        let all =
            [("load", "1.5"), ("keep-a", "load*1*ambient*0"), ("show", "hot_spot"), ("from", "2008"), ("zone", "UTC")];
        assert_eq!(said(&all), "");
    }

    #[test]
    fn what_is_clamped_is_said_with_what_was_asked_and_what_is_shown() {
        assert_eq!(
            said(&[("load", "9"), ("ambient", "-40")]),
            "Not all is as the address asks. Load: 9 is asked for and 1.5 is shown, for it goes from 0 to 1.5. \
             Ambient: -40 is asked for and 0\u{a0}\u{b0}C is shown, for it goes from 0\u{a0}\u{b0}C to 1.5\u{a0}\u{b0}C."
        );
        let kept = said(&[("keep-b", "load*1*load*7")]);
        assert!(
            kept.ends_with("Scenario B: Load: 7 is asked for and 1.5 is shown, for it goes from 0 to 1.5."),
            "{kept}"
        );
    }

    #[test]
    fn what_nobody_can_show_is_said_to_be_left_out() {
        assert!(said(&[("laod", "1.2")]).ends_with("There is no slider \u{201c}laod\u{201d}."));
        assert!(said(&[("load", "full")]).ends_with("Load: \u{201c}full\u{201d} is no number."));
        let unknown = said(&[("keep-a", "speed*2")]);
        assert!(
            unknown.ends_with("Scenario A: There is no slider \u{201c}speed\u{201d}. Scenario A is left out."),
            "{unknown}"
        );
        assert!(said(&[("keep-c", "")]).ends_with("Scenario C is left out."));
    }

    #[test]
    fn a_long_address_is_no_long_sentence() {
        let long = "9".repeat(200);
        let names = ["load", "ambient", "a", "b", "c", "d", "e"];
        let said = said(&names.map(|name| (name, long.as_str())));
        assert!(
            said.len() < 500 && said.contains("\u{201c}b\u{201d}") && !said.contains("\u{201c}c\u{201d}"),
            "{said}"
        );
    }
}
