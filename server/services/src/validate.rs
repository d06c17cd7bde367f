//! Items to samples and events that may be kept, or to rejections.

mod checked;
mod rejection;

use twin::{Timestamp, entry::Quality, id::AssetId, model::nearest, unit::meant};

use crate::{
    calibration,
    catalog::{Asset, Binding, Catalog, Conversion},
    clocks::Clocks,
    contract::Verdict,
    ingest::{Delivery, Item, Reading, ReportedEvent, Told},
    quarantine::Said,
};

pub use checked::{Checked, Happening};
pub(crate) use checked::{Fit, Fitting};
pub(crate) use rejection::conflict;
use rejection::refusal;
pub use rejection::{Reason, Rejection};

/// How far ahead of its asset's clock an event may be, in asset time; of a reading, its contract says.
pub const MOST_AHEAD: twin::Span = twin::Span::MINUTE;
/// 1900-01-01T00:00:00Z: nothing was measured by machine before it, and much arithmetic fits after it.
const EARLIEST: Timestamp = Timestamp(-2_208_988_800_000_000);

const LONGEST_TEXT: usize = 2_000;
/// Refused items of a delivery for which it is looked what may have been meant.
const MOST_HINTS: u8 = 8;

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

/// Checks every item of a delivery; `clocks` tell each asset's now at the time of arrival.
pub fn all(catalog: &Catalog, clocks: &Clocks, delivery: Delivery<'_>) -> Checked {
    all_on(catalog, clocks, delivery, Terms::Usual)
}

/// The same on other terms.
pub fn all_on(catalog: &Catalog, clocks: &Clocks, delivery: Delivery<'_>, terms: Terms) -> Checked {
    let Delivery { origin, received_at, text, items } = delivery;
    let mut checks =
        Checks { catalog, clocks, received_at, terms, place: None, units: Units::default(), hints: MOST_HINTS };
    let mut fit = Vec::with_capacity(items.len());
    let mut rejected = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match checks.check(&item) {
            Ok((asset, t, what)) => {
                let arrived = checks.now();
                fit.push(Fit { index: index as u32, asset, t, arrived, what, raw: text.place(item.raw) });
            }
            Err((reason, detail)) => {
                let ahead = if reason == Reason::Future { checks.ahead(&item) } else { None };
                let said = Said::of(&item.what, checks.now());
                let rejection = refusal(index, reason, &detail, (&item.asset, &item.signal), item.raw, said);
                rejected.push(Rejection { ahead, ..rejection });
            }
        }
    }
    Checked { origin, received_at, text: text.clone(), fit, rejected, units: checks.units.names, terms }
}

type Refusal = (Reason, String);

/// The checks of one delivery, and what was looked up for them.
struct Checks<'p> {
    catalog: &'p Catalog,
    clocks: &'p Clocks,
    received_at: Timestamp,
    terms: Terms,
    /// The last asset that was asked for, by number, and its now: mostly the next one's too.
    place: Option<(usize, Timestamp)>,
    units: Units,
    /// How many more hints there will be: they take a while, and who sends ten thousand wrong items reads few.
    hints: u8,
}

impl<'p> Checks<'p> {
    fn check(&mut self, item: &Item<'_>) -> Result<(usize, Timestamp, Fitting), Refusal> {
        match &item.what {
            Told::Malformed(why) => return Err((Reason::Malformed, why.clone())),
            Told::Misplaced => return Err((Reason::Topic, "not `twinlight/v1/<asset>/<signal>`".into())),
            Told::Reading(_) | Told::Event(_) => {}
        }
        let (number, now) = self.asset(&item.asset)?;
        let asset = &self.catalog.assets()[number];
        let (t, what) = match &item.what {
            Told::Reading(reading) => (reading.t.unwrap_or(now), self.sample(number, asset, &item.signal, reading)?),
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

    /// What may have been meant, while there are hints left.
    fn hint(&mut self, look: impl FnOnce() -> Option<String>) -> String {
        let Some(left) = self.hints.checked_sub(1) else { return String::new() };
        self.hints = left;
        look().map_or_else(String::new, |hint| format!("; {hint}"))
    }

    /// The clock of the asset that was asked for last; the wall clock before.
    fn now(&self) -> Timestamp {
        self.place.map_or(self.received_at, |(_, now)| now)
    }

    /// Asset, signal and now of a reading.
    fn ahead(&mut self, item: &Item<'_>) -> Option<(usize, u16, Timestamp)> {
        let (number, now) = self.asset(&item.asset).ok()?;
        Some((number, self.catalog.assets()[number].binding(&item.signal)?.signal, now))
    }

    /// The number of an asset, and the time on its clock.
    fn asset(&mut self, id: &str) -> Result<(usize, Timestamp), Refusal> {
        if let Some((number, now)) = self.place
            && self.catalog.assets()[number].id.as_str() == id
        {
            return Ok((number, now));
        }
        self.place = None;
        let number = self.catalog.number(id).ok_or_else(|| {
            let known = self.catalog.assets().iter().map(|asset| asset.id.as_str());
            let hint = self.hint(|| Some(format!("did you mean `{}`?", nearest::nearest(id, known)?)));
            (Reason::UnknownAsset, format!("there is no asset `{id}`{hint}"))
        })?;
        let place = (number, self.clocks.get(number).now(self.received_at));
        self.place = Some(place);
        Ok(place)
    }

    fn sample(&mut self, number: usize, asset: &Asset, from: &str, reading: &Reading<'_>) -> Result<Fitting, Refusal> {
        let binding = asset.binding(from).ok_or_else(|| {
            let known = asset.bindings().map(|(known, _)| known);
            let hint = self.hint(|| Some(format!("did you mean `{}`?", nearest::nearest(from, known)?)));
            (Reason::UnknownSignal, format!("asset `{}` has no signal `{from}`{hint}", asset.id))
        })?;
        let signal = &asset.model.signals[usize::from(binding.signal)];
        let (unit, conversion) = match reading.unit.as_deref() {
            Some(unit) if unit != binding.unit => {
                self.units.of(number, binding, unit, &signal.unit).ok_or_else(|| {
                    let hint = self.hint(|| meant::instead(unit, &signal.unit));
                    (Reason::Unit, format!("`{from}` is in {} here and was sent as `{unit}`{hint}", signal.unit))
                })?
            }
            _ => (0, binding.conversion),
        };
        let converted = conversion.apply(reading.value);
        let scaled = if binding.scale == 1.0 { converted } else { converted * binding.scale };
        // A zero has no sign: the wire keeps none in its scaled form, so nobody else may see one.
        let value = if scaled == 0.0 { 0.0 } else { scaled };
        // What came before is the store's to know.
        let at_best = match asset.contract(binding.signal).judge(value, Timestamp(0), None) {
            Verdict::Keep(at_best) => at_best,
            Verdict::Reject(Reason::Range, _) if self.terms == Terms::Readmitted(Range::Waived) => {
                let [low, high] = signal.range;
                if value < low || value > high { Quality::Bad } else { Quality::Uncertain }
            }
            Verdict::Reject(reason, detail) => return Err((reason, detail)),
        };
        Ok(Fitting::Sample { signal: binding.signal, value, quality: reading.quality.max(at_best), unit })
    }
}

/// The units of a delivery that are not the agreed ones.
#[derive(Default)]
struct Units {
    names: Vec<String>,
    /// By asset, signal and place among the names plus 1.
    known: Vec<((usize, u16, u16), Conversion)>,
}

impl Units {
    /// The place of a unit among the names plus 1, and the way from it to the signal's.
    fn of(&mut self, asset: usize, binding: &Binding, unit: &str, to: &str) -> Option<(u16, Conversion)> {
        let place = self.names.iter().position(|name| name == unit).map(|place| place as u16 + 1);
        if let Some(place) = place
            && let Some((_, conversion)) = self.known.iter().find(|(name, _)| *name == (asset, binding.signal, place))
        {
            return Some((place, *conversion));
        }
        let conversion = Conversion::between(unit, to)?;
        let place = place.unwrap_or_else(|| {
            self.names.push(unit.to_owned());
            self.names.len() as u16
        });
        self.known.push(((asset, binding.signal, place), conversion));
        Some((place, conversion))
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
    if calibration::is_own(&event.kind) {
        return malformed("`kind`: calibrations are told by those who take them over, at `/api/v1/calibrations`");
    }
    if event.note.len() > LONGEST_TEXT {
        return malformed("`note` is too long");
    }
    Ok(Fitting::Event { id: event.id.clone(), until: event.until, kind: event.kind.clone(), note: event.note.clone() })
}
