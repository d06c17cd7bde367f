//! Telemetry as quarters of days: what each comes to is kept, and is computed anew when samples come into it.

use std::collections::BTreeMap;

use twin::{
    Span, Timestamp,
    kpi::{Cell, Counted, Hold, Interval, Times, gain, pieces, share},
};

use crate::{
    catalog::Asset,
    store::{Reader, StoreError},
};

/// A cell's length, a bin's, and how many bins there are in a cell. Days of every zone begin with a bin.
pub const CELL: Span = Span(6 * Span::HOUR.0);
const BIN: Span = Span(15 * Span::MINUTE.0);
const BINS: usize = (CELL.0 / BIN.0) as usize;
/// How long a value holds where the contract says nothing of gaps.
pub const HOLD: Span = Span::HOUR;

/// The cells of one asset, by their numbers since 1970.
pub type Cells = BTreeMap<i64, Cell>;

/// The number of the cell that `t` is in.
pub fn number(t: Timestamp) -> i64 {
    t.0.div_euclid(CELL.0)
}

fn span(number: i64) -> Interval {
    let from = Timestamp(number.saturating_mul(CELL.0));
    Interval::new(from, from + CELL)
}

/// How long a value of `signal` holds without a next one.
pub fn hold(asset: &Asset, signal: u16) -> Span {
    asset.contract(signal).gap_after.unwrap_or(HOLD)
}

/// The signals that the asset's rules ask for.
pub fn asked(asset: &Asset) -> Vec<u16> {
    let kpi = &asset.kpi;
    let stopped = kpi.stopped.iter().map(|rule| rule.signal);
    let energy = kpi.energy.iter().flat_map(|rule| [Some(rule.signal), rule.times]).flatten();
    let oee = kpi.oee.iter().flat_map(|rule| [rule.pieces, rule.rejects]);
    let mut all: Vec<u16> = stopped.chain(energy).chain(oee).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The cells that a sample at `t` has a part in; `newest` is the newest of its signal before it came. A newer one says
/// how long that one held. A late one may end what was held before, and holds on as far as anything is known.
pub fn touched(
    asset: &Asset,
    signal: u16,
    t: Timestamp,
    newest: Option<Timestamp>,
) -> impl Iterator<Item = i64> + use<> {
    let hold = hold(asset, signal);
    let held = match newest {
        None => number(t)..=number(t),
        Some(newest) if newest < t => number(newest)..=number(t.min(newest + hold)),
        Some(newest) => number(t - hold)..=number(newest.min(t + hold)),
    };
    held.chain([number(t)])
}

/// Computes a cell from what is kept. `newest` is the time of the newest sample of each signal.
pub fn compute(
    reader: &mut Reader,
    number: usize,
    asset: &Asset,
    cell: i64,
    newest: impl Fn(u16) -> Option<Timestamp>,
) -> Result<Cell, StoreError> {
    let span = span(cell);
    let mut held = |signal: u16| -> Result<_, StoreError> {
        let most = hold(asset, signal);
        let samples = reader.samples(number, signal, span.from - most, span.to)?;
        let until = newest(signal).unwrap_or(span.from);
        let inside = samples.partition_point(|(t, _)| *t < span.from);
        let (before, inside) = samples.split_at(inside);
        Ok(pieces(span, before.last().copied(), inside, Hold { most, until }))
    };
    let mut made = Cell::default();
    if let Some(rule) = &asset.kpi.stopped {
        made.note_low(&held(rule.signal)?, rule.below);
    }
    if let Some(rule) = &asset.kpi.energy {
        let one = held(rule.signal)?;
        let other = rule.times.map(&mut held).transpose()?;
        made.add_energy(span, BINS, (&one, other.as_deref()), |value, other| rule.power(value, other));
    }
    if let Some(rule) = &asset.kpi.oee {
        let mut counted = |signal| -> Result<_, StoreError> {
            Ok(Counted::of(span, BINS, &reader.samples(number, signal, span.from, span.to)?))
        };
        (made.made, made.rejected) = (counted(rule.pieces)?, counted(rule.rejects)?);
    }
    Ok(made)
}

fn within(cells: &Cells, period: Interval) -> impl DoubleEndedIterator<Item = (&i64, &Cell)> {
    cells.range(number(period.from)..=number(period.to).max(number(period.from)))
}

/// When the signal of the rule was known.
pub fn known(cells: &Cells, period: Interval) -> Times {
    Times::of(within(cells, period).flat_map(|(_, cell)| &cell.known).map(|known| known.and(period)))
}

/// The stretches in which the signal was low and that reach into `period`, each from its very beginning.
pub fn runs(cells: &Cells, period: Interval) -> Times {
    let mut all: Vec<Interval> = within(cells, period).flat_map(|(_, cell)| cell.low.iter().copied()).collect();
    for (number, cell) in cells.range(..number(period.from)).rev() {
        let goes_on = cell.low.last().is_some_and(|last| last.to == span(*number).to);
        let is_wanted = all.iter().any(|run| run.from == span(*number).to);
        if !(goes_on && is_wanted) {
            break;
        }
        all.extend(cell.low.iter().copied());
    }
    for (number, cell) in cells.range(number(period.to) + 1..) {
        let goes_on = cell.low.first().is_some_and(|first| first.from == span(*number).from);
        if !(goes_on && all.iter().any(|run| run.to == span(*number).from)) {
            break;
        }
        all.extend(cell.low.iter().copied());
    }
    Times::of(Times::of(all).into_iter().filter(|run| !run.and(period).is_empty()))
}

/// Sums what is in the bins of `period`. A bin of which the period has a part counts by as much as the part has of the
/// time in which the bin was told of: `told` says how much of a stretch that is.
fn sum(cells: &Cells, period: Interval, bins: impl Fn(&Cell) -> &[f64], told: impl Fn(&Cell, Interval) -> Span) -> f64 {
    let mut sum = 0.0;
    for (number, cell) in within(cells, period) {
        if span(*number).and(period) == span(*number) {
            sum += bins(cell).iter().sum::<f64>();
            continue;
        }
        for (bin, value) in (0..).zip(bins(cell)) {
            let begin = span(*number).from + Span(BIN.0 * bin);
            let whole = Interval::new(begin, begin + BIN);
            let part = whole.and(period);
            if part == whole {
                sum += value;
            } else if !part.is_empty() {
                sum += value * share(told(cell, part), told(cell, whole)).unwrap_or(0.0);
            }
        }
    }
    sum
}

/// Joules in `period`, and for how much of it they are known.
pub fn energy(cells: &Cells, period: Interval) -> (f64, Times) {
    let known = within(cells, period).flat_map(|(_, cell)| &cell.energy_known);
    let told =
        |cell: &Cell, stretch: Interval| Times::of(cell.energy_known.iter().map(|known| known.and(stretch))).total();
    (sum(cells, period, |cell| &cell.energy, told), Times::of(known.map(|known| known.and(period))))
}

/// The joules of each bin of `period` of which any are known, and when it begins.
pub fn joules(cells: &Cells, period: Interval) -> impl Iterator<Item = (Timestamp, f64)> {
    let bins = |(number, cell): (&i64, &'_ Cell)| {
        let begin = span(*number).from;
        let is_known = |t: Timestamp| {
            let bin = Interval::new(t, t + BIN);
            cell.energy_known.iter().any(|known| !known.and(bin).is_empty())
        };
        let each = (0..).zip(&cell.energy).map(|(bin, joules)| (begin + Span(BIN.0 * bin), *joules));
        each.filter(|(t, _)| is_known(*t)).collect::<Vec<_>>()
    };
    within(cells, period).flat_map(bins).filter(move |(t, _)| period.has(*t))
}

/// By how much a counter rose in `period`; `None` where it told nothing. `told` is the time in which it can have told
/// anything.
pub fn counted(
    cells: &Cells,
    period: Interval,
    told: Interval,
    which: impl Fn(&Cell) -> Option<&Counted>,
) -> Option<f64> {
    let earlier = cells.range(..number(period.from)).rev();
    let mut last = earlier.filter_map(|(_, cell)| which(cell)).map(|counted| counted.last).next();
    let (mut rise, mut is_told) = (0.0, false);
    for (_, cell) in within(cells, period) {
        let Some(counted) = which(cell) else { continue };
        let (t, first) = counted.first;
        if period.has(t) {
            is_told = true;
            rise += last.map_or(0.0, |last| gain(last, first));
        }
        last = Some(counted.last);
    }
    let inside = sum(
        cells,
        period,
        |cell| which(cell).map_or(&[], |counted| &counted.gains),
        |_, stretch| stretch.and(told).length(),
    );
    (is_told || inside > 0.0).then_some(rise + inside)
}
