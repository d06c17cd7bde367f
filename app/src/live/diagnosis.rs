//! What the twin finds of its asset, in words: what is not as expected and why, and what it has come to believe.

use twin::{
    Span, Timestamp, Twin,
    detect::{Alarm, Change, words},
    model::{Latent, LatentKind},
    twin::Band,
};

use super::{asset::LiveAsset, calibration};
use crate::wording::{self, escaped};

/// A 90 % interval is so many standard deviations wide.
const WIDTH: f64 = 3.29;
/// An estimate so many standard deviations away from what it was is another.
const OTHER: f64 = 3.0;
/// So many entries later causes are looked for again.
pub const ASKED_EVERY: u64 = 64;

/// Which alarm causes are asked for, and after how much.
pub type Question = Option<(Timestamp, u64)>;

impl LiveAsset {
    /// What to ask for the causes of: of the first alarm, and again while it goes on.
    pub fn question(&self) -> Question {
        let alarm = *self.twin.as_ref()?.alarms().first()?;
        Some((alarm.began, self.seq / ASKED_EVERY))
    }

    /// Which signals are not as expected, for those who hear it: it changes with these alone.
    pub fn announcement(&self) -> String {
        let alarms = self.twin.as_ref().map(Twin::alarms).unwrap_or_default();
        let title = |alarm: &Alarm| {
            let signal = alarm.signal.and_then(|number| self.model.signals.get(usize::from(number)));
            signal.map_or("all together", |signal| signal.title.as_str())
        };
        match &alarms.iter().map(title).collect::<Vec<&str>>()[..] {
            [] => String::new(),
            titles => format!("Not as expected: {}", titles.join(", ")),
        }
    }

    /// What is not as expected, as HTML; `causes` are those of what began then, `instant` writes a time.
    pub fn findings(&self, causes: &Option<(Timestamp, String)>, instant: impl Fn(Timestamp) -> String) -> String {
        let Some(twin) = self.twin.as_ref() else {
            let told = |alarm: Alarm| {
                format!(
                    "<p class=\"diagnosis__finding\">{}</p><p class=\"diagnosis__why\">Since {}, as the server\u{2019}s twin finds.</p>",
                    escaped(&words::finding(&self.model, &alarm)),
                    // The server, which writes it first, knows nobody's zone.
                    wording::iso_instant(alarm.began),
                )
            };
            let told = self.found().and_then(|found| found.alarm).map(told).unwrap_or_default();
            return format!("{told}<p class=\"diagnosis__calm\">The twin has not started in this page yet.</p>");
        };
        let (learning, alarms) = (self.learning(&instant), twin.alarms());
        let mut html = String::new();
        if !learning.is_empty() {
            html += &format!("<p class=\"diagnosis__calm\">{learning}</p>");
        } else if alarms.is_empty() {
            let words = if self.measures() {
                "All is measured as expected."
            } else if self.model.gauges.iter().any(|gauge| gauge.compares()) {
                "All is as it was learned."
            } else {
                "Nothing says what to expect of what is measured."
            };
            html += &format!("<p class=\"diagnosis__calm\">{words}</p>");
        }
        for (place, alarm) in alarms.iter().enumerate() {
            let how = match alarm.change {
                Change::Shift => "suddenly",
                Change::Drift => "slowly",
                Change::Joint => "together",
                Change::Learned(_) => "by what was learned",
            };
            html += "<p class=\"diagnosis__finding\">";
            html += &escaped(&words::finding(&self.model, alarm));
            html += &format!("</p><p class=\"diagnosis__why\">Since {}, {how}. ", instant(alarm.began));
            if place == 0 && !matches!(alarm.change, Change::Learned(_)) {
                let known = causes.as_ref().filter(|(began, _)| *began == alarm.began);
                match known.map(|(_, causes)| causes.as_str()) {
                    None => html += "Looking for its cause\u{2026}",
                    Some("") => html += "No single change accounts for it: it may be the model that does not fit.",
                    Some(causes) => html += &format!("Likely: {}.", escaped(causes)),
                }
                let calibrated = self.calibration_since(alarm.began);
                html += &format!(" <a href=\"{calibrated}\">Calibrate the model since then</a>");
            }
            html += "</p>";
        }
        html
    }

    /// How far it is learnt what is normal, since when anew and until when; empty where it is.
    pub fn learning(&self, instant: impl Fn(Timestamp) -> String) -> String {
        let Some(twin) = self.twin.as_ref().filter(|twin| twin.learnt() < 1.0) else { return String::new() };
        // What was taken over for another model than today's is nothing to learn from.
        let is_why = |taken: Timestamp| twin.learns_since().is_none_or(|since| taken <= since);
        let taken = self.events.iter().find(|event| event.kind == wire::taken::KIND && is_why(event.t));
        let anew = taken.map_or_else(String::new, |taken| {
            format!(", anew since parameters were taken over on {}", instant(taken.t))
        });
        let until = twin.learnt_by().map_or_else(String::new, |by| format!(" That is until about {}.", instant(by)));
        format!(
            "Learning what is normal{anew}: {:.0}\u{a0}%. Signals that are not known well enough are not said to be unexpected: \
             they give no alarm.{until}",
            100.0 * twin.learnt()
        )
    }

    /// Where the model is calibrated over what came since `began`.
    fn calibration_since(&self, began: Timestamp) -> String {
        let to = self.newest().unwrap_or(began).max(began + Span::MINUTE);
        escaped(&calibration::address(&self.view.id, began, to))
    }

    /// The calibrated parameters as they were when it was learnt what is normal, and as they are, as HTML; nothing where
    /// there are none, or before.
    pub fn beliefs(&self) -> String {
        let Some(twin) = self.twin.as_ref() else { return String::new() };
        let (now, normal) = (twin.latents(), twin.normal_latents());
        let row = |((latent, now), [was, deviation]): ((&Latent, &Band), &[f64; 2])| {
            if latent.kind != LatentKind::Parameter {
                return String::new();
            }
            let own = (now.high - now.low) / WIDTH;
            let sigmas = (now.mean - was).abs() / (own * own + deviation * deviation).sqrt();
            let class = if sigmas > OTHER { " class=\"diagnosis__other\"" } else { "" };
            let part = 100.0 * (now.mean - was) / was.abs();
            let change = if part.is_finite() && part.abs() < 1e4 {
                wording::signed(part, 1, "%")
            } else {
                "\u{2013}".to_string()
            };
            let value = |x: f64| escaped(&wording::as_set(significant(x), &latent.unit));
            let title = escaped(&latent.title);
            format!(
                "<tr{class}><th scope=\"row\">{title}</th><td>{}</td><td>{}</td><td>{change}</td></tr>",
                value(*was),
                value(now.mean)
            )
        };
        let rows: String = self.model.latents.iter().zip(&now).zip(normal).map(row).collect();
        if rows.is_empty() {
            return rows;
        }
        format!(
            "<details><summary>What the twin has calibrated</summary><table><thead><tr><th \
             scope=\"col\">Parameter</th><th scope=\"col\">When normal</th><th scope=\"col\">Now</th><th scope=\"col\">\
             Change</th></tr></thead><tbody>{rows}</tbody></table><p><a href=\"/assets/{}/calibration\">Calibrate them over a \
             window</a></p></details>",
            self.view.id
        )
    }
}

/// A number to four digits that count.
fn significant(x: f64) -> f64 {
    wire::number::read(&format!("{x:.3e}")).unwrap_or(x)
}
