//! A figure by hour of the day and by day: from grey for nothing to one hue for the most.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    element::{PathElement, Rectangle},
    prelude::DrawingBackend,
    style::{Color, ShapeStyle},
};

use super::tones::{STEPS, Tone};

/// Hours of a day: the cells of a row.
pub const HOURS: usize = 24;
/// Units of a cell.
pub const CELL: (u32, u32) = (40, 24);

/// Values row by row; `None` where nothing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeatMap {
    pub values: Vec<Option<f64>>,
}

impl HeatMap {
    pub fn rows(&self) -> usize {
        self.values.len() / HOURS
    }

    pub fn size(&self) -> (u32, u32) {
        (CELL.0 * HOURS as u32, CELL.1 * self.rows().max(1) as u32)
    }

    pub fn most(&self) -> f64 {
        self.values.iter().flatten().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(*value))
    }

    /// Which step of the scale each value is on: the first is nothing, and the last holds the most.
    pub fn steps(&self) -> Vec<Option<usize>> {
        let most = self.most();
        let step = |value: f64| {
            let share = value / most * (STEPS - 1) as f64;
            if value > 0.0 { (share.ceil() as usize).clamp(1, STEPS - 1) } else { 0 }
        };
        self.values.iter().map(|value| value.filter(|value| value.is_finite()).map(step)).collect()
    }
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws it over the whole of `area`, which is as large as it says.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, map: &HeatMap) -> Drawn<DB> {
    let line = ShapeStyle { color: Tone::Planned.colour(), filled: false, stroke_width: 1 };
    let steps = map.steps();
    let mut places: Vec<usize> = (0..map.values.len()).collect();
    // What has one colour is drawn at once.
    places.sort_by_key(|place| steps[*place]);
    for place in places {
        let (x, y) = ((place % HOURS) as i32 * CELL.0 as i32, (place / HOURS) as i32 * CELL.1 as i32);
        let (right, bottom) = (x + CELL.0 as i32, y + CELL.1 as i32);
        match steps[place] {
            Some(step) => {
                let corners = [(x + 1, y + 1), (right - 1, bottom - 1)];
                area.draw(&Rectangle::new(corners, Tone::Heat(step).colour().filled()))?;
            }
            // Not the colour of nothing: it is not known.
            None => area.draw(&PathElement::new(vec![(x + 4, bottom - 4), (right - 4, y + 4)], line))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;

    fn map(values: impl IntoIterator<Item = Option<f64>>) -> HeatMap {
        let mut values: Vec<_> = values.into_iter().collect();
        values.resize(values.len().div_ceil(HOURS) * HOURS, None);
        HeatMap { values }
    }

    fn picture(map: &HeatMap) -> String {
        svg::paint(map.size(), Tone::named, |area| draw(area, map)).replace("/>", "/>\n")
    }

    #[test]
    fn empty() {
        insta::assert_snapshot!(picture(&HeatMap::default()));
    }

    #[test]
    fn single_value() {
        insta::assert_snapshot!(picture(&map([Some(3.0)])));
    }

    #[test]
    fn all_equal() {
        insta::assert_snapshot!(picture(&map([Some(2.0); HOURS])));
    }

    #[test]
    fn one_outlier() {
        insta::assert_snapshot!(picture(&map((0..24).map(|n| Some(if n == 7 { 1e6 } else { f64::from(n % 3) })))));
    }

    #[test]
    fn all_nan() {
        let nothing = picture(&map([Some(f64::NAN); HOURS]));
        assert!(!nothing.contains("heat"), "what is no number is not nothing");
        insta::assert_snapshot!(nothing);
    }

    #[test]
    fn steps_are_of_equal_width_and_nothing_is_one_of_its_own() {
        let map = HeatMap { values: [0.0, 0.1, 10.0, 10.1, 40.0, 50.0, f64::NAN].map(Some).into() };
        assert_eq!(map.steps(), [Some(0), Some(1), Some(1), Some(2), Some(4), Some(5), None]);
    }
}
