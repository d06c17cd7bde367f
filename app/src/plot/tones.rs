//! The colours of pictures that the server paints, each by its token.

use plotters::style::RGBAColor;

use super::palette::declared;

/// A colour by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Grid,
    Line,
    Bar,
    Runs,
    Planned,
    Stopped,
    Failed,
    /// From nothing to the most.
    Heat(usize),
}

/// How many steps a scale of heat has, with that of nothing.
pub const STEPS: usize = 6;

const FIRST_STEP: usize = 7;

/// The custom properties, in the order of the tones.
const PROPERTIES: [&str; FIRST_STEP + STEPS] = [
    "--plot-grid",
    "--plot-measured",
    "--plot-kept",
    "--plot-runs",
    "--plot-planned",
    "--plot-stopped",
    "--plot-failed",
    "--plot-heat-0",
    "--plot-heat-1",
    "--plot-heat-2",
    "--plot-heat-3",
    "--plot-heat-4",
    "--plot-heat-5",
];

/// As in the light theme, by which a painter names them.
const LIGHT: [RGBAColor; PROPERTIES.len()] = {
    let css = include_str!("../../../style/tokens.css");
    let mut colours = [RGBAColor(0, 0, 0, 1.0); PROPERTIES.len()];
    let mut number = 0;
    while number < colours.len() {
        colours[number] = declared(css, PROPERTIES[number]);
        number += 1;
    }
    colours
};

impl Tone {
    pub fn colour(self) -> RGBAColor {
        let number = match self {
            Tone::Grid => 0,
            Tone::Line => 1,
            Tone::Bar => 2,
            Tone::Runs => 3,
            Tone::Planned => 4,
            Tone::Stopped => 5,
            Tone::Failed => 6,
            Tone::Heat(step) => FIRST_STEP + step.min(STEPS - 1),
        };
        LIGHT[number]
    }

    /// The custom property of a colour of the light theme.
    pub fn named(rgb: (u8, u8, u8)) -> Option<&'static str> {
        let number = LIGHT.iter().position(|own| (own.0, own.1, own.2) == rgb)?;
        Some(PROPERTIES[number])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2: relative luminance.
    fn luminance(RGBAColor(red, green, blue, _): RGBAColor) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(one: RGBAColor, other: RGBAColor) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn each_tone_has_a_colour_of_its_own() {
        for (number, colour) in LIGHT.iter().enumerate() {
            assert!(!LIGHT[..number].contains(colour), "{} is used twice", PROPERTIES[number]);
        }
    }

    #[test]
    fn steps_of_heat_are_told_apart_in_either_theme() {
        let css = include_str!("../../../style/tokens.css");
        let (light, dark) = css.split_once("prefers-color-scheme: dark").unwrap();
        // What the dark theme refers to stands in the palette above.
        let dark = format!("{dark}\n{light}");
        for css in [light, &dark] {
            let surface = declared(css, "--plot-surface");
            let steps: Vec<RGBAColor> = PROPERTIES[FIRST_STEP..].iter().map(|step| declared(css, step)).collect();
            for (one, other) in steps.iter().zip(&steps[1..]) {
                assert!(contrast(*one, surface) < contrast(*other, surface), "more is further from the page");
                assert!(contrast(*one, *other) >= 1.3, "{one:?} {other:?} {}", contrast(*one, *other));
            }
            assert!(contrast(steps[STEPS - 1], surface) >= 7.0, "{}", contrast(steps[STEPS - 1], surface));
            for abnormal in ["--plot-stopped", "--plot-failed", "--plot-planned"] {
                assert!(contrast(declared(css, abnormal), surface) >= 3.0, "{abnormal}");
            }
        }
    }
}
