//! What a figure was in the last periods, as a line no larger than a word; no script draws it.

use std::fmt::Write;

use leptos::prelude::*;

use crate::figures::Past;

/// In units of the picture.
const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 28.0;
/// Room for a mark at the edge.
const EDGE: f64 = 4.0;

#[component]
pub fn Sparkline(past: Past) -> impl IntoView {
    let Past { values, misses, target, said } = past;
    let place = Place::of(&values, target);
    let line = place.line(&values);
    let level = target.map(|target| {
        let y = place.y(target);
        view! { <line class="sparkline__target" x1="0" y1=y.clone() x2=WIDTH.to_string() y2=y /> }
    });
    let last = values.len().saturating_sub(1);
    let mark = |(at, (value, is_missed)): (usize, (Option<f64>, bool))| {
        let value = value.filter(|_| is_missed || at == last)?;
        let class = if is_missed { "sparkline__mark sparkline__mark--missed" } else { "sparkline__mark" };
        let radius = if at == last { "2.75" } else { "1.75" };
        Some(view! { <circle class=class cx=place.x(at) cy=place.y(value) r=radius /> })
    };
    let marks = values.into_iter().zip(misses).enumerate().filter_map(mark).collect_view();
    view! {
        <svg class="sparkline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img">
            <title>{said}</title>
            {level}
            <path class="sparkline__line" d=line />
            {marks}
        </svg>
    }
}

/// Where values stand in the picture.
#[derive(Debug, Clone, Copy)]
struct Place {
    least: f64,
    most: f64,
    steps: usize,
}

impl Place {
    /// All values, and the target that they are held against, are in the picture.
    fn of(values: &[Option<f64>], target: Option<f64>) -> Place {
        let all = || values.iter().copied().flatten().chain(target);
        let (least, most) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        Place { least, most, steps: values.len().saturating_sub(1).max(1) }
    }

    fn x(&self, at: usize) -> String {
        tenth(EDGE + (WIDTH - 2.0 * EDGE) * at as f64 / self.steps as f64)
    }

    fn y(&self, value: f64) -> String {
        let range = self.most - self.least;
        // What never changes stands in the middle.
        let share = if range > 0.0 { (value - self.least) / range } else { 0.5 };
        tenth(HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * share)
    }

    /// From value to value, broken where one is not known; what stands alone is a point.
    fn line(&self, values: &[Option<f64>]) -> String {
        let mut line = String::new();
        let mut is_broken = true;
        for (at, value) in values.iter().enumerate() {
            let Some(value) = value else {
                is_broken = true;
                continue;
            };
            let (x, y) = (self.x(at), self.y(*value));
            let is_alone = is_broken && values.get(at + 1).copied().flatten().is_none();
            let _ = write!(line, "{}{x} {y}{}", if is_broken { 'M' } else { 'L' }, if is_alone { "h0" } else { "" });
            is_broken = false;
        }
        line
    }
}

fn tenth(length: f64) -> String {
    ((length * 10.0).round() / 10.0).to_string()
}
