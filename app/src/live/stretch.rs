//! The stretch of time that the charts of a page show: around now as it goes on, or held where somebody has put it.

use leptos::prelude::*;
use twin::{Span, Timestamp};

use crate::plot::layer::Layers;

/// Nobody looks closer, or at more.
const SHORTEST: i64 = Span::SECOND.0 / 10;
const LONGEST: i64 = Span::DAY.0 * 366 * 20;

/// From one instant to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Stretch {
    /// `from..to`, made longer or shorter about its middle where nobody looks at so little or so much.
    pub fn new(from: Timestamp, to: Timestamp) -> Stretch {
        let length = to.0.saturating_sub(from.0);
        if (SHORTEST..=LONGEST).contains(&length) {
            return Stretch { from, to };
        }
        let (middle, half) = (from.0 / 2 + to.0 / 2, length.clamp(SHORTEST, LONGEST) / 2);
        Stretch { from: Timestamp(middle.saturating_sub(half)), to: Timestamp(middle.saturating_add(half)) }
    }

    pub fn length(&self) -> Span {
        self.to - self.from
    }

    /// The instant at a share of the whole, 0 at its begin and 1 at its end.
    pub fn at(&self, share: f64) -> Timestamp {
        Timestamp(self.from.0.saturating_add((self.length().0 as f64 * share) as i64))
    }

    /// Which share of the whole comes before `t`.
    pub fn share(&self, t: Timestamp) -> f64 {
        (t.0.saturating_sub(self.from.0)) as f64 / self.length().0.max(1) as f64
    }

    /// The part between two shares, in either order.
    pub fn part(&self, a: f64, b: f64) -> Stretch {
        Stretch::new(self.at(a.min(b)), self.at(a.max(b)))
    }

    /// `factor` times as long, with the instant at `share` where it is.
    pub fn scaled(&self, share: f64, factor: f64) -> Stretch {
        let bounded = (self.length().0 as f64 * factor).clamp(SHORTEST as f64, LONGEST as f64);
        let factor = bounded / self.length().0.max(1) as f64;
        self.part(share - share * factor, share + (1.0 - share) * factor)
    }

    /// The same to whole seconds, where they are not seen: for an address that can be read.
    pub fn rounded(&self) -> Stretch {
        if self.length().0 < 600 * Span::SECOND.0 {
            return *self;
        }
        let second = |t: Timestamp| Timestamp(t.0.div_euclid(Span::SECOND.0) * Span::SECOND.0);
        Stretch { from: second(self.from), to: second(self.to) }
    }

    /// The nearest that is as long and lies in `bounds`, or has all of them in it where they are shorter.
    pub fn within(&self, bounds: Stretch) -> Stretch {
        let length = self.length();
        let (first, last) = (bounds.from, bounds.to - length);
        let from = self.from.clamp(first.min(last), first.max(last));
        Stretch { from, to: from + length }
    }

    /// The stretch that begins later by a share of its own length.
    pub fn moved(&self, share: f64) -> Stretch {
        let by = (self.length().0 as f64 * share) as i64;
        Stretch { from: Timestamp(self.from.0.saturating_add(by)), to: Timestamp(self.to.0.saturating_add(by)) }
    }
}

/// Which stretch of time is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// One horizon of the model back, and one ahead: it follows now.
    #[default]
    Around,
    /// So long until now: it follows now, too.
    Last(Span),
    Held(Stretch),
}

/// Stretches until now that have a name, as addresses have it and as people read it.
pub const PASTS: [(&str, &str, Span); 6] = [
    ("1h", "Last hour", Span::HOUR),
    ("6h", "Last 6 hours", Span(6 * Span::HOUR.0)),
    ("1d", "Last 24 hours", Span::DAY),
    ("7d", "Last 7 days", Span(7 * Span::DAY.0)),
    ("30d", "Last 30 days", Span(30 * Span::DAY.0)),
    ("365d", "Last 365 days", Span(365 * Span::DAY.0)),
];

impl View {
    /// What an address asks for: as `past=6h`, or as `from` and `to`. Why not, where nobody can show that.
    pub fn asked(from: Option<Timestamp>, to: Option<Timestamp>, past: Option<&str>) -> Result<View, &'static str> {
        match (from, to) {
            (Some(from), Some(to)) if from >= to => Err("The stretch of time in the address ends before it begins"),
            (Some(from), Some(to)) if to.0.saturating_sub(from.0) > LONGEST + Span::MINUTE.0 => {
                Err("The stretch of time in the address is longer than 20 years")
            }
            (Some(from), Some(to)) => Ok(View::Held(Stretch::new(from, to))),
            _ => {
                let known = PASTS.iter().find(|(name, ..)| Some(*name) == past);
                known
                    .map(|(_, _, span)| View::Last(*span))
                    .ok_or("The address does not say which stretch of time it asks for")
            }
        }
    }

    /// What is shown at `now`, of a model with this horizon; whoever follows now moves by whole pixels of `columns`, so
    /// that lines do not tremble while they scroll.
    pub fn at(&self, now: Timestamp, horizon: Span, columns: usize) -> Stretch {
        let (back, ahead) = match *self {
            View::Held(stretch) => return stretch,
            View::Around => (horizon.0.max(1), horizon.0.max(1)),
            View::Last(span) => (span.0.max(1), 0),
        };
        let pixel = ((back + ahead) / columns.max(1) as i64).max(1);
        let from = (now.0 - back).div_euclid(pixel) * pixel;
        // The newest sample is in sight.
        let end = if ahead == 0 { pixel } else { 0 };
        Stretch { from: Timestamp(from), to: Timestamp(from + back + ahead + end) }
    }

    /// What is held follows now again; what follows now is held at `shown`.
    pub fn turned(&self, shown: Stretch) -> View {
        if self.is_held() { View::Around } else { View::Held(shown) }
    }

    pub fn is_held(&self) -> bool {
        matches!(self, View::Held(_))
    }
}

/// What all charts of a page show alike.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    pub view: RwSignal<View>,
    /// The instant that is pointed at.
    pub cursor: RwSignal<Option<Timestamp>>,
    /// Which lines are drawn.
    pub layers: RwSignal<Layers>,
    /// From the first entry to the end of what is foreseen, once somebody looks elsewhere than around now: whoever moves a
    /// chart comes no further.
    pub bounds: RwSignal<Option<Stretch>>,
    /// Why the stretch of time that the address asks for is not shown, until somebody chooses another; empty where it is.
    pub misread: RwSignal<&'static str>,
}

impl Shown {
    pub fn new(view: View) -> Shown {
        Shown {
            view: RwSignal::new(view),
            cursor: RwSignal::new(None),
            layers: RwSignal::default(),
            bounds: RwSignal::new(None),
            misread: RwSignal::new(""),
        }
    }

    /// Shows what somebody chose.
    pub fn choose(&self, view: View) {
        self.misread.set("");
        self.view.set(view);
    }

    /// Holds a stretch to which a chart was moved, within its bounds.
    pub fn hold(&self, stretch: Stretch) {
        let bounds = self.bounds.get_untracked();
        self.choose(View::Held(bounds.map_or(stretch, |bounds| stretch.within(bounds))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(from: i64, to: i64) -> Stretch {
        Stretch::new(Timestamp(from * 1_000_000), Timestamp(to * 1_000_000))
    }

    #[test]
    fn zooming_leaves_what_is_pointed_at_where_it_is() {
        let zoomed = secs(0, 100).scaled(0.25, 0.5);
        assert_eq!((zoomed.from, zoomed.to), (Timestamp(12_500_000), Timestamp(62_500_000)));
        assert_eq!(secs(0, 100).scaled(0.5, 2.0), secs(-50, 150));
    }

    #[test]
    fn a_part_is_the_same_from_either_side() {
        assert_eq!(secs(0, 100).part(0.2, 0.6), secs(20, 60));
        assert_eq!(secs(0, 100).part(0.6, 0.2), secs(20, 60));
    }

    #[test]
    fn moving_keeps_the_length() {
        assert_eq!(secs(0, 100).moved(-0.5), secs(-50, 50));
    }

    #[test]
    fn whoever_moves_a_chart_stays_where_there_is_something() {
        let all = secs(0, 100);
        assert_eq!(secs(20, 60).within(all), secs(20, 60));
        assert_eq!(secs(-30, 10).within(all), secs(0, 40));
        assert_eq!(secs(90, 130).within(all), secs(60, 100));
        // What shows more than there is has all of it in sight.
        assert_eq!(secs(20, 220).within(all), secs(0, 200));
        assert_eq!(secs(-250, -50).within(all), secs(-100, 100));
    }

    #[test]
    fn an_address_that_cannot_be_shown_says_why() {
        let asked = |from, to, past| View::asked(Some(Timestamp(from)), Some(Timestamp(to)), past);
        assert_eq!(asked(0, 7_000_000, Some("1h")), Ok(View::Held(secs(0, 7))));
        assert_eq!(View::asked(None, Some(Timestamp(0)), Some("1h")), Ok(View::Last(Span::HOUR)));
        assert_eq!(View::asked(None, None, Some("2h")), View::asked(Some(Timestamp(0)), None, None));
        assert!(View::asked(None, None, None).unwrap_err().contains("does not say which"));
        assert!(asked(7, 7, Some("1h")).unwrap_err().contains("ends before it begins"));
        // What was moved as far as it goes, to whole seconds, opens again.
        assert!(asked(0, LONGEST + 999_999, None).is_ok());
        assert!(asked(i64::MIN, i64::MAX, None).unwrap_err().contains("longer than 20 years"));
    }

    #[test]
    fn nobody_gets_lost_in_too_little_or_too_much() {
        let tiny = secs(5, 5);
        assert_eq!(tiny.length(), Span(SHORTEST));
        assert_eq!(tiny.scaled(0.5, 0.001).length(), Span(SHORTEST));
        let huge = Stretch::new(Timestamp(i64::MIN), Timestamp(i64::MAX));
        assert!(huge.length().0 <= LONGEST && huge.length().0 > LONGEST - 2);
        assert!(secs(0, 100).scaled(0.3, f64::MAX).length().0 <= LONGEST);
    }

    proptest::proptest! {
        #[test]
        fn an_instant_and_its_share_are_the_same_place(from in -1e9f64..1e9, length in 1f64..1e9, share in -1.0..2.0f64) {
            let stretch = Stretch::new(Timestamp(from as i64), Timestamp((from + length) as i64 + 200_000));
            let back = stretch.share(stretch.at(share));
            proptest::prop_assert!((back - share).abs() < 1e-4, "{back} {share}");
        }
    }

    #[test]
    fn what_follows_now_moves_by_whole_pixels_and_shows_the_newest() {
        let (horizon, columns) = (Span(50_000_000), 100);
        let at = |view: View, t: i64| view.at(Timestamp(t), horizon, columns);
        assert_eq!(at(View::Around, 50_000_000), secs(0, 100));
        assert_eq!(at(View::Around, 50_999_999), secs(0, 100));
        assert_eq!(at(View::Around, 51_000_000), secs(1, 101));
        let last = at(View::Last(Span(100_000_000)), 150_500_000);
        assert_eq!(last, secs(50, 151));
        assert_eq!(at(View::Held(secs(3, 7)), 0), secs(3, 7));
    }
}
