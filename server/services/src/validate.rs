//! Items to samples and events that may be kept, or to rejections.

use twin::{Timestamp, entry::Quality, id::AssetId};

use crate::{
    catalog::{Asset, Catalog, Conversion},
    clocks::Clocks,
    contract::Verdict,
    ingest::{Delivery, Item, Origin, Reading, ReportedEvent, Told, cut},
    quarantine::Said,
};

/// How far ahead of its asset's clock an event may be, in asset time; of a reading, its contract says.
pub const MOST_AHEAD: twin::Span = twin::Span::MINUTE;
/// 1900-01-01T00:00:00Z: nothing was measured by machine before it, and much arithmetic fits after it.
const EARLIEST: Timestamp = Timestamp(-2_208_988_800_000_000);

const LONGEST_TEXT: usize = 2_000;
/// How many bytes are kept of what a refused item says of itself, and of why it was refused.
const LONGEST_REFUSAL: usize = 128;

/// Why an item was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Malformed,
    Topic,
    UnknownAsset,
    UnknownSignal,
    Unit,
    NotFinite,
    Range,
    /// No whole number, or neither 0 nor 1, where one was agreed.
    Kind,
    Future,
    /// Before 1900.
    Past,
    /// The same asset, signal and time (or event id) is kept with another value.
    Conflict,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Malformed => "malformed",
            Reason::Topic => "topic",
            Reason::UnknownAsset => "unknown-asset",
            Reason::UnknownSignal => "unknown-signal",
            Reason::Unit => "unit",
            Reason::NotFinite => "not-finite",
            Reason::Range => "range",
            Reason::Kind => "kind",
            Reason::Future => "future",
            Reason::Past => "past",
            Reason::Conflict => "conflict",
        }
    }
}

/// An item that was not taken in, as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    /// Its place in the delivery.
    pub index: usize,
    pub reason: Reason,
    pub detail: String,
    pub asset: String,
    pub signal: String,
    pub raw: Box<str>,
    pub said: Said,
}

/// On which terms a delivery is taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Terms {
    #[default]
    Usual,
    /// It comes from quarantine: what is refused is told, and not put there again.
    Readmitted(Range),
}

/// Whether the contract's range holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Range {
    #[default]
    Held,
    /// Not this once.
    Waived,
}

/// What a delivery comes to before the store has seen it.
#[derive(Debug)]
pub struct Checked {
    pub(crate) origin: Origin,
    pub(crate) received_at: Timestamp,
    pub(crate) fit: Vec<Fit>,
    pub(crate) rejected: Vec<Rejection>,
    pub(crate) terms: Terms,
}

/// A sample or event that fits the plant; only the store can tell whether it is new.
#[derive(Debug)]
pub(crate) struct Fit {
    pub index: usize,
    /// The asset's number in the catalog.
    pub asset: usize,
    pub t: Timestamp,
    pub what: Fitting,
    pub item: Item,
}

#[derive(Debug)]
pub(crate) enum Fitting {
    Sample { signal: u16, value: f64, quality: Quality },
    Event { id: String, until: Option<Timestamp>, kind: String, note: String },
}

/// Checks every item of a delivery; `clocks` tell each asset's now at the time of arrival.
pub fn all(catalog: &Catalog, clocks: &Clocks, delivery: Delivery) -> Checked {
    all_on(catalog, clocks, delivery, Terms::Usual)
}

/// The same on other terms.
pub fn all_on(catalog: &Catalog, clocks: &Clocks, delivery: Delivery, terms: Terms) -> Checked {
    let mut checked = Checked {
        origin: delivery.origin,
        received_at: delivery.received_at,
        fit: Vec::with_capacity(delivery.items.len()),
        rejected: Vec::new(),
        terms,
    };
    for (index, item) in delivery.items.into_iter().enumerate() {
        match check(catalog, clocks, delivery.received_at, &item, terms) {
            Ok((asset, t, what)) => checked.fit.push(Fit { index, asset, t, what, item }),
            Err((reason, detail)) => {
                let number = AssetId::parse(&item.asset).ok().and_then(|id| catalog.number(&id));
                let arrived =
                    number.map_or(delivery.received_at, |number| clocks.get(number).now(delivery.received_at));
                checked.rejected.push(rejection(index, reason, detail, item, arrived));
            }
        }
    }
    checked
}

/// `arrived` is the clock of its asset at the arrival, or the wall clock where there is no such asset.
pub(crate) fn rejection(index: usize, reason: Reason, detail: String, item: Item, arrived: Timestamp) -> Rejection {
    let said = Said::of(&item.what, arrived);
    // A copy, not a shortened original: that would keep the room it had.
    let short = |text: &str| cut(text, LONGEST_REFUSAL).to_owned();
    let (detail, asset, signal) = (short(&detail), short(&item.asset), short(&item.signal));
    Rejection { index, reason, detail, asset, signal, raw: item.raw, said }
}

type Refusal = (Reason, String);

fn check(
    catalog: &Catalog,
    clocks: &Clocks,
    received_at: Timestamp,
    item: &Item,
    terms: Terms,
) -> Result<(usize, Timestamp, Fitting), Refusal> {
    match &item.what {
        Told::Malformed(why) => return Err((Reason::Malformed, why.clone())),
        Told::Misplaced => return Err((Reason::Topic, "not `twinlight/v1/<asset>/<signal>`".into())),
        Told::Reading(_) | Told::Event(_) => {}
    }
    let unknown = || (Reason::UnknownAsset, format!("no asset `{}`", item.asset));
    let number = AssetId::parse(&item.asset).ok().and_then(|id| catalog.number(&id)).ok_or_else(unknown)?;
    let asset = &catalog.assets()[number];
    let now = clocks.get(number).now(received_at);
    let (t, what) = match &item.what {
        Told::Reading(reading) => (reading.t.unwrap_or(now), sample(asset, &item.signal, reading, terms)?),
        Told::Event(event) => (event.t.unwrap_or(now), occurrence(event)?),
        Told::Malformed(_) | Told::Misplaced => unreachable!("refused above"),
    };
    let ahead = match &what {
        Fitting::Sample { signal, .. } => asset.contract(*signal).ahead,
        Fitting::Event { .. } => MOST_AHEAD,
    };
    if t > now + ahead {
        return Err((Reason::Future, format!("{:.0} s ahead of the asset's clock", (t - now).secs())));
    }
    if t < EARLIEST {
        return Err((Reason::Past, "before 1900".into()));
    }
    Ok((number, t, what))
}

fn sample(asset: &Asset, from: &str, reading: &Reading, terms: Terms) -> Result<Fitting, Refusal> {
    let binding = asset
        .binding(from)
        .ok_or_else(|| (Reason::UnknownSignal, format!("asset `{}` has no signal `{from}`", asset.id)))?;
    let signal = &asset.model.signals[usize::from(binding.signal)];
    let unit = reading.unit.as_deref().unwrap_or(&binding.unit);
    let conversion = Conversion::between(unit, &signal.unit)
        .ok_or_else(|| (Reason::Unit, format!("unit `{unit}` does not fit signal `{from}` in `{}`", signal.unit)))?;
    let converted = conversion.apply(reading.value);
    let scaled = if binding.scale == 1.0 { converted } else { converted * binding.scale };
    // The store keeps no sign of a zero, so nobody else may see one.
    let value = if scaled == 0.0 { 0.0 } else { scaled };
    // What came before is the store's to know.
    match asset.contract(binding.signal).judge(value, Timestamp(0), None) {
        Verdict::Keep(at_best) => {
            Ok(Fitting::Sample { signal: binding.signal, value, quality: reading.quality.max(at_best) })
        }
        Verdict::Reject(Reason::Range, _) if terms == Terms::Readmitted(Range::Waived) => {
            let [low, high] = signal.range;
            let quality = if value < low || value > high { Quality::Bad } else { Quality::Uncertain };
            Ok(Fitting::Sample { signal: binding.signal, value, quality: reading.quality.max(quality) })
        }
        Verdict::Reject(reason, detail) => Err((reason, detail)),
    }
}

fn occurrence(event: &ReportedEvent) -> Result<Fitting, Refusal> {
    let malformed = |what: &str| Err((Reason::Malformed, what.to_string()));
    if event.id.is_empty() || event.id.len() > 128 {
        return malformed("`id` has 1 to 128 bytes");
    }
    if AssetId::parse(&event.kind).is_err() {
        return malformed("`kind` is a short lower-case word");
    }
    if event.note.len() > LONGEST_TEXT {
        return malformed("`note` is too long");
    }
    Ok(Fitting::Event { id: event.id.clone(), until: event.until, kind: event.kind.clone(), note: event.note.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_item_takes_little_room() {
        let long = "ä".repeat(4000);
        let item = Item { asset: long.clone(), signal: format!("s{long}"), what: Told::Misplaced, raw: "1".into() };
        let rejection = rejection(0, Reason::UnknownAsset, format!("no asset `{long}`"), item, Timestamp(0));
        assert_eq!((rejection.asset.len(), rejection.signal.len()), (128, 127));
        assert!((125..=128).contains(&rejection.detail.len()), "{}", rejection.detail);
    }
}
