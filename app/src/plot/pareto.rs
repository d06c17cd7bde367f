//! What weighs most: a bar a row, the longest first, and the share that all down to it have together.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    element::{PathElement, Rectangle},
    prelude::DrawingBackend,
    style::{Color, ShapeStyle},
};

use super::tones::Tone;

/// Units of a row, and of the whole width.
pub const ROW: u32 = 40;
pub const WIDTH: u32 = 1_000;
/// The few that make up so much are the ones to look at.
pub const MOST: f64 = 0.8;

/// What weighs, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pareto {
    pub weights: Vec<f64>,
}

impl Pareto {
    /// Weights as they are to stand below each other; what is no number weighs nothing.
    pub fn of(weights: impl IntoIterator<Item = f64>) -> Pareto {
        let weigh = |weight: f64| if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        Pareto { weights: weights.into_iter().map(weigh).collect() }
    }

    /// What share of all each one and those before it have; of nothing, nothing.
    pub fn cumulated(&self) -> Vec<f64> {
        let all: f64 = self.weights.iter().sum();
        let mut sum = 0.0;
        let share = |weight: &f64| {
            sum += weight;
            if all > 0.0 { sum / all } else { 0.0 }
        };
        self.weights.iter().map(share).collect()
    }

    pub fn size(&self) -> (u32, u32) {
        (WIDTH, ROW * self.weights.len().max(1) as u32)
    }
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws it over the whole of `area`, which is as large as it says.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, pareto: &Pareto) -> Drawn<DB> {
    let (width, height) = area.dim_in_pixel();
    let x = |share: f64| (share * f64::from(width)).round() as i32;
    let row = |number: usize| ROW as i32 * number as i32;
    let line = |tone: Tone, stroke_width| ShapeStyle { color: tone.colour(), filled: false, stroke_width };
    for share in [0.25, 0.5, 0.75, 1.0] {
        area.draw(&PathElement::new(vec![(x(share), 0), (x(share), height as i32)], line(Tone::Grid, 1)))?;
    }
    let all: f64 = pareto.weights.iter().sum();
    for (number, weight) in pareto.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        let corners = [(0, row(number) + 10), (x(weight / all).max(2), row(number + 1) - 10)];
        area.draw(&Rectangle::new(corners, Tone::Bar.colour().mix(0.55).filled()))?;
    }
    let mut path = vec![(0, 0)];
    path.extend(pareto.cumulated().into_iter().enumerate().map(|(number, share)| (x(share), row(number + 1))));
    if all > 0.0 {
        area.draw(&PathElement::new(vec![(x(MOST), 0), (x(MOST), height as i32)], line(Tone::Planned, 1)))?;
        area.draw(&PathElement::new(path, line(Tone::Line, 2)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;

    fn picture(weights: &[f64]) -> String {
        let pareto = Pareto::of(weights.iter().copied());
        svg::paint(pareto.size(), Tone::named, |area| draw(area, &pareto)).replace("/>", "/>\n")
    }

    #[test]
    fn empty() {
        insta::assert_snapshot!(picture(&[]));
    }

    #[test]
    fn single_value() {
        insta::assert_snapshot!(picture(&[7.0]));
    }

    #[test]
    fn all_equal() {
        insta::assert_snapshot!(picture(&[2.0; 4]));
    }

    #[test]
    fn one_outlier() {
        insta::assert_snapshot!(picture(&[900.0, 3.0, 2.0, 1.0]));
    }

    #[test]
    fn all_nan() {
        insta::assert_snapshot!(picture(&[f64::NAN; 3]));
    }

    proptest::proptest! {
        #[test]
        fn shares_only_grow_and_end_at_all(weights in proptest::collection::vec(0.0f64..1e6, 1..40)) {
            let pareto = Pareto::of(weights.iter().copied());
            let shares = pareto.cumulated();
            proptest::prop_assert_eq!(shares.len(), weights.len());
            proptest::prop_assert!(shares.is_sorted());
            let all: f64 = weights.iter().sum();
            proptest::prop_assert!(all == 0.0 || (shares[shares.len() - 1] - 1.0).abs() < 1e-9);
        }
    }
}
