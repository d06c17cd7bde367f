//! Scenarios that are kept beside the one that the sliders make, and how a page's address carries them.

use twin::{Scenario, model::Slider};

/// As many as a chart can tell apart.
pub const MOST: usize = 3;

/// A scenario under its letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub letter: char,
    pub scenario: Scenario,
}

impl Kept {
    /// The place of its letter among all.
    pub fn number(&self) -> usize {
        letters().position(|letter| letter == self.letter).unwrap_or(0)
    }
}

/// All letters, in order.
pub fn letters() -> impl Iterator<Item = char> {
    ('A'..).take(MOST)
}

/// The name of a letter's scenario in the address.
pub fn key(letter: char) -> String {
    format!("keep-{}", letter.to_ascii_lowercase())
}

/// Writes a scenario as `load*1.2*ambient*5`: an address leaves stars, letters and digits as they are.
pub fn write(scenario: &Scenario, sliders: &[Slider]) -> String {
    let set = |(number, value): &(u16, f64)| Some(format!("{}*{value}", sliders.get(usize::from(*number))?.name));
    scenario.sliders.iter().filter_map(set).collect::<Vec<String>>().join("*")
}

/// Reads what `write` wrote, each value within its slider's range; `None` where it is nothing that this model knows.
pub fn read(text: &str, known: &[Slider]) -> Option<Scenario> {
    let words: Vec<&str> = text.split('*').collect();
    let set = |pair: &[&str]| {
        let [name, value] = pair else { return None };
        let number = known.iter().position(|slider| slider.name == *name)?;
        let value = wire::number::read(value)?;
        Some((number as u16, value.clamp(known[number].min, known[number].max)))
    };
    let mut read = Scenario::default();
    // Of one that is named twice, the first counts.
    for (number, value) in words.chunks(2).map(set).collect::<Option<Vec<(u16, f64)>>>()?.into_iter().rev() {
        put(&mut read, number, value);
    }
    Some(read)
}

/// Where a scenario has this slider, if it moves it.
pub fn value_of(scenario: &Scenario, number: u16) -> Option<f64> {
    scenario.sliders.iter().find(|(own, _)| *own == number).map(|(_, value)| *value)
}

/// Moves a slider of a scenario; they stay in order of their numbers.
pub fn put(scenario: &mut Scenario, number: u16, value: f64) {
    let at = scenario.sliders.partition_point(|(own, _)| *own < number);
    match scenario.sliders.get_mut(at) {
        Some(own) if own.0 == number => own.1 = value,
        _ => scenario.sliders.insert(at, (number, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliders() -> Vec<Slider> {
        let slider = |name: &str| Slider {
            name: name.to_string(),
            title: name.to_string(),
            unit: "1".to_string(),
            min: -2.0,
            max: 2.0,
            step: 0.1,
            neutral: None,
        };
        vec![slider("load"), slider("pump.speed")]
    }

    #[test]
    fn an_address_carries_a_scenario() {
        let scenario = Scenario { sliders: vec![(0, 1.25), (1, -0.5)] };
        let text = write(&scenario, &sliders());
        assert_eq!(text, "load*1.25*pump.speed*-0.5");
        assert_eq!(read(&text, &sliders()), Some(scenario));
        assert_eq!(read("pump.speed*7*load*1", &sliders()), Some(Scenario { sliders: vec![(0, 1.0), (1, 2.0)] }));
    }

    #[test]
    fn what_a_model_does_not_know_is_no_scenario() {
        for text in ["", "load", "load*", "load*x", "load*NaN", "cold*1", "load*1*", "*1"] {
            assert_eq!(read(text, &sliders()), None, "{text}");
        }
    }
}
