//! How an asset works, as a picture: inputs, parts and what they give each other, what comes out. The page fills the
//! values in, by the numbers of their quantities.

use std::fmt::Write;

use services::catalog::Asset;
use twin::model::{
    Role,
    outline::{self, Entry, Joint, Part},
};

use crate::wording::escaped;

/// Of the picture, in its own pixels.
const WIDTH: usize = 1_000;
const LINE: usize = 22;
const GIVEN: (usize, usize) = (0, 280);
const PARTS: (usize, usize) = (390, 230);
const SHOWN: (usize, usize) = (680, 320);
/// Quantities that stand beside a part; all of them have a tile.
const MOST: usize = 5;

/// A line of text, with the quantity whose value stands at its end.
pub struct Line {
    pub text: String,
    pub quantity: Option<usize>,
}

pub fn svg(asset: &Asset) -> String {
    let entries = outline::outline(&asset.whole).unwrap_or_default();
    let (mut parts, joints) = outline::joints(&asset.text);
    let is_whole = parts.is_empty();
    if is_whole {
        parts.push(Part { name: String::new(), title: asset.title.clone() });
    }
    let given = given(asset);
    let beside: Vec<Vec<Line>> = parts.iter().map(|part| shown(asset, &part.name)).collect();

    let mut svg = String::new();
    let mut top = 10;
    let mut boxes = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let height = (beside[number].len().max(2) * LINE).max(if is_whole { given.len() * LINE } else { 0 }) + 24;
        boxes.push((top, height));
        frame(&mut svg, PARTS, top, height, "process-sketch__part");
        text(&mut svg, PARTS.0 + PARTS.1 / 2, top + height / 2 + 5, "process-sketch__name", &part.title);
        list(&mut svg, SHOWN, top + (height - beside[number].len() * LINE) / 2, &beside[number]);
        if !beside[number].is_empty() {
            let y = top + height / 2;
            arrow(&mut svg, &format!("M{} {y}H{}", PARTS.0 + PARTS.1, SHOWN.0 - 10));
        }
        let joined = parts.get(number + 1).map_or_else(Vec::new, |next| between(part, next, &joints));
        let gap = if number + 1 < parts.len() { joined.len().max(1) * LINE + 24 } else { 0 };
        for (place, (joint, is_down)) in joined.iter().enumerate() {
            let (x, from, to) = (PARTS.0 + 16 + place * 16, top + height, top + height + gap);
            let (from, to) = if *is_down { (from, to) } else { (to, from) };
            arrow(&mut svg, &format!("M{x} {from}V{}", if *is_down { to - 2 } else { to + 2 }));
            let line = joint_line(asset, &entries, joint);
            let area = (PARTS.0 + 24 + joined.len() * 16, PARTS.1 + 40);
            list(&mut svg, area, top + height + 12 + place * LINE, &[line]);
        }
        top += height + gap;
    }
    let bottom = boxes.last().map_or(0, |(top, height)| top + height);
    let first = (10 + bottom).saturating_sub(given.len() * LINE) / 2;
    list(&mut svg, GIVEN, first, &given);
    for (place, line) in given.iter().enumerate() {
        let name = line.quantity.and_then(|number| asset.model.signals.get(number)).map_or("", |signal| &signal.name);
        let from = first + place * LINE + LINE / 2;
        for (number, (part, (top, height))) in parts.iter().zip(&boxes).enumerate() {
            let takes = |joint: &&Joint| {
                is_of(&joint.to, &part.name) && outline::names(&joint.value).iter().any(|own| own == name)
            };
            if !is_whole && !is_of(name, &part.name) && !joints.iter().any(|joint| takes(&joint)) {
                continue;
            }
            // Each in a lane of its own, and where it arrives in the order in which it left.
            let lane = GIVEN.1 + 16 + (place * parts.len() + number) * 76 / (given.len() * parts.len()).max(1);
            let to = top + 12 + (place + 1) * (height - 24) / (given.len() + 1);
            arrow(&mut svg, &format!("M{} {from}H{lane}V{to}H{}", GIVEN.1 + 6, PARTS.0 - 2));
        }
    }
    let own = if is_whole { Vec::new() } else { shown(asset, "") };
    let height = bottom + 10 + if own.is_empty() { 0 } else { own.len() * LINE + 34 };
    if !own.is_empty() {
        text(&mut svg, SHOWN.0, bottom + 30, "process-sketch__whole", "Of the whole");
        list(&mut svg, SHOWN, bottom + 38, &own);
    }
    let title = format!(
        "How {} works: inputs on the left, parts and what they give each other, what comes out on the right",
        asset.title
    );
    format!(
        "<svg class=\"process-sketch__picture\" viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" aria-label=\"{}\">\
         <defs><marker id=\"process-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" /></marker></defs>{svg}</svg>",
        escaped(&title),
    )
}

/// What two parts give each other, and whether the first one gives it.
pub fn between<'a>(one: &Part, other: &Part, joints: &'a [Joint]) -> Vec<(&'a Joint, bool)> {
    let goes = |from: &Part, to: &Part, joint: &Joint| is_of(&joint.to, &to.name) && comes_from(joint, &from.name);
    let down = joints.iter().filter(|joint| goes(one, other, joint)).map(|joint| (joint, true));
    down.chain(joints.iter().filter(|joint| goes(other, one, joint)).map(|joint| (joint, false))).collect()
}

/// What is given to the asset from outside.
fn given(asset: &Asset) -> Vec<Line> {
    let signals = asset.model.signals.iter().enumerate();
    let inputs = signals.filter(|(_, signal)| matches!(signal.role, Role::Input { .. }));
    inputs.map(|(number, signal)| Line { text: signal.title.clone(), quantity: Some(number) }).collect()
}

/// What is worth showing beside a part: what is measured, then what has a normal band, then the rest.
pub fn shown(asset: &Asset, part: &str) -> Vec<Line> {
    let model = &asset.model;
    let has_parts = model.quantities.iter().any(|quantity| quantity.name.contains('.'));
    let inputs = model.signals.iter().filter(|signal| matches!(signal.role, Role::Input { .. })).count();
    let is_own = |name: &str| if part.is_empty() { !has_parts || !name.contains('.') } else { is_of(name, part) };
    let mut own: Vec<usize> =
        (inputs..model.quantities.len()).filter(|number| is_own(&model.quantities[*number].name)).collect();
    let is_less = |number: &usize| {
        let quantity = &model.quantities[*number];
        (*number != model.headline, *number >= model.signals.len(), quantity.normal.is_none())
    };
    own.sort_by_key(is_less);
    own.truncate(if part.is_empty() && !has_parts { 2 * MOST } else { MOST });
    let line = |number: usize| {
        let title = &model.quantities[number].title;
        // `Motor: Speed` beside the motor is `Speed`.
        let text =
            if part.is_empty() { title } else { title.split_once(": ").map_or(title.as_str(), |(_, rest)| rest) };
        Line { text: text.to_string(), quantity: Some(number) }
    };
    own.into_iter().map(line).collect()
}

/// What one part gives another: the name of the input that takes it, and its value where a quantity is the same.
pub fn joint_line(asset: &Asset, entries: &[Entry], joint: &Joint) -> Line {
    let same = |name: &str| {
        let is_same = |entry: &&Entry| {
            entry.name == name || ["value", "observes"].iter().any(|key| entry.value(key) == Some(name))
        };
        let of = |section: &'static str| entries.iter().filter(move |entry| entry.section == section).find(is_same);
        let entry = of("output").or_else(|| of("signal"))?;
        asset.model.quantities.iter().position(|quantity| quantity.name == entry.name)
    };
    let name = joint.to.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let mut letters = name.chars();
    let text = letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
    Line { text, quantity: same(&joint.value).or_else(|| same(&joint.to)) }
}

fn is_of(name: &str, part: &str) -> bool {
    name.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'))
}

fn comes_from(joint: &Joint, part: &str) -> bool {
    outline::names(&joint.value).iter().any(|name| is_of(name, part))
}

fn frame(svg: &mut String, (x, width): (usize, usize), y: usize, height: usize, class: &str) {
    let _ =
        write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\" />");
}

fn text(svg: &mut String, x: usize, y: usize, class: &str, text: &str) {
    let _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

fn arrow(svg: &mut String, path: &str) {
    let _ = write!(svg, "<path class=\"process-sketch__arrow\" d=\"{path}\" marker-end=\"url(#process-arrow)\" />");
}

/// Names at the left of an area, values at its right.
fn list(svg: &mut String, (x, width): (usize, usize), top: usize, lines: &[Line]) {
    for (place, Line { text, quantity }) in lines.iter().enumerate() {
        let y = top + place * LINE + 16;
        // Cut where the value begins: an SVG does not wrap.
        let room = quantity.map_or(0, |_| 105);
        let most = (width - room) / 7;
        let short: String = if text.chars().count() > most {
            text.chars().take(most - 1).chain(['\u{2026}']).collect()
        } else {
            text.clone()
        };
        let _ = write!(svg, "<text class=\"process-sketch__text\" x=\"{x}\" y=\"{y}\">{}", escaped(&short));
        if short != *text {
            let _ = write!(svg, "<title>{}</title>", escaped(text));
        }
        svg.push_str("</text>");
        if let Some(number) = quantity {
            let right = x + width;
            let _ = write!(
                svg,
                "<text class=\"process-sketch__value\" x=\"{right}\" y=\"{y}\" data-number=\"{number}\">\u{2013}</text>"
            );
        }
    }
}
