//! What happened, marked above the lines of a chart: SVG of its own, which is drawn anew without the picture below it.

use std::fmt::Write;

use twin::{Model, Span, Timestamp, whatif::Met};
use wire::view::{FlagView, Tone};

use crate::{
    live::{asset::LiveAsset, hint, stretch::Stretch},
    wording,
};

/// Flags that stand closer than so many pixels of the page share one pole.
const NEAR: f64 = 12.0;
/// A flag so near to the right edge flies to the left.
const ROOM: f64 = 10.0;
/// What one title names.
const NAMED: usize = 6;

/// A pole with the flags that share it.
#[derive(Debug, Clone, PartialEq)]
struct Pole<'a> {
    /// Its place as a share of the chart's width; `None` where all of it began before the chart does.
    share: Option<f64>,
    /// How far the last of them goes on.
    until: f64,
    tone: Tone,
    flags: Vec<&'a FlagView>,
}

/// Flags in order of time as those that are in sight of a chart so many pixels wide share poles.
fn poles(flags: &[FlagView], stretch: Stretch, css_width: f64) -> Vec<Pole<'_>> {
    let mut poles: Vec<Pole<'_>> = Vec::new();
    for flag in flags {
        let (share, until) = (stretch.share(flag.t), stretch.share(flag.until.unwrap_or(flag.t)));
        if share > 1.0 || until < 0.0 {
            continue;
        }
        let place = (share >= 0.0).then_some(share);
        let is_near = |pole: &&mut Pole<'_>| match (pole.share, place) {
            (Some(at), Some(share)) => (share - at) * css_width < NEAR,
            (at, share) => at == share,
        };
        match poles.last_mut().filter(is_near) {
            Some(pole) => {
                pole.until = pole.until.max(until);
                pole.tone = pole.tone.max(flag.tone);
                pole.flags.push(flag);
            }
            None => poles.push(Pole { share: place, until, tone: flag.tone, flags: vec![flag] }),
        }
    }
    poles
}

/// Flags in order of time over a chart that shows `stretch`; `instant` writes when each was.
pub fn svg(flags: &[FlagView], stretch: Stretch, css_width: f64, instant: &dyn Fn(Timestamp) -> String) -> String {
    let mut out = String::new();
    for Pole { share, until, tone, flags } in poles(flags, stretch, css_width) {
        let class = match tone {
            Tone::Plain => "plain",
            Tone::Foreseen => "foreseen",
            Tone::Warn => "warn",
            Tone::Alarm => "alarm",
        };
        let (begin, end) = (share.unwrap_or(0.0), until.min(1.0));
        // Writing to a string does not fail.
        let _ = write!(out, "<g class=\"trend-plot__flag trend-plot__flag--{class}\"><title>");
        for (number, flag) in flags.iter().take(NAMED).enumerate() {
            let next = if number == 0 { "" } else { "\n" };
            let _ = write!(out, "{next}{} {}", instant(flag.t), wording::escaped(&flag.words));
        }
        if flags.len() > NAMED {
            let _ = write!(out, "\nand {} more", flags.len() - NAMED);
        }
        out += "</title>";
        if end > begin {
            let (x, width) = (begin * 100.0, (end - begin) * 100.0);
            let _ =
                write!(out, "<rect class=\"trend-plot__flag-span\" x=\"{x:.2}%\" width=\"{width:.2}%\" height=\"3\"/>");
        }
        if let Some(share) = share {
            let x = share * 100.0;
            let cloth = if (1.0 - share) * css_width < ROOM { "M0 0h-9l3 4-3 4h9z" } else { "M0 0h9l-3 4 3 4h-9z" };
            let _ = write!(
                out,
                "<line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"100%\"/>\
                 <svg x=\"{x:.2}%\"><rect x=\"-10\" width=\"20\" height=\"16\" fill-opacity=\"0\"/><path d=\"{cloth}\"/></svg>"
            );
        }
        out += "</g>";
    }
    out
}

/// What happened within `reach` of `t`, or went on there.
pub fn words_at(flags: &[FlagView], t: Timestamp, reach: Span) -> String {
    let is_there = |flag: &&FlagView| flag.t.0 - reach.0 <= t.0 && t.0 <= flag.until.unwrap_or(flag.t).0 + reach.0;
    let mut words = String::new();
    for flag in flags.iter().filter(is_there).take(NAMED) {
        words += " \u{b7} ";
        words += &flag.words;
    }
    words
}

/// What half of the members of an asset's future meet, by when they do: failures, and the ends of the quantity's normal band.
pub fn foreseen(asset: &LiveAsset, quantity: usize) -> Vec<FlagView> {
    let Some(future) = asset.baseline() else { return Vec::new() };
    let Some(begin) = future.times.first() else { return Vec::new() };
    let is_of = |met: Met, model: &Model| match met {
        Met::Failure(_) => true,
        Met::Limit(limit) => {
            model.limits.get(usize::from(limit)).is_some_and(|limit| usize::from(limit.quantity) == quantity)
        }
    };
    let own = future.crossings.iter().filter(|crossing| is_of(crossing.met, &asset.model));
    let flag = |crossing: &twin::whatif::Crossing| {
        let t = crossing.quantile(0.5).filter(|t| t > begin)?;
        let words = format!("foreseen: {}", hint::what(crossing.met, &asset.model));
        Some(FlagView { t, until: None, tone: Tone::Foreseen, words })
    };
    own.filter_map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: i64) -> Timestamp {
        Timestamp(secs * 1_000_000)
    }

    fn flag(t: i64, until: Option<i64>, tone: Tone, words: &str) -> FlagView {
        FlagView { t: secs(t), until: until.map(secs), tone, words: words.into() }
    }

    fn drawn(flags: &[FlagView]) -> String {
        let instant = |t: Timestamp| format!("{} s", t.0 / 1_000_000);
        svg(flags, Stretch::new(secs(0), secs(100)), 200.0, &instant).replace("</g>", "</g>\n")
    }

    #[test]
    fn flags_at_both_edges() {
        insta::assert_snapshot!(drawn(&[
            flag(-10, Some(20), Tone::Warn, "silence"),
            flag(0, None, Tone::Plain, "start"),
            flag(90, Some(150), Tone::Alarm, "failure: <belt> torn"),
            flag(100, None, Tone::Foreseen, "foreseen: empty"),
            flag(101, None, Tone::Alarm, "out of sight"),
        ]));
    }

    #[test]
    fn flags_in_a_crowd() {
        let many: Vec<FlagView> = (0..9).map(|n| flag(40 + n / 3, None, Tone::Warn, &format!("gap {n}"))).collect();
        let drawn = drawn(&many);
        assert_eq!(drawn.matches("<line").count(), 1, "they share a pole");
        insta::assert_snapshot!(drawn);
    }

    #[test]
    fn no_flags() {
        assert_eq!(drawn(&[]), "");
        assert_eq!(drawn(&[flag(-10, Some(-5), Tone::Warn, "before"), flag(200, None, Tone::Warn, "after")]), "");
    }

    #[test]
    fn a_cursor_reads_what_is_near_it_or_goes_on_there() {
        let flags = [flag(10, Some(50), Tone::Warn, "silence"), flag(60, None, Tone::Plain, "repair")];
        let read = |t| words_at(&flags, secs(t), Span(2_000_000));
        assert_eq!(
            (read(30).as_str(), read(58).as_str(), read(55).as_str()),
            (" \u{b7} silence", " \u{b7} repair", "")
        );
    }
}
