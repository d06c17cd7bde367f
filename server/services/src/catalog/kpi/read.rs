//! The tables `[kpi]` and `[asset.kpi]` of the plant file, checked key by key. Quantities are texts with their units.

use std::collections::BTreeMap;

use jiff::{civil, tz::TimeZone};
use serde::Deserialize;
use twin::{Model, Span, kpi::StopKind, unit::Conversion};

use super::{AssetKpi, EnergyRule, Kinds, OeeRule, PlantKpi, Shift, StoppedRule, Targets};
use crate::contract::duration;

/// `[kpi]`: for the whole plant, and for each asset that says nothing else.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlantTable {
    /// The plant's, where there is none.
    zone: Option<String>,
    /// First and last day.
    baseline: Option<[String; 2]>,
    downtime_cost: Option<String>,
    planned_cost: Option<String>,
    energy_price: Option<String>,
    source: Option<String>,
    shift: Option<ShiftTable>,
    target: BTreeMap<String, String>,
}

/// `[asset.kpi]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AssetTable {
    downtime_cost: Option<String>,
    planned_cost: Option<String>,
    energy_price: Option<String>,
    source: Option<String>,
    shift: Option<ShiftTable>,
    target: BTreeMap<String, String>,
    /// Kinds of events.
    failures: Vec<String>,
    planned: Vec<String>,
    repairs: Vec<String>,
    stopped: Option<StoppedTable>,
    energy: Option<EnergyTable>,
    oee: Option<OeeTable>,
    failure_cost: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShiftTable {
    /// `mon` to `sun`; all of them where there is none.
    #[serde(default)]
    days: Vec<String>,
    from: String,
    to: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoppedTable {
    signal: String,
    below: f64,
    r#for: String,
    r#is: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnergyTable {
    title: String,
    signal: String,
    times: Option<String>,
    watts: Option<[f64; 3]>,
    #[serde(default)]
    given: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OeeTable {
    pieces: String,
    rejects: String,
    ideal: String,
}

/// What holds for a plant that stands in `zone`, if that is said.
pub(in crate::catalog) fn plant(table: &PlantTable, zone: &str, faults: &mut Vec<String>) -> PlantKpi {
    let mut kpi = PlantKpi::default();
    let named = table.zone.as_deref().map(|name| ("kpi.zone", name));
    if let Some((key, name)) = named.or((!zone.is_empty()).then_some(("zone", zone))) {
        match TimeZone::get(name) {
            Ok(zone) => (kpi.zone, kpi.zone_name) = (zone, name.to_owned()),
            Err(error) => faults.push(format!("`{key}`: `{name}` is no known time zone: {error}")),
        }
    }
    if let Some(days) = &table.baseline {
        let parsed = days.each_ref().map(|day| day.parse::<civil::Date>());
        match parsed {
            [Ok(first), Ok(last)] if first <= last => kpi.baseline = Some([first, last]),
            _ => faults.push(format!("`kpi.baseline`: {days:?} are not a first and a last day, as `2026-01-31`")),
        }
    }
    kpi
}

/// What holds for one asset called `name`: its own table, else the plant's, else what its model says of prices.
pub(in crate::catalog) fn asset(
    shared: &PlantTable,
    own: &AssetTable,
    model: &Model,
    name: &str,
    faults: &mut Vec<String>,
) -> AssetKpi {
    let mut reading = Reading { model, name, faults };
    let price = |text: &Option<String>, common: &Option<String>| text.clone().or_else(|| common.clone());
    let of_model = |name: &str, unit: &str| {
        let cost = model.costs.iter().find(|cost| cost.name == name)?;
        Some(Conversion::between(&cost.unit, unit)?.apply(cost.value))
    };
    let downtime = price(&own.downtime_cost, &shared.downtime_cost);
    let planned = price(&own.planned_cost, &shared.planned_cost);
    let energy_price = price(&own.energy_price, &shared.energy_price);
    AssetKpi {
        downtime_cost: reading
            .quantity("downtime_cost", downtime.as_ref(), "EUR/h")
            .or(of_model("downtime_price", "EUR/h")),
        planned_cost: reading.quantity("planned_cost", planned.as_ref(), "EUR/h"),
        energy_price: reading
            .quantity("energy_price", energy_price.as_ref(), "EUR/kWh")
            .or(of_model("energy_price", "EUR/kWh")),
        source: own.source.clone().or_else(|| shared.source.clone()).unwrap_or_default(),
        shift: own.shift.as_ref().or(shared.shift.as_ref()).and_then(|table| reading.shift(table)),
        targets: reading.targets(&shared.target, &own.target),
        kinds: Kinds { failures: own.failures.clone(), planned: own.planned.clone(), repairs: own.repairs.clone() },
        stopped: own.stopped.as_ref().and_then(|table| reading.stopped(table)),
        energy: own.energy.as_ref().and_then(|table| reading.energy(table)),
        oee: own.oee.as_ref().and_then(|table| reading.oee(table)),
        failure_costs: reading.failure_costs(&own.failure_cost),
    }
}

/// What is being read, and what is wrong with it.
struct Reading<'a> {
    model: &'a Model,
    name: &'a str,
    faults: &'a mut Vec<String>,
}

impl Reading<'_> {
    fn fault(&mut self, key: &str, what: &str) {
        self.faults.push(format!("{}: `kpi.{key}`{what}", self.name));
    }

    /// A number and a unit that fits `unit`, in `unit`.
    fn quantity(&mut self, key: &str, text: Option<&String>, unit: &str) -> Option<f64> {
        let text = text?;
        let (number, own) = text.split_once(' ').unwrap_or((text, "1"));
        let value = number.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
        let converted = value.and_then(|value| Some(Conversion::between(own, unit)?.apply(value)));
        if converted.is_none() {
            self.fault(
                key,
                &format!(": `{text}` is not a number that is not below 0, a space and a unit that fits `{unit}`"),
            );
        }
        converted
    }

    fn signal(&mut self, key: &str, name: &str) -> Option<u16> {
        let signal = self.model.signal(name);
        if signal.is_none() {
            let id = self.model.id.clone();
            self.fault(key, &format!(": model `{id}` has no signal `{name}`"));
        }
        signal
    }

    fn shift(&mut self, table: &ShiftTable) -> Option<Shift> {
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let mut days = [table.days.is_empty(); 7];
        for day in &table.days {
            match DAYS.iter().position(|known| known == day) {
                Some(number) => days[number] = true,
                None => self.fault("shift.days", &format!(": `{day}` is none of {}", DAYS.join(", "))),
            }
        }
        let mut time = |key: &str, text: &str| {
            let time = text.parse::<civil::Time>().ok();
            if time.is_none() {
                self.fault(key, &format!(": `{text}` is no time of day, as `06:00`"));
            }
            time.map(|time| Span(Span::HOUR.0 * i64::from(time.hour()) + Span::MINUTE.0 * i64::from(time.minute())))
        };
        let (from, to) = (time("shift.from", &table.from), time("shift.to", &table.to));
        Some(Shift { days, from: from?, to: to? })
    }

    fn targets(&mut self, shared: &BTreeMap<String, String>, own: &BTreeMap<String, String>) -> Targets {
        let mut targets = Targets::default();
        let mut all = shared.clone();
        all.extend(own.clone());
        for (name, text) in &all {
            let key = format!("target.{name}");
            let mut read = |unit: &str| self.quantity(&key, Some(text), unit);
            let span = |secs: Option<f64>| secs.map(Span::from_secs);
            match name.as_str() {
                "availability" => targets.availability = read("1"),
                "oee" => targets.oee = read("1"),
                "unplanned" => targets.unplanned = read("1"),
                "planned" => targets.planned = read("1"),
                "between_failures" => targets.between_failures = span(read("s")),
                "to_restore" => targets.to_restore = span(read("s")),
                "power" => targets.power = read("W"),
                "cost" => targets.cost = read("EUR/h"),
                "risk" => targets.risk = read("EUR"),
                _ => self.fault(&key, " is no target; there are availability, oee, unplanned, planned, between_failures, to_restore, power, cost and risk"),
            }
        }
        targets
    }

    fn stopped(&mut self, table: &StoppedTable) -> Option<StoppedRule> {
        let signal = self.signal("stopped.signal", &table.signal);
        let at_least = duration::parse(&table.r#for).map_err(|error| self.fault("stopped.for", &format!(": {error}")));
        let kind = match table.r#is.as_deref() {
            None | Some("unplanned") => StopKind::Unplanned,
            Some("failure") => StopKind::Failure,
            Some("planned") => StopKind::Planned,
            Some(other) => {
                self.fault("stopped.is", &format!(": `{other}` is none of unplanned, failure, planned"));
                return None;
            }
        };
        Some(StoppedRule { signal: signal?, below: table.below, at_least: at_least.ok()?, kind })
    }

    fn energy(&mut self, table: &EnergyTable) -> Option<EnergyRule> {
        let signal = self.signal("energy.signal", &table.signal)?;
        let times = match &table.times {
            Some(name) => Some(self.signal("energy.times", name)?),
            None => None,
        };
        let unit = |signal: u16| self.model.signals[usize::from(signal)].unit.as_str();
        let product =
            times.map_or_else(|| unit(signal).to_owned(), |times| format!("{}.{}", unit(signal), unit(times)));
        let watts = table.watts.or_else(|| Some([0.0, Conversion::between(&product, "W")?.apply(1.0), 0.0]));
        let Some(watts) = watts else {
            self.fault("energy", &format!(": `{product}` is no power; `watts` says how power follows from it"));
            return None;
        };
        Some(EnergyRule { title: table.title.clone(), signal, times, watts, is_given: table.given })
    }

    fn oee(&mut self, table: &OeeTable) -> Option<OeeRule> {
        let pieces = self.signal("oee.pieces", &table.pieces);
        let rejects = self.signal("oee.rejects", &table.rejects);
        let ideal_per_sec = self.quantity("oee.ideal", Some(&table.ideal), "1/s");
        Some(OeeRule { pieces: pieces?, rejects: rejects?, ideal_per_sec: ideal_per_sec? })
    }

    fn failure_costs(&mut self, table: &BTreeMap<String, String>) -> Vec<Option<f64>> {
        let mut costs: Vec<Option<f64>> = self.model.failures.iter().map(|failure| failure.repair_cost).collect();
        for (name, text) in table {
            let key = format!("failure_cost.{name}");
            match self.model.failures.iter().position(|failure| failure.name == *name) {
                Some(number) => costs[number] = self.quantity(&key, Some(text), "EUR").or(costs[number]),
                None => {
                    let id = self.model.id.clone();
                    self.fault(&key, &format!(": model `{id}` has no such failure"));
                }
            }
        }
        costs
    }
}
