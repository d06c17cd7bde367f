//! Which part of a slider's range leads to trouble, with the other sliders where they stand; and how that is told.

use std::ops::Range;

use twin::{
    Model,
    model::Slider,
    whatif::{Met, PLACES, Probe},
};

use super::hint;
use crate::wording;

/// From here on what is met is worth a mark, and from there on it is more likely than not.
const POSSIBLE: f64 = 0.05;
const LIKELY: f64 = 0.5;
/// The number of the last place.
const LAST: f64 = (PLACES - 1) as f64;

/// What is drawn at a slider, and said of it; nothing where all of its range is well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Zones {
    /// Outlines of where trouble is possible, and of where it is likely, which is a part of that: all of the track is 1 long
    /// and 1 high.
    pub possible: String,
    pub likely: String,
    /// `From 1.32: Hot spot above 120 °C within 1 d, likely`.
    pub note: String,
}

impl Zones {
    /// What a probe came to. Between two places each likelihood lies on a straight line.
    pub fn of(probe: &Probe, slider: &Slider, model: &Model) -> Zones {
        let mut worst = [0.0; PLACES];
        for met in &probe.met {
            for (worst, share) in worst.iter_mut().zip(met) {
                *worst = share.max(*worst);
            }
        }
        let (possible, likely) = (above(&worst, POSSIBLE), above(&worst, LIKELY));
        // Where anything is likely, what is possible beside it goes without saying.
        let told = if likely.is_empty() { &possible } else { &likely };
        let mut note = String::new();
        for range in told {
            if !note.is_empty() {
                note.push_str("; ");
            }
            note.push_str(&words(range, probe, slider, model));
        }
        Zones { possible: outline(&possible), likely: outline(&likely), note }
    }
}

/// A box a stretch of the track, as a path.
pub fn outline(ranges: &[Range<f64>]) -> String {
    let mut path = String::new();
    for Range { start, end } in ranges {
        path.push_str(&format!("M{start:.4} 0H{end:.4}V1H{start:.4}Z"));
    }
    path
}

/// Where the line through `shares` is not below `least`.
fn above(shares: &[f64; PLACES], least: f64) -> Vec<Range<f64>> {
    let mut found: Vec<Range<f64>> = Vec::new();
    for (place, pair) in shares.windows(2).enumerate() {
        // Both ends of the stretch that is above, as parts of the way from one place to the next.
        let crossed = (least - pair[0]) / (pair[1] - pair[0]);
        let (from, to) = match (pair[0] >= least, pair[1] >= least) {
            (true, true) => (0.0, 1.0),
            (true, false) => (0.0, crossed),
            (false, true) => (crossed, 1.0),
            (false, false) => continue,
        };
        let (from, to) = ((place as f64 + from) / LAST, (place as f64 + to) / LAST);
        match found.last_mut().filter(|last| last.end >= from) {
            Some(last) => last.end = to,
            None => found.push(from..to),
        }
    }
    found
}

/// The share at `at` of the track.
fn share_at(shares: &[f64; PLACES], at: f64) -> f64 {
    let before = ((at * LAST) as usize).min(PLACES - 2);
    shares[before] + (shares[before + 1] - shares[before]) * (at * LAST - before as f64)
}

/// Where, what, and how likely: of the condition that is likeliest over all of `range`.
fn words(range: &Range<f64>, probe: &Probe, slider: &Slider, model: &Model) -> String {
    let (mut chosen, mut likeliest, mut least, mut most) = (0, 0.0, 0.0, 0.0);
    for (number, met) in probe.met.iter().enumerate() {
        let (low, high) = (share_at(met, range.start), share_at(met, range.end));
        let (mut sum, mut count, mut low, mut high) = (low + high, 2.0, low.min(high), low.max(high));
        for (place, share) in met.iter().enumerate() {
            let at = place as f64 / LAST;
            if range.start < at && at < range.end {
                (sum, count) = (sum + share, count + 1.0);
                (low, high) = (share.min(low), share.max(high));
            }
        }
        // Of a failure and a limit that are met together the failure is told: it comes first.
        if sum / count > likeliest + 1e-9 {
            (chosen, likeliest, least, most) = (number, sum / count, low, high);
        }
    }
    format!(
        "{}: {} within {}, {}",
        stretch(range, slider),
        hint::what(Met::of(model, chosen), model),
        wording::span(model.horizon).replace(' ', "\u{a0}"),
        likelihood(least, most)
    )
}

/// The values of the slider, on its steps, that lie inside.
fn stretch(range: &Range<f64>, slider: &Slider) -> String {
    let steps = |at: f64| at * (slider.max - slider.min) / slider.step;
    let value = |steps: f64| wording::as_set((slider.min + steps * slider.step).min(slider.max), &slider.unit);
    // An edge that is a step but for rounding is that step.
    let (from, to) = ((steps(range.start) - 1e-6).ceil(), (steps(range.end) + 1e-6).floor());
    match (range.start <= 0.0, range.end >= 1.0) {
        (true, true) => "Everywhere".to_string(),
        (false, true) => format!("From {}", value(from.min(steps(1.0)))),
        (true, false) => format!("Up to {}", value(to)),
        (false, false) => format!("From {} to {}", value(from.min(to)), value(to.max(from))),
    }
}

fn likelihood(least: f64, most: f64) -> String {
    let percent = |share: f64| (share * 100.0 + 0.5) as u32;
    match (percent(least), percent(most)) {
        (_, 100) => "likely".to_string(),
        (least, most) if least == most => format!("{most}\u{a0}% likely"),
        (_, most) => format!("up to {most}\u{a0}% likely"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its failures: a hot spot above 120 °C, and one above 140 °C.
    fn model() -> Model {
        Model::parse(include_str!("../../../server/models/power-transformer.toml")).unwrap()
    }

    /// The zones of the load's slider, 0.5 to 1.6, with these likelihoods of the first conditions at every other place.
    fn zones(met: &[[f64; 5]]) -> Zones {
        let model = model();
        let mut all = vec![[0.0; PLACES]; model.failures.len() + model.limits.len()];
        for (all, met) in all.iter_mut().zip(met) {
            for (place, share) in all.iter_mut().enumerate() {
                *share = (met[place / 2] + met[place.div_ceil(2)]) / 2.0;
            }
        }
        Zones::of(&Probe { slider: 0, met: all }, &model.sliders[0], &model)
    }

    #[test]
    fn an_edge_lies_where_the_line_between_two_places_crosses() {
        let zones = zones(&[[0.0, 0.0, 0.0, 0.8, 0.8]]);
        assert_eq!(zones.possible, "M0.5156 0H1.0000V1H0.5156Z");
        assert_eq!(zones.likely, "M0.6562 0H1.0000V1H0.6562Z");
        assert_eq!(zones.note, "From 1.23: Hot spot above 120 \u{b0}C within 1\u{a0}d, up to 80\u{a0}% likely");
    }

    #[test]
    fn where_all_is_well_there_is_nothing() {
        assert_eq!(zones(&[[0.0, 0.02, 0.04, 0.0, 0.0]]), Zones::default());
        let none = Probe { slider: 0, met: Vec::new() };
        assert_eq!(Zones::of(&none, &model().sliders[0], &model()), Zones::default());
    }

    #[test]
    fn what_is_possible_is_told_where_nothing_is_likely() {
        let zones = zones(&[[0.0, 0.0, 0.0, 0.0, 0.2]]);
        assert_eq!((zones.possible.as_str(), zones.likely.as_str()), ("M0.8125 0H1.0000V1H0.8125Z", ""));
        assert_eq!(zones.note, "From 1.4: Hot spot above 120 \u{b0}C within 1\u{a0}d, up to 20\u{a0}% likely");
    }

    #[test]
    fn a_zone_says_at_which_end_it_is_or_that_it_is_everywhere() {
        let check = |shares: [f64; 5], expected: &str| {
            let note = zones(&[shares]).note.replace('\u{a0}', " ");
            assert_eq!(note.replace(" Hot spot above 120 \u{b0}C within 1 d,", ""), expected);
        };
        check([1.0; 5], "Everywhere: likely");
        check([0.6; 5], "Everywhere: 60 % likely");
        check([1.0, 1.0, 0.0, 0.0, 0.0], "Up to 0.91: likely");
        check([0.0, 0.0, 1.0, 0.0, 0.0], "From 0.92 to 1.18: likely");
        check([0.8, 0.0, 0.0, 0.0, 0.8], "Up to 0.6: up to 80 % likely; From 1.5: up to 80 % likely");
    }

    #[test]
    fn of_two_conditions_the_zone_is_theirs_and_its_name_that_of_the_likelier() {
        let both = zones(&[[0.0, 0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 1.0]]);
        assert_eq!(both.likely, "M0.6250 0H1.0000V1H0.6250Z");
        assert!(both.note.contains("120") && !both.note.contains("140"), "{}", both.note);
        let apart = zones(&[[0.9, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.9]]);
        assert_eq!(apart.likely.matches('Z').count(), 2);
        let (first, second) = apart.note.split_once("; ").unwrap();
        assert!(first.contains("120") && second.contains("140"), "{}", apart.note);
    }
}
