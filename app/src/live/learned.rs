//! What was learned of an asset, in words and small pictures: the life that is left, how far from normal, a state, a reading.

use twin::{
    Span,
    detect::Change,
    gauge::{Ahead, Gauge, Kind, Learnt, Remaining},
    model::Role,
    twin::Band,
};

use super::asset::LiveAsset;
use crate::{
    live::{outlook::Meeting, trace::BandPoint},
    wording::{self, escaped},
};

/// How long an asset lasts.
struct Life {
    low: Span,
    middle: Span,
    high: Option<Span>,
    /// In what is counted, where something is.
    rows: Option<(Remaining, String)>,
    /// Where the picture of it ends.
    most: Span,
}

impl LiveAsset {
    /// How long the asset lasts as a bar and in words, as HTML; nothing where nobody knows.
    pub fn life(&self, now: twin::Timestamp) -> String {
        let Some(life) = self.learned_life().or_else(|| self.foreseen_life(now)) else { return String::new() };
        let Life { low, middle, high, rows, most } = &life;
        let span = |span: &Span| escaped(&wording::span(*span));
        // What is not told apart may last for longer.
        let open = if high.is_some_and(|high| high >= *most) { " or more" } else { "" };
        let high_words = high.as_ref().map_or_else(|| format!("beyond {}", span(most)), span);
        let words = match rows {
            Some((Remaining { low: a, middle: b, high: c }, word)) => {
                let plural = if (b - 1.0).abs() < 0.5 { "" } else { "s" };
                format!(
                    "<strong>{b:.0} {}{plural} left</strong> (90 %: {a:.0} to {c:.0}{open}), {} ({} to {high_words}{open})",
                    escaped(word),
                    span(middle),
                    span(low),
                )
            }
            None => format!("<strong>{} left</strong> (90 %: {} to {high_words})", span(middle), span(low)),
        };
        let share = |span: Span| (100.0 * span.0 as f64 / most.0.max(1) as f64).clamp(0.0, 100.0);
        let (from, at, to) = (share(*low), share(*middle), share(high.unwrap_or(*most)));
        format!(
            "<svg class=\"life-bar__bar\" aria-hidden=\"true\"><rect class=\"life-bar__track\" width=\"100%\" rx=\"3\"/>\
             <rect class=\"life-bar__band\" x=\"{from:.1}%\" width=\"{:.1}%\"/>\
             <line class=\"life-bar__middle\" x1=\"{at:.1}%\" x2=\"{at:.1}%\" y1=\"0\" y2=\"100%\"/></svg>\
             <span>{words}</span>",
            to - from,
        )
    }

    /// Whether a part of the model says how long the asset lasts.
    pub fn has_life(&self) -> bool {
        self.model.gauges.iter().any(|gauge| matches!(gauge.kind, Kind::Life | Kind::Fade))
    }

    fn learned_life(&self) -> Option<Life> {
        let of = |(gauge, learnt): (&Gauge, &Learnt)| {
            let rows = learnt.remaining?;
            let most = gauge.most.unwrap_or_else(|| (rows.high / 100.0).ceil() * 100.0);
            let [low, middle, high, most] = [rows.low, rows.middle, rows.high, most].map(|rows| gauge.span_of(rows));
            let rows = gauge.row.clone().map(|word| (rows, word));
            Some(Life { low, middle, high: Some(high), rows, most })
        };
        self.model.gauges.iter().zip(&self.learned).find_map(of)
    }

    /// By when the first failure stops the asset, by its forecast.
    fn foreseen_life(&self, now: twin::Timestamp) -> Option<Life> {
        let baseline = self.baseline()?;
        let stops = baseline
            .crossings
            .iter()
            .filter(|crossing| crossing.failure(&self.model).is_some_and(|failure| failure.severity == "stop"));
        let first = stops.filter_map(|crossing| match Meeting::of(crossing, now) {
            Meeting::In { mid, low, high } => Some((mid, low, high)),
            _ => None,
        });
        let (middle, low, high) = first.min_by_key(|(mid, ..)| *mid)?;
        Some(Life { low, middle, high, rows: None, most: self.model.horizon })
    }

    /// How long the asset lasts, where that is less than its page looks ahead.
    pub fn ends_within_horizon(&self) -> Option<Span> {
        self.learned_life().map(|life| life.middle).filter(|left| *left <= self.model.horizon)
    }

    /// The state that was found, where it is not as it should be: `Cooler: worn`.
    pub fn state_found(&self) -> Option<String> {
        let alarm = self.found()?.alarm?;
        let Change::Learned(number) = alarm.change else { return None };
        let gauge = self.model.gauges.get(usize::from(number))?;
        Some(format!("{}: {}", gauge.title, gauge.title_of(alarm.state?)))
    }

    /// What stands of it on a tile in a line, and whether it is a warning; nothing where a bar says all.
    pub fn learned_hint(&self) -> Option<(String, bool)> {
        let alarm = self.found().and_then(|found| found.alarm);
        if let Some(alarm) = alarm.filter(|alarm| matches!(alarm.change, Change::Learned(_))) {
            return Some((twin::detect::words::finding(&self.model, &alarm), true));
        }
        if self.model.has_physics() {
            return None;
        }
        let of = |(gauge, learnt): (&Gauge, &Learnt)| {
            if let Some(state) = learnt.state {
                return Some(format!("{}: {}", gauge.title, gauge.title_of(state)));
            }
            learnt.ratio.map(|ratio| format!("As learned: {} of its limit", wording::number(ratio, 2)))
        };
        let said = self.model.gauges.iter().zip(&self.learned).find_map(of);
        let ends = self.ends_within_horizon().map(|left| format!("Likely to fail within {}", wording::span(left)));
        Some((ends.clone().or(said).unwrap_or_default(), ends.is_some()))
    }

    /// What gauges say besides how long the asset lasts, as HTML.
    pub fn learned_html(&self) -> String {
        let mut html = String::new();
        for (number, (gauge, learnt)) in self.model.gauges.iter().zip(&self.learned).enumerate() {
            let said = self.said_of(number, gauge, learnt);
            if !said.is_empty() {
                html += &format!("<div><h3>{}</h3>{said}</div>", escaped(&gauge.title));
            }
        }
        html
    }

    fn said_of(&self, number: usize, gauge: &Gauge, learnt: &Learnt) -> String {
        if learnt.at.is_none() {
            return "<p>No whole row has come yet.</p>".to_string();
        }
        let mut html = String::new();
        if let Some(state) = learnt.state {
            let of = |(own, title): &(u32, String)| {
                let class = match (*own == state, Some(*own) == gauge.normal) {
                    (false, _) => "learned-card__state",
                    (true, true) => "learned-card__state learned-card__state--now",
                    (true, false) => "learned-card__state learned-card__state--now learned-card__state--wrong",
                };
                let current = if *own == state { " aria-current=\"true\"" } else { "" };
                format!("<li class=\"{class}\"{current}>{}</li>", escaped(title))
            };
            html += &format!("<ul>{}</ul>", gauge.states.iter().map(of).collect::<String>());
        }
        if let Some(ratio) = learnt.ratio {
            let (class, words) = match learnt.found {
                Some(_) => (" learned-card--beyond", "not as learned"),
                None => ("", "as learned"),
            };
            // The limit is in the middle.
            let share = (50.0 * ratio).clamp(0.0, 100.0);
            html += &format!(
                "<svg class=\"learned-card__bar\" aria-hidden=\"true\"><rect class=\"learned-card__track\" width=\"100%\" \
                 rx=\"3\"/><rect class=\"learned-card__level{class}\" width=\"{share:.1}%\" rx=\"3\"/><line \
                 class=\"learned-card__limit\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"100%\"/><line \
                 class=\"learned-card__at{class}\" x1=\"{share:.1}%\" x2=\"{share:.1}%\" y1=\"0\" y2=\"100%\"/></svg>\
                 <p><strong>{} of its limit</strong>, {words}{}</p>",
                wording::number(ratio, 2),
                self.most_of_it(gauge, learnt),
            );
        }
        if let Some(estimate) = learnt.estimate {
            let decimals = if estimate.abs() < 100.0 { 2 } else { 0 };
            html +=
                &format!("<p><strong>{}</strong></p>", escaped(&wording::quantity(estimate, decimals, &gauge.unit)));
        }
        if gauge.kind == Kind::Outlook {
            html += &self.ahead(number, gauge);
        }
        html
    }

    fn most_of_it(&self, gauge: &Gauge, learnt: &Learnt) -> String {
        let signal = learnt.signal.filter(|_| gauge.inputs.len() > 1);
        let title = signal.and_then(|number| self.model.signals.get(usize::from(number))).map(|signal| &signal.title);
        title.map_or_else(String::new, |title| format!(", most of it {}", escaped(title)))
    }

    /// The end of the forecast of each channel.
    fn ahead(&self, number: usize, gauge: &Gauge) -> String {
        let Some(twin) = &self.twin else { return String::new() };
        let mut html = String::new();
        for (channel, ahead) in gauge.inputs.iter().zip(twin.forecast(number)) {
            let (Some(signal), Some(Ahead { low, middle, high })) =
                (self.model.signals.get(usize::from(channel.signal)), ahead.last())
            else {
                continue;
            };
            let decimals = wording::decimals(signal.range);
            let words = |value| escaped(&wording::quantity(value, decimals, &signal.unit));
            let within = wording::span(gauge.span_of(ahead.len() as f64));
            html += &format!(
                "<p>{} in {within}: <strong>{}</strong> (90 %: {} to {})</p>",
                escaped(&signal.title),
                words(*middle),
                wording::number(*low, decimals),
                words(*high),
            );
        }
        html
    }

    /// What was learned of the next rows of a quantity, as the band of a future; empty where nothing was.
    pub fn learned_ahead(&self, quantity: usize) -> Vec<BandPoint> {
        let Some(twin) = &self.twin else { return Vec::new() };
        let of = |(number, gauge): (usize, &Gauge)| {
            let at = self.learned.get(number)?.at.filter(|_| gauge.kind == Kind::Outlook)?;
            let place = gauge.inputs.iter().position(|channel| usize::from(channel.signal) == quantity)?;
            let ahead = twin.forecast(number).into_iter().nth(place)?;
            let point = |(row, Ahead { low, middle, high }): (i32, Ahead)| {
                let band = Band { mean: middle, low, mid: middle, high };
                BandPoint { t: at + gauge.span_of(f64::from(row)), band }
            };
            Some((1..).zip(ahead).map(point).collect())
        };
        self.model.gauges.iter().enumerate().find_map(of).unwrap_or_default()
    }

    /// Whether anything measured is compared with what formulas expect.
    pub fn measures(&self) -> bool {
        self.model.signals.iter().any(|signal| matches!(signal.role, Role::Measured { .. }))
    }
}
