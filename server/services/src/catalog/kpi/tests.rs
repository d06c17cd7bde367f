//! The tables of key figures, read and refused.

use twin::{Span, kpi::StopKind};

use super::*;
use crate::catalog::Catalog;

fn plant(text: &str) -> Result<Catalog, String> {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")));
    Catalog::parse(text, model).map_err(|error| error.to_string())
}

const LINE: &str = r#"
[kpi]
zone = "Europe/Berlin"
baseline = ["2026-01-01", "2026-01-31"]
downtime_cost = "240 EUR/d"
energy_price = "0.3 EUR/kWh"
source = "finance"
target = { availability = "95 %", power = "20 kW" }

[[asset]]
id = "line"
title = "Line"
model = "packaging-line"

[asset.signals]
power = { from = "power" }

[asset.kpi]
planned_cost = "1 EUR/h"
failures = ["jam"]
shift = { days = ["mon", "sat"], from = "22:00", to = "06:30" }
target = { availability = "90 %", between_failures = "8 h" }
stopped = { signal = "power", below = 10, for = "5 min", is = "failure" }
energy = { title = "Power", signal = "power" }
oee = { pieces = "counter", rejects = "rejects", ideal = "200 1/min" }
failure_cost = { jammed = "99 EUR" }
"#;

#[test]
fn what_an_asset_does_not_say_the_plant_says() {
    let catalog = plant(LINE).unwrap();
    assert_eq!(catalog.kpi().zone_name, "Europe/Berlin");
    let kpi = &catalog.assets()[0].kpi;
    assert_eq!((kpi.downtime_cost, kpi.planned_cost, kpi.energy_price), (Some(10.0), Some(1.0), Some(0.3)));
    assert_eq!((kpi.targets.availability, kpi.targets.power), (Some(0.9), Some(20_000.0)));
    assert_eq!(kpi.targets.between_failures, Some(Span(8 * Span::HOUR.0)));
    let shift = kpi.shift.unwrap();
    assert_eq!(shift.days, [true, false, false, false, false, true, false]);
    assert_eq!((shift.from, shift.to), (Span(22 * Span::HOUR.0), Span(390 * Span::MINUTE.0)));
    let stopped = kpi.stopped.as_ref().unwrap();
    assert_eq!((stopped.below, stopped.at_least, stopped.kind), (10.0, Span(300_000_000), StopKind::Failure));
    assert_eq!(kpi.energy.as_ref().unwrap().power(2.0, 1.0), 2_000.0);
    assert_eq!(kpi.oee.unwrap().ideal_per_sec, 200.0 / 60.0);
    assert_eq!(kpi.failure_costs, [Some(99.0), Some(480.0)]);
}

#[test]
fn days_are_counted_in_the_zone_of_the_plant_where_key_figures_have_none_of_their_own() {
    let zone_of = |text: &str| plant(text).map(|catalog| catalog.kpi().zone_name.clone());
    let berlin = "zone = 'Europe/Berlin'\n";
    assert_eq!(zone_of("").unwrap(), "UTC");
    assert_eq!(zone_of(berlin).unwrap(), "Europe/Berlin");
    assert_eq!(zone_of(&format!("{berlin}[kpi]\nzone = 'UTC'\n")).unwrap(), "UTC");
    assert_eq!(plant(berlin).unwrap().kpi().zone, jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let faults = zone_of("zone = 'Europe/Nowhere'\n").unwrap_err();
    assert!(faults.contains("`zone`: `Europe/Nowhere` is no known time zone"), "{faults}");
}

#[test]
fn prices_of_the_model_count_where_the_plant_has_none() {
    let kpi =
        &plant("[[asset]]\nid = 'line'\ntitle = 'Line'\nmodel = 'packaging-line'\n").unwrap().assets()[0].kpi.clone();
    assert_eq!((kpi.downtime_cost, kpi.energy_price), (Some(600.0), Some(0.2)));
    assert_eq!(kpi.failure_costs, [Some(15.0), Some(480.0)]);
}

#[test]
fn kinds_of_events_say_when_an_asset_stands() {
    let catalog = plant(LINE).unwrap();
    let line = &catalog.assets()[0];
    let says = |kind: &str| line.kpi.kinds.says(&line.model, kind);
    assert_eq!(says("jam"), Some(Says::Begins(StopKind::Failure)));
    assert_eq!(says("jammed"), Some(Says::Begins(StopKind::Failure)));
    assert_eq!(says("tool_worn"), None, "a warning stops nothing");
    assert_eq!(says("planned_stop"), Some(Says::Begins(StopKind::Planned)));
    assert_eq!(says("clear_jam"), Some(Says::Restored));
    assert_eq!(says("charged"), None);
}

#[test]
fn what_is_wrong_is_named() {
    for (right, wrong, said) in [
        ("\"240 EUR/d\"", "\"240 kWh\"", "`kpi.downtime_cost`: `240 kWh`"),
        ("Europe/Berlin", "Europe/Nowhere", "`kpi.zone`: `Europe/Nowhere`"),
        ("2026-01-31", "2025-01-31", "`kpi.baseline`"),
        ("\"sat\"", "\"saturday\"", "`kpi.shift.days`: `saturday`"),
        ("8 h", "8 EUR", "`kpi.target.between_failures`"),
        ("between_failures =", "between =", "`kpi.target.between` is no target"),
        ("signal = \"power\", below", "signal = \"watts\", below", "`kpi.stopped.signal`"),
        ("\"failure\"", "\"broken\"", "`kpi.stopped.is`: `broken`"),
        (
            "title = \"Power\", signal = \"power\"",
            "title = \"Power\", signal = \"speed\"",
            "`kpi.energy`: `1/min` is no power",
        ),
        ("jammed", "broken", "`kpi.failure_cost.broken`"),
        ("planned_cost", "planed_cost", "planed_cost"),
    ] {
        let faults = plant(&LINE.replace(right, wrong)).unwrap_err();
        assert!(faults.contains(said), "{said}: {faults}");
    }
}
