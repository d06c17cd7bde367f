//! The key figures of a site, a line or an asset in a period, and of the period before.

use std::{collections::BTreeMap, sync::Arc};

use twin::{
    Clock, Timestamp,
    kpi::{Chance, Doing, Interval, Stop, Times, cost_of_time, course},
};

use super::{
    Heard, Known, Lost, Risk,
    by_hour::{ByHour, by_hour},
    calendar::{self, Length, Window},
    cells::{self, Cells},
    figures::{Figures, figures},
    lost::lost,
    stops::{self, Stops},
};
use crate::{
    Services, StoreError,
    catalog::{Asset, kpi::Shift},
};

/// Stops whose notes are told.
const NOTED: usize = 40;
/// Periods before the one that is asked for, of which a trend is made.
pub const PAST: usize = 7;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub length: Length,
    /// So many periods before the one that runs.
    pub back: u32,
    pub scope: Scope,
}

/// Of what part of the plant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Plant,
    /// All that stands at a path or below it.
    Place(String),
    Asset(String),
}

impl Scope {
    pub fn has(&self, asset: &Asset) -> bool {
        match self {
            Scope::Plant => true,
            Scope::Place(path) => is_at(&asset.path, path),
            Scope::Asset(id) => asset.id.as_str() == id,
        }
    }
}

/// Whether `path` is `place` or below it.
pub fn is_at(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    pub assets: Vec<OfAsset>,
    pub by_hour: ByHour,
    /// Cells of telemetry before the last few hours that are not computed yet.
    pub due: usize,
}

/// The figures of one asset.
#[derive(Debug, Clone)]
pub struct OfAsset {
    /// Its number in the catalog.
    pub number: usize,
    pub clock: Clock,
    pub now: Timestamp,
    /// The first instant of which anything is kept.
    pub first: Option<Timestamp>,
    pub window: Window,
    pub figures: Figures,
    /// Of as much of the period before.
    pub before: Option<Figures>,
    /// Of each whole period before, the first one first; `None` where nothing is kept of it.
    pub past: Vec<Option<Figures>>,
    pub baseline: Option<Figures>,
    pub stops: Vec<Known>,
    /// The kinds of events that tell of stops, by the numbers that these have.
    pub kinds: Arc<Vec<String>>,
    /// What each cause took of the required time.
    pub lost: Vec<Lost>,
    /// What it did at every moment of the period.
    pub course: Vec<(Interval, Doing)>,
    /// Where the period goes on: stops that are planned, and when its twin expects failures that stop it.
    pub ahead: Vec<(Interval, Doing)>,
    pub(super) cells: Arc<Cells>,
    /// Notes of the stops that were told of last, by seq.
    pub notes: BTreeMap<u64, String>,
    pub risk: Option<Risk>,
}

impl OfAsset {
    /// What is expected to fail within the horizon, in EUR; `None` where no failure has a price, or the twin knows nothing.
    pub fn expected(&self, asset: &Asset) -> Option<f64> {
        let risk = self.risk.as_ref()?;
        let chances = (0..).zip(&risk.probabilities).filter_map(|(failure, probability)| {
            Some(Chance { probability: *probability, cost: failure_cost(asset, failure)? })
        });
        chances.map(|chance| chance.expected()).reduce(|one, two| one + two)
    }

    /// What was saved against the baseline.
    pub fn saved(&self) -> Option<f64> {
        self.figures.saved(self.baseline.as_ref()?)
    }
}

/// What a failure costs: its repair, and the standstill that this takes where it stops the asset.
pub fn failure_cost(asset: &Asset, failure: usize) -> Option<f64> {
    let of_model = asset.model.failures.get(failure)?;
    let repair = asset.kpi.failure_costs.get(failure).copied().flatten();
    let is_stop = of_model.severity == "stop";
    let standstill = of_model.repair_time.filter(|_| is_stop).zip(asset.kpi.downtime_cost);
    let standstill = standstill.map(|(span, price)| cost_of_time(span, price));
    repair.into_iter().chain(standstill).reduce(|one, two| one + two)
}

/// Gathers the figures at the wall clock's `now`.
pub async fn gather(services: &Services, question: &Question, now: Timestamp) -> Result<Report, StoreError> {
    let kpi = services.catalog.kpi();
    let baseline = kpi.baseline.map(|days| calendar::days(&kpi.zone, days));
    let mut hours = Hours::default();
    let (mut assets, mut due) = (Vec::new(), 0);
    for (number, asset) in services.catalog.assets().iter().enumerate().filter(|(_, asset)| question.scope.has(asset)) {
        let clock = services.clocks.get(number);
        let now = clock.now(now);
        let heard = services.kpis.heard(number, now);
        due += heard.due;
        let rule = asset.kpi.stopped.as_ref().map(|rule| (rule, &*heard.cells));
        let all = Stops::of(&heard.told, rule, now);
        let told = Interval::new(heard.first.unwrap_or(now), now);
        let mut of = |period: Interval| {
            let required = hours.of(asset.kpi.shift, &kpi.zone, period).and(&Times::from(period.and(told)));
            let stops = all.within(period);
            (figures(asset, &heard, &required, (period, told), &stops), stops, required)
        };
        let window = calendar::window(question.length, question.back, &kpi.zone, now, heard.first);
        let (figures, stops, required) = of(window.period);
        let all_stops: Vec<Stop> = stops.iter().map(|known| known.stop).collect();
        let known = rule.map(|_| cells::known(&heard.cells, window.period));
        let course = course(window.period, told, &required, known.as_ref(), &all_stops);
        let lost = lost(&required, &stops);
        let ahead = if window.is_running { ahead(asset, &heard, now) } else { Vec::new() };
        let has_any = |period: &Interval| heard.first.is_some_and(|first| first < period.to);
        let mut of_kept = |period: Interval| Some(period).filter(has_any).map(|period| of(period).0);
        let past = calendar::earlier(question.length, &kpi.zone, window.period, PAST);
        let past: Vec<_> = past.into_iter().map(&mut of_kept).collect();
        // Of a period that is over, all of the one before was found just now.
        let before =
            if window.is_running { window.before.and_then(&mut of_kept) } else { past.last().copied().flatten() };
        let baseline = baseline.and_then(&mut of_kept);
        assets.push(OfAsset {
            number,
            clock,
            now,
            first: heard.first,
            window,
            figures,
            before,
            past,
            baseline,
            stops,
            kinds: heard.kinds,
            lost,
            course,
            ahead,
            cells: heard.cells,
            notes: BTreeMap::new(),
            risk: heard.risk,
        });
    }
    note(services, &mut assets).await?;
    Ok(Report { by_hour: by_hour(&assets, &kpi.zone), assets, due })
}

/// What is planned and what is foreseen from `now` on.
fn ahead(asset: &Asset, heard: &Heard, now: Timestamp) -> Vec<(Interval, Doing)> {
    let planned = stops::ahead(&heard.told, now).map(|during| (during, Doing::Planned));
    let expected = heard.risk.iter().flat_map(|risk| asset.model.failures.iter().zip(&risk.windows));
    let failures = expected.filter(|(failure, _)| failure.severity == "stop").filter_map(|(_, window)| *window);
    let failures = failures.map(|window| (Interval::new(window.from.max(now), window.to), Doing::Failed));
    let mut all: Vec<_> = planned.chain(failures).filter(|(during, _)| !during.is_empty()).collect();
    all.sort_unstable();
    all
}

/// Hours in which assets are to run: the same for all with the same shift.
#[derive(Default)]
struct Hours(BTreeMap<(Option<Shift>, Interval), Times>);

impl Hours {
    fn of(&mut self, shift: Option<Shift>, zone: &jiff::tz::TimeZone, period: Interval) -> &Times {
        self.0.entry((shift, period)).or_insert_with(|| calendar::shifts(shift, zone, period))
    }
}

/// Reads the notes of the last stops.
async fn note(services: &Services, assets: &mut [OfAsset]) -> Result<(), StoreError> {
    let of_asset = |(place, asset): (usize, &OfAsset)| {
        let number = asset.number;
        let told = asset.stops.iter().filter_map(|known| Some((known.stop.during.from, known.seq?)));
        told.map(move |(t, seq)| (t, place, number, seq)).collect::<Vec<_>>()
    };
    let mut wanted: Vec<_> = assets.iter().enumerate().flat_map(of_asset).collect();
    if wanted.len() > NOTED {
        wanted.select_nth_unstable_by(NOTED, |one, other| other.cmp(one));
        wanted.truncate(NOTED);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let read = move |reader: &mut crate::store::Reader| {
        let note = |(_, place, number, seq)| Ok((place, seq, reader.note(number, seq)?.unwrap_or_default()));
        wanted.into_iter().map(note).collect::<Result<Vec<_>, StoreError>>()
    };
    for (place, seq, note) in services.store.ask(read).await? {
        assets[place].notes.insert(seq, note);
    }
    Ok(())
}
