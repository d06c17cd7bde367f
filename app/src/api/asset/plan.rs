//! The plant as a plan: boxes in boxes down to the assets, as lists, so that it is read aloud in its order and wraps on a
//! phone; arrows and shapes are drawn. Values stand by the numbers of their quantities, and the page keeps them up to date.

use std::{collections::BTreeMap, fmt::Write};

use services::catalog::{Asset, Catalog};
use twin::model::outline;
use wire::view::PlantView;

use super::sketch::{self, Line};
use crate::{
    components::state_badge,
    live::{asset::LiveAsset, fleet::Fleet, ranking::urgency},
    wording::{self, escaped},
};

/// Quantities that stand in an asset's box: its headline, and what is worth knowing after it.
const VALUES: usize = 2;
const ARROW: &str = "<svg class=\"plant-plan__arrow\" viewBox=\"0 0 20 10\" aria-hidden=\"true\"><path d=\"M0 5H18M13 1l5 4-5 4\" /></svg>";

/// An asset's place in the plan: its number in the plant, and its path from here on.
type Placed<'a> = (usize, &'a str);

/// How assets of a kind are put together: parts, each with what it shows and what it and the next give each other.
type Parts = Vec<(String, Vec<Line>, Vec<(Line, bool)>)>;

pub fn html(catalog: &Catalog, plant: PlantView) -> String {
    let fleet = Fleet::of(plant);
    let assets = catalog.assets();
    let placed: Vec<Placed> = assets.iter().map(|asset| asset.path.as_str()).enumerate().collect();
    let mut drawn = Drawn { html: String::new(), assets, fleet, parts: BTreeMap::new() };
    drawn.level(&placed, 2);
    drawn.html
}

struct Drawn<'a> {
    html: String,
    assets: &'a [Asset],
    fleet: Fleet,
    /// By the hash of the model.
    parts: BTreeMap<[u8; 32], Parts>,
}

impl Drawn<'_> {
    /// The assets that stand here, then the places one level down, each in the order in which the plant names it first.
    fn level(&mut self, placed: &[Placed], heading: usize) {
        let here: Vec<usize> = placed.iter().filter(|(_, rest)| rest.is_empty()).map(|(number, _)| *number).collect();
        let mut below: Vec<(&str, Vec<Placed>)> = Vec::new();
        for (number, rest) in placed.iter().filter(|(_, rest)| !rest.is_empty()) {
            let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
            match below.iter_mut().find(|(own, _)| *own == name) {
                Some((_, inside)) => inside.push((*number, rest)),
                None => below.push((name, vec![(*number, rest)])),
            }
        }
        self.html += "<ul class=\"plant-plan__level\">";
        let mut before = None;
        for number in self.in_flow(&here) {
            self.asset(number, before);
            before = Some(number);
        }
        for (name, inside) in below {
            let _ = write!(self.html, "<li class=\"plant-plan__place\"><h{heading}>{}</h{heading}>", escaped(name));
            self.level(&inside, (heading + 1).min(6));
            self.html += "</li>";
        }
        self.html += "</ul>";
    }

    /// These assets, each after one that feeds it, where there is one among them.
    fn in_flow(&self, here: &[usize]) -> Vec<usize> {
        let feeds =
            |from: usize, to: usize| self.assets[from].feeds.iter().any(|fed| *fed == self.assets[to].id.as_str());
        let is_first = |number: &&usize| !here.iter().any(|other| feeds(*other, **number));
        // What feeds itself in a round begins somewhere: where the plant names it first.
        let mut waiting: Vec<usize> = here.iter().filter(is_first).chain(here).rev().copied().collect();
        let mut flow = Vec::with_capacity(here.len());
        while let Some(number) = waiting.pop() {
            if !flow.contains(&number) {
                flow.push(number);
                waiting.extend(here.iter().rev().filter(|other| feeds(number, **other)));
            }
        }
        flow
    }

    fn asset(&mut self, number: usize, before: Option<usize>) {
        let asset = &self.assets[number];
        let Some(live) = self.fleet.asset(&asset.id) else { return };
        let now = self.fleet.asset_now(live);
        let value = |quantity: usize| value(live, quantity, now);
        let is_fed = before.is_some_and(|before| self.assets[before].feeds.iter().any(|fed| *fed == asset.id.as_str()));
        let html = &mut self.html;
        let _ = write!(
            html,
            "<li class=\"plant-plan__asset\" data-asset=\"{id}\" data-state=\"{}\">{}<a class=\"plant-plan__link\" \
             href=\"/assets/{id}\"><strong class=\"plant-plan__name\">{}</strong><span class=\"plant-plan__state\">{}</span>",
            urgency(live, now).class.name(),
            if is_fed { ARROW } else { "" },
            escaped(&asset.title),
            escaped(&state_badge::words(live, live.condition(now), now)),
            id = asset.id,
        );
        for line in values(asset) {
            row(html, &line, "", &value);
        }
        *html += "</a>";
        let parts = self.parts.entry(asset.model.hash.0).or_insert_with(|| parts(asset));
        if !parts.is_empty() {
            *html += "<ol class=\"plant-plan__parts\" aria-label=\"Parts\">";
            for (place, (title, shown, given)) in parts.iter().enumerate() {
                let _ = write!(html, "<li><span class=\"plant-plan__part\">{}</span>", escaped(title));
                shown.iter().for_each(|line| row(html, line, "", &value));
                for (line, is_down) in given {
                    let other = parts.get(place + 1).map_or("", |(title, ..)| title);
                    let said = if *is_down { "to" } else { "from" };
                    let said = format!("<span class=\"visually-hidden\">{said} {}: </span>", escaped(other));
                    let way = if *is_down { "down" } else { "up" };
                    row(
                        html,
                        line,
                        &format!("<span class=\"plant-plan__way plant-plan__way--{way}\">{ARROW}</span>{said}"),
                        &value,
                    );
                }
                *html += "</li>";
            }
            *html += "</ol>";
        }
        let fed = asset.feeds.iter().filter_map(|fed| self.assets.iter().find(|other| other.id.as_str() == fed));
        let links: Vec<String> =
            fed.map(|other| format!("<a href=\"/assets/{}\">{}</a>", other.id, escaped(&other.title))).collect();
        if !links.is_empty() {
            let _ = write!(html, "<p class=\"plant-plan__feeds\">{ARROW}Feeds <span>{}</span></p>", links.join(", "));
        }
        *html += "</li>";
    }
}

/// The headline of an asset, and what is worth knowing after it.
fn values(asset: &Asset) -> Vec<Line> {
    let mut lines = sketch::shown(asset, "");
    lines.truncate(VALUES);
    lines
}

fn parts(asset: &Asset) -> Parts {
    let (parts, joints) = outline::joints(&asset.text);
    if parts.is_empty() {
        return Vec::new();
    }
    let entries = outline::outline(&asset.whole).unwrap_or_default();
    let one = |(place, part): (usize, &outline::Part)| {
        let mut shown = sketch::shown(asset, &part.name);
        shown.truncate(1);
        let joined = parts.get(place + 1).map_or_else(Vec::new, |next| sketch::between(part, next, &joints));
        let line = |(joint, is_down): (&outline::Joint, bool)| (sketch::joint_line(asset, &entries, joint), is_down);
        (part.title.clone(), shown, joined.into_iter().map(line).collect())
    };
    parts.iter().enumerate().map(one).collect()
}

fn value(live: &LiveAsset, quantity: usize, now: twin::Timestamp) -> (String, bool) {
    let Some(known) = live.model.quantities.get(quantity) else { return (String::new(), false) };
    let value = live.reading(quantity, now).value();
    (wording::quantity(value, wording::decimals(known.range), &known.unit), live.side(quantity, now).is_some())
}

/// A name, and its value where it has one.
fn row(html: &mut String, line: &Line, before: &str, value: &dyn Fn(usize) -> (String, bool)) {
    let _ = write!(html, "<span class=\"plant-plan__row\">{before}<span>{}</span>", escaped(&line.text));
    if let Some(quantity) = line.quantity {
        let (text, is_abnormal) = value(quantity);
        let abnormal = if is_abnormal { " data-abnormal" } else { "" };
        let _ = write!(html, " <b data-number=\"{quantity}\"{abnormal}>{}</b>", escaped(&text));
    }
    *html += "</span>";
}

#[cfg(test)]
mod tests;
