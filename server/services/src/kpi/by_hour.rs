//! Figures by hour of the day and by day, of all assets that share a period.

use jiff::{civil::Date, tz::TimeZone};
use twin::{
    Clock, Span, Timestamp,
    kpi::{Doing, Interval},
};

use super::{calendar, cells, report::OfAsset};

/// More days than these are told by day of the week.
const DAYS: i64 = 31;

/// A figure in every hour of several days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ByHour {
    pub rows: Rows,
    /// Row by row, 24 each; `None` where nothing is known. Seconds lost unplanned, and joules used up: of an hour of a day of
    /// the week, what it comes to on average.
    pub lost: Vec<Option<f64>>,
    pub energy: Vec<Option<f64>>,
    /// How many assets these are of.
    pub assets: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    Days(Vec<Date>),
    /// Monday to Sunday.
    Weekdays,
}

impl Default for Rows {
    fn default() -> Rows {
        Rows::Days(Vec::new())
    }
}

/// The hours of a period, one after the other, and what is summed up in them.
struct Hours {
    from: Timestamp,
    sums: Vec<Option<f64>>,
}

impl Hours {
    fn add(&mut self, t: Timestamp, amount: f64) {
        let place = (t - self.from).0.div_euclid(Span::HOUR.0);
        if let Some(sum) = usize::try_from(place).ok().and_then(|place| self.sums.get_mut(place)) {
            *sum = Some(sum.unwrap_or(0.0) + amount);
        }
    }

    /// The parts of `during` in the hours that it reaches into.
    fn parts(&self, during: Interval) -> impl Iterator<Item = Interval> + use<> {
        let during = during.and(Interval::new(self.from, self.from + Span(Span::HOUR.0 * self.sums.len() as i64)));
        let first = (during.from - self.from).0.div_euclid(Span::HOUR.0);
        let from = self.from;
        let hour = move |n: i64| {
            let begin = from + Span(Span::HOUR.0 * n);
            Interval::new(begin, begin + Span::HOUR).and(during)
        };
        (first..).map(hour).take_while(|part| !part.is_empty())
    }
}

/// Of those of `assets` whose period is that of the first one that lives by the wall's clock; where none does, of the first one.
pub(super) fn by_hour(assets: &[OfAsset], zone: &TimeZone) -> ByHour {
    let own = assets.iter().find(|of| of.clock == Clock::Wall).or(assets.first());
    let Some(own) = own.filter(|of| !of.window.period.is_empty()) else { return ByHour::default() };
    let period = own.window.period;
    // Of all that is kept, each has a beginning of its own.
    let shares = |of: &&OfAsset| {
        let is_same_clock = std::mem::discriminant(&of.clock) == std::mem::discriminant(&own.clock);
        of.window.period.from == period.from || (of.window.before.is_none() && is_same_clock)
    };
    let shared: Vec<&OfAsset> = assets.iter().filter(shares).collect();
    let end = shared.iter().map(|of| of.window.period.to).max().unwrap_or(period.to);
    let first = Timestamp(period.from.0.div_euclid(Span::HOUR.0) * Span::HOUR.0);
    let count = ((end - first).0 as usize).div_ceil(Span::HOUR.0 as usize);
    let hours = || Hours { from: first, sums: vec![None; count] };
    let (mut lost, mut energy) = (hours(), hours());
    for of in &shared {
        for (stretch, doing) in &of.course {
            let took = match doing {
                Doing::Stopped | Doing::Failed => 1.0,
                Doing::Runs | Doing::Planned => 0.0,
                Doing::Rests | Doing::Unknown => continue,
            };
            lost.parts(*stretch).for_each(|part| lost.add(part.from, took * part.length().secs()));
        }
        cells::joules(&of.cells, of.window.period).for_each(|(t, joules)| energy.add(t, joules));
    }
    let begin = calendar::local(zone, first).date();
    let is_long = count as i64 > DAYS * 24;
    let place = |number: usize| {
        let local = calendar::local(zone, first + Span(Span::HOUR.0 * number as i64));
        let row = if is_long {
            local.weekday().to_monday_zero_offset() as usize
        } else {
            (local.date() - begin).get_days() as usize
        };
        24 * row + local.hour() as usize
    };
    let places: Vec<usize> = (0..count).map(place).collect();
    let rows = if is_long {
        Rows::Weekdays
    } else {
        let last = places.last().map_or(0, |last| last / 24);
        Rows::Days((0..=last).map(|n| begin.saturating_add(jiff::Span::new().days(n as i64))).collect())
    };
    let count = match &rows {
        Rows::Days(days) => days.len(),
        Rows::Weekdays => 7,
    };
    let mean = |hours: &Hours| {
        let mut sums = vec![(0.0, 0u32); 24 * count];
        for (place, sum) in places.iter().zip(&hours.sums) {
            if let (Some(sum), Some(own)) = (sum, sums.get_mut(*place)) {
                // An hour that a change of clocks brings twice is one of its day.
                *own = (own.0 + sum, if is_long { own.1 + 1 } else { 1 });
            }
        }
        sums.into_iter().map(|(sum, times)| (times > 0).then(|| sum / f64::from(times))).collect::<Vec<_>>()
    };
    ByHour { rows, lost: mean(&lost), energy: mean(&energy), assets: shared.len() }
}
