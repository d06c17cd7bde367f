//! The period and the part of the plant, in words and as choices.

use services::kpi::{
    Question,
    calendar::{self, Length, MOST_BACK, Window},
    report::{OfAsset, Scope},
};
use twin::{Clock, Span, Timestamp};

use super::{
    Found,
    address::{self, Address, BACK, PERIOD},
};
use crate::figures::{Choice, Picker};

pub fn title(found: &Found) -> String {
    match &found.address.question.scope {
        Scope::Plant => found.services.catalog.title.clone(),
        Scope::Place(path) => path.replace('/', " / "),
        Scope::Asset(id) => match found.services.catalog.assets().iter().find(|asset| asset.id.as_str() == id) {
            Some(asset) => asset.title.clone(),
            None => id.clone(),
        },
    }
}

/// The asset whose period is named: one whose time is that of the wall, where there is one.
pub fn named<'a>(found: &'a Found) -> Option<&'a OfAsset> {
    let assets = &found.report.assets;
    assets.iter().find(|of| of.clock == Clock::Wall).or(assets.first())
}

/// `Week 14, 31 March to 6 April 2008, until now: Wednesday 2 April, 15:40 (UTC)`.
pub fn period(found: &Found) -> String {
    let kpi = found.services.catalog.kpi();
    let Some(named) = named(found) else { return String::new() };
    let say = |t: Timestamp, how: &str| calendar::zoned(&kpi.zone, t).strftime(how).to_string();
    let Window { period, is_running, .. } = named.window;
    let length = found.address.question.length;
    let is_other = |of: &OfAsset| match length {
        // What is kept of each begins when it will: only a live one and one that is played back have another time.
        Length::All => std::mem::discriminant(&of.clock) != std::mem::discriminant(&named.clock),
        _ => of.window.period.from != period.from,
    };
    let (others, same): (Vec<_>, Vec<_>) = found.report.assets.iter().partition(|of| is_other(of));
    let from = same.iter().map(|of| of.window.period.from).min().unwrap_or(period.from);
    let name = match length {
        Length::Day => say(from, "%A %-d %B %Y"),
        Length::Week => {
            // Half a day more or less is a change of clocks at most.
            let last = from + Span(6 * Span::DAY.0 + 12 * Span::HOUR.0);
            format!("Week {}, {} to {}", say(from, "%-V"), say(from, "%-d %B"), say(last, "%-d %B %Y"))
        }
        Length::Month => say(from, "%B %Y"),
        Length::Quarter => {
            let quarter = (calendar::local(&kpi.zone, from).month() - 1) / 3 + 1;
            format!("Quarter {quarter} of {}", say(from, "%Y"))
        }
        Length::Year => say(from, "%Y"),
        Length::All => format!("All since {}", say(from, "%-d %B %Y, %H:%M")),
    };
    let until =
        if is_running { format!(", until now: {}", say(period.to, "%A %-d %B %Y, %H:%M")) } else { String::new() };
    let others = match length {
        Length::All if !others.is_empty() => {
            "; assets with another clock since their own beginning, until their own now".into()
        }
        _ if !others.is_empty() => format!("; assets with another clock in the {} of their own time", unit(length)),
        _ if same.iter().any(|of| of.window.period.to != period.to) => {
            ", and each other asset until its own now".into()
        }
        _ => String::new(),
    };
    format!("{name}{until}{others} ({})", kpi.zone_name)
}

/// The period before, as it is compared with: `the same part of the week before`.
pub fn before(found: &Found) -> String {
    let name = match found.address.question.length {
        Length::Day => "the day before",
        Length::Week => "the week before",
        Length::Month => "the month before",
        Length::Quarter => "the quarter before",
        Length::Year => "the year before",
        Length::All => return String::new(),
    };
    if found.address.question.back == 0 { format!("the same part of {name}") } else { name.to_owned() }
}

fn name(length: Length) -> &'static str {
    match length {
        Length::Day => "Day",
        Length::Week => "Week",
        Length::Month => "Month",
        Length::Quarter => "Quarter",
        Length::Year => "Year to date",
        Length::All => "All",
    }
}

fn unit(length: Length) -> String {
    name(length).split(' ').next().unwrap_or_default().to_lowercase()
}

pub fn picker(found: &Found) -> Picker {
    let asked = &found.address.question;
    let to = |length, back| Address::link(&Question { length, back, scope: asked.scope.clone() });
    let length = |length: Length| Choice {
        text: name(length).to_owned(),
        link: to(length, 0),
        is_chosen: length == asked.length,
    };
    let step = |text: String, back| Choice { text, link: to(asked.length, back), is_chosen: false };
    let unit = unit(asked.length);
    let is_stepped = asked.length != Length::All;
    // Each in its own time.
    let has_earlier = found.report.assets.iter().any(|of| of.first.is_some_and(|first| first < of.window.period.from));
    let earlier = is_stepped && has_earlier && asked.back < MOST_BACK;
    let mut kept = vec![(PERIOD.to_owned(), asked.length.as_str().to_owned())];
    if asked.back > 0 {
        kept.push((BACK.to_owned(), asked.back.to_string()));
    }
    Picker {
        lengths: Length::ALL.into_iter().map(length).collect(),
        earlier: earlier.then(|| step(format!("Earlier {unit}"), asked.back + 1)),
        again: Choice { text: "Bring up to date".into(), link: to(asked.length, asked.back), is_chosen: false },
        later: (asked.back > 0).then(|| step(format!("Later {unit}"), asked.back - 1)),
        scopes: scopes(found),
        scope: address::value(&asked.scope),
        kept,
    }
}

/// The plant, each of its places and each asset below its place, as it stands in the hierarchy.
fn scopes(found: &Found) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), "The whole plant".to_owned())];
    let mut assets: Vec<_> = found.services.catalog.assets().iter().collect();
    assets.sort_by(|one, other| one.path.cmp(&other.path));
    let indent = |depth: usize| "\u{2003}".repeat(depth);
    let mut named: Vec<String> = Vec::new();
    for asset in assets {
        let parts: Vec<&str> = asset.path.split('/').filter(|part| !part.is_empty()).collect();
        for depth in 0..parts.len() {
            let place = parts[..=depth].join("/");
            if !named.contains(&place) {
                all.push((place.clone(), format!("{}{}", indent(depth + 1), parts[depth])));
                named.push(place);
            }
        }
        let scope = Scope::Asset(asset.id.to_string());
        all.push((address::value(&scope), format!("{}{}", indent(parts.len() + 1), asset.title)));
    }
    let asked = address::value(&found.address.question.scope);
    if all.iter().all(|(value, _)| *value != asked) {
        all.push((asked.clone(), format!("{asked} (not in the plant)")));
    }
    all
}
