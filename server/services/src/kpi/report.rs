//! The key figures of a site, a line or an asset in a period, and of the period before.

use std::collections::BTreeMap;

use twin::{
    Clock, Span, Timestamp,
    kpi::{
        Account, Chance, Compared, Interval, Oee, Output, Times, an_hour, cost_of_energy, cost_of_time, mean_power,
        share,
    },
};

use super::{
    Heard, Known, Risk,
    calendar::{self, Length, Window},
    cells,
    stops::Stops,
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
    /// Notes of the stops that were told of last, by seq.
    pub notes: BTreeMap<u64, String>,
    pub risk: Option<Risk>,
}

/// What a period comes to, for one asset or several.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    pub account: Account,
    /// EUR of stops that nobody planned, and of planned ones, of assets that have a price for it.
    pub downtime_cost: Option<f64>,
    pub planned_cost: Option<f64>,
    /// Required time of these.
    pub priced: Span,
    /// Assets that stood unplanned and have no price for it.
    pub unpriced: u32,
    /// Joules used up, for how long these are known, and EUR.
    pub energy: Option<f64>,
    pub energy_known: Span,
    pub energy_cost: Option<f64>,
    /// Joules given off.
    pub given: Option<f64>,
    /// Required time of assets whose telemetry tells of stops or energy, and of that: when it was known.
    pub watched: Span,
    pub known: Span,
    pub oee: Option<Oee>,
    pub output: Option<Output>,
}

impl Figures {
    /// Adds another asset's; OEE is of one asset alone.
    pub fn add(&mut self, other: &Figures) {
        let plus = |one: Option<f64>, two: Option<f64>| one.into_iter().chain(two).reduce(|one, two| one + two);
        self.account.add(&other.account);
        self.downtime_cost = plus(self.downtime_cost, other.downtime_cost);
        self.planned_cost = plus(self.planned_cost, other.planned_cost);
        self.priced = self.priced + other.priced;
        self.unpriced += other.unpriced;
        self.energy = plus(self.energy, other.energy);
        self.energy_known = self.energy_known + other.energy_known;
        self.energy_cost = plus(self.energy_cost, other.energy_cost);
        self.given = plus(self.given, other.given);
        self.watched = self.watched + other.watched;
        self.known = self.known + other.known;
        (self.oee, self.output) = (None, None);
    }

    /// What downtime cost, planned or not.
    pub fn cost_of_downtime(&self) -> Option<f64> {
        self.downtime_cost.into_iter().chain(self.planned_cost).reduce(|one, two| one + two)
    }

    /// What an hour of required time cost in downtime.
    pub fn cost_an_hour(&self) -> Option<f64> {
        an_hour(self.cost_of_downtime()?, self.priced)
    }

    /// Watts on average, of what is used up.
    pub fn mean_power(&self) -> Option<f64> {
        mean_power(self.energy?, self.energy_known)
    }

    /// What downtime cost since `then` over the planned busy time, and energy over the time in which it is known: what is
    /// priced and known in both.
    pub fn compared(&self, then: &Figures) -> [Option<Compared>; 2] {
        let downtime = [then.downtime_cost.zip(self.downtime_cost), then.planned_cost.zip(self.planned_cost)];
        let downtime = downtime.into_iter().flatten().reduce(|one, two| (one.0 + two.0, one.1 + two.1));
        let over = |(then, now), over_then, over_now| Compared { then, over_then, now, over_now };
        [
            downtime.map(|costs| over(costs, then.account.busy(), self.account.busy())),
            then.energy_cost.zip(self.energy_cost).map(|costs| over(costs, then.energy_known, self.energy_known)),
        ]
    }

    /// What was saved since `then`.
    pub fn saved(&self, then: &Figures) -> Option<f64> {
        let saved = self.compared(then).into_iter().flatten().filter_map(|compared| compared.saved());
        saved.reduce(|one, two| one + two)
    }

    /// What share of the watched time is known.
    pub fn coverage(&self) -> Option<f64> {
        share(self.known, self.watched)
    }
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
            (figures(asset, &heard, &required, (period, told), &stops), stops)
        };
        let window = calendar::window(question.length, question.back, &kpi.zone, now, heard.first);
        let (figures, stops) = of(window.period);
        let has_any = |period: &Interval| heard.first.is_some_and(|first| first < period.to);
        let mut of_kept = |period: Interval| Some(period).filter(has_any).map(|period| of(period).0);
        let past = calendar::earlier(question.length, &kpi.zone, window.period, PAST);
        let past: Vec<_> = past.into_iter().map(&mut of_kept).collect();
        // Of a period that is over, all of the one before was found just now.
        let before =
            if window.is_running { window.before.and_then(&mut of_kept) } else { past.last().copied().flatten() };
        let baseline = baseline.and_then(&mut of_kept);
        let (first, risk, notes) = (heard.first, heard.risk.clone(), BTreeMap::new());
        assets.push(OfAsset { number, clock, now, first, window, figures, before, past, baseline, stops, notes, risk });
    }
    note(services, &mut assets).await?;
    Ok(Report { assets, due })
}

/// Hours in which assets are to run: the same for all with the same shift.
#[derive(Default)]
struct Hours(BTreeMap<(Option<Shift>, Interval), Times>);

impl Hours {
    fn of(&mut self, shift: Option<Shift>, zone: &jiff::tz::TimeZone, period: Interval) -> &Times {
        self.0.entry((shift, period)).or_insert_with(|| calendar::shifts(shift, zone, period))
    }
}

/// The figures of `period`, of an asset that can have told anything in `told`.
fn figures(
    asset: &Asset,
    heard: &Heard,
    required: &Times,
    (period, told): (Interval, Interval),
    stops: &[Known],
) -> Figures {
    let (kpi, cells) = (&asset.kpi, &heard.cells);
    let all: Vec<_> = stops.iter().map(|known| known.stop).collect();
    let account = Account::of(period, required, &all);
    let is_priced = kpi.downtime_cost.is_some() || kpi.planned_cost.is_some();
    let mut figures = Figures {
        downtime_cost: kpi.downtime_cost.map(|price| cost_of_time(account.unplanned, price)),
        planned_cost: kpi.planned_cost.map(|price| cost_of_time(account.planned, price)),
        priced: if is_priced { account.required } else { Span(0) },
        unpriced: u32::from(kpi.downtime_cost.is_none() && account.unplanned.0 > 0),
        account,
        ..Figures::default()
    };
    if let Some(rule) = &kpi.energy {
        let (joules, known) = cells::energy(cells, period);
        if !known.is_empty() && rule.is_given {
            figures.given = Some(joules);
        } else if !known.is_empty() {
            figures.energy = Some(joules);
            figures.energy_known = known.total();
            figures.energy_cost = kpi.energy_price.map(|price| cost_of_energy(joules, price));
        }
    }
    if kpi.energy.is_some() || kpi.stopped.is_some() {
        figures.watched = required.total();
        figures.known = cells::known(cells, period).and(required).total();
    }
    if let Some(rule) = &kpi.oee {
        let made = cells::counted(cells, period, told, |cell| cell.made.as_ref());
        let rejected = cells::counted(cells, period, told, |cell| cell.rejected.as_ref());
        figures.output =
            made.map(|made| Output { made, rejected: rejected.unwrap_or(0.0), ideal_per_sec: rule.ideal_per_sec });
        figures.oee = figures.output.and_then(|output| Oee::of(&account, &output));
    }
    figures
}

/// Reads the notes of the last stops.
async fn note(services: &Services, assets: &mut [OfAsset]) -> Result<(), StoreError> {
    let of_asset = |(place, asset): (usize, &OfAsset)| {
        let number = asset.number;
        let told = asset.stops.iter().filter_map(|known| Some((known.stop.during.from, known.seq?)));
        told.map(move |(t, seq)| (t, place, number, seq)).collect::<Vec<_>>()
    };
    let mut wanted: Vec<_> = assets.iter().enumerate().flat_map(of_asset).collect();
    wanted.sort_unstable_by(|one, other| other.cmp(one));
    wanted.truncate(NOTED);
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
