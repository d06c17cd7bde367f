//! What was not taken in: why, and what it said.

use twin::{Timestamp, entry::Quality};

use super::{Checked, Fit, Fitting};
use crate::{
    catalog::Catalog,
    ingest::{MOST_RAW, cut},
    quarantine::Said,
};

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
    /// Of a reading that is ahead of its asset's clock: asset and signal by number, and the clock at its arrival.
    pub ahead: Option<(usize, u16, Timestamp)>,
}

/// The rejection of what fits the plant and not what is kept.
pub(crate) fn conflict(catalog: &Catalog, checked: &Checked, fit: &Fit, detail: String) -> Rejection {
    let asset = &catalog.assets()[fit.asset];
    let binding = fit.signal().and_then(|signal| asset.bindings().find(|(_, binding)| binding.signal == signal));
    let mut said = Said { kind: "event", t: Some(fit.t), value: None, unit: None, quality: Quality::Good };
    if let Fitting::Sample { value, quality, .. } = fit.what {
        // In the signal's own unit, and as it was before it was turned round: that is what a door takes.
        let scale = binding.map_or(1.0, |(_, binding)| binding.scale);
        (said.kind, said.value, said.quality) = ("reading", Some(value / scale), quality);
        said.unit = fit.signal().map(|signal| asset.contract(signal).unit.as_str().into());
    }
    let place = (asset.id.as_str(), binding.map_or("$event", |(from, _)| from));
    refusal(fit.index as usize, Reason::Conflict, &detail, place, &checked.text.part(fit.raw), said)
}

pub(super) fn refusal(
    index: usize,
    reason: Reason,
    detail: &str,
    (asset, signal): (&str, &str),
    raw: &str,
    said: Said,
) -> Rejection {
    // A copy, not a shortened original: that would keep the room it had.
    let short = |text: &str| cut(text, LONGEST_REFUSAL).to_owned();
    let (detail, asset, signal) = (short(detail), short(asset), short(signal));
    Rejection { index, reason, detail, asset, signal, raw: cut(raw, MOST_RAW).into(), said, ahead: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Item, Told};

    #[test]
    fn a_refused_item_takes_little_room() {
        let long = "ä".repeat(4000);
        let item =
            Item { asset: long.as_str().into(), signal: format!("s{long}").into(), what: Told::Misplaced, raw: &long };
        let (detail, said) = (format!("no asset `{long}`"), Said::of(&item.what, Timestamp(0)));
        let rejection = refusal(0, Reason::UnknownAsset, &detail, (&item.asset, &item.signal), item.raw, said);
        assert_eq!((rejection.asset.len(), rejection.signal.len(), rejection.raw.len()), (128, 127, MOST_RAW));
        assert!((125..=128).contains(&rejection.detail.len()), "{}", rejection.detail);
    }
}
