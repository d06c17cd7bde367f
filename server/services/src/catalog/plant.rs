//! The plant file's form, checked key by key.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use twin::{
    Model, Timestamp,
    id::AssetId,
    model::{Beside, ModelError, compose, nearest},
};

use super::{Asset, Binding, ClockPlan, Conversion, kpi};
use crate::contract::{self, Contract, Retention, Source};

/// What the file says.
pub struct Plant {
    pub title: String,
    pub retention: Retention,
    pub kpi: kpi::PlantKpi,
    pub assets: Vec<Asset>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantFile {
    #[serde(default)]
    title: String,
    /// The time zone of all assets that name no other, and of key figures.
    #[serde(default)]
    zone: String,
    #[serde(default)]
    clock: BTreeMap<String, ClockTable>,
    #[serde(default)]
    retention: toml::Table,
    #[serde(default)]
    kpi: kpi::PlantTable,
    #[serde(default)]
    asset: Vec<AssetTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockTable {
    /// Where the asset's time starts, and where it ends.
    start: String,
    end: String,
    rate: f64,
    /// When the recording was made, where that is not `start`; `unknown` where nobody says.
    recorded: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetTable {
    id: String,
    title: String,
    model: String,
    #[serde(default)]
    clock: Option<String>,
    #[serde(default)]
    path: String,
    zone: Option<String>,
    #[serde(default)]
    simulated: bool,
    #[serde(default)]
    badge: String,
    /// The assets that it gives something to: water, power, parts.
    #[serde(default)]
    feeds: Vec<String>,
    #[serde(default)]
    signals: BTreeMap<String, toml::Table>,
    #[serde(default)]
    kpi: kpi::AssetTable,
}

/// Reads the plant, or that asset of it alone, or says everything that is wrong.
pub fn parse(
    text: &str,
    only: Option<&str>,
    model_text: impl Fn(&str) -> std::io::Result<String>,
    sealed: Beside,
) -> Result<Plant, Vec<String>> {
    let file: PlantFile = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut faults = Vec::new();
    let of_plant = kpi::plant(&file.kpi, &file.zone, &mut faults);
    let known = Known {
        clocks: clocks(&file.clock, &mut faults),
        classes: contract::retention(&file.retention, &mut faults),
        zone: file.zone,
        kpi: file.kpi,
    };
    let ids: Vec<String> = file.asset.iter().map(|table| table.id.clone()).collect();
    if let Some(id) = only.filter(|id| !ids.iter().any(|own| own == id)) {
        return Err(vec![nearest::unknown("asset", id, ids.iter().map(String::as_str))]);
    }
    let mut assets: Vec<Asset> = Vec::new();
    for table in file.asset.into_iter().filter(|table| only.is_none_or(|id| id == table.id)) {
        let name = format!("asset `{}`", table.id);
        if assets.iter().any(|asset| asset.id.as_str() == table.id) {
            faults.push(format!("{name}: `id` is taken by another asset"));
        } else if let Some(asset) = asset(table, &name, &known, (&model_text, sealed), &mut faults) {
            assets.push(asset);
        }
    }
    for asset in &assets {
        for fed in &asset.feeds {
            if asset.id.as_str() == fed || !ids.contains(fed) {
                faults.push(format!("asset `{}`: `feeds` names `{fed}`, and there is no such other asset", asset.id));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Plant { title: file.title, retention: known.classes, kpi: of_plant, assets })
}

/// What assets may name.
struct Known {
    clocks: BTreeMap<String, ClockPlan>,
    classes: Retention,
    zone: String,
    kpi: kpi::PlantTable,
}

/// The name of a time zone, which browsers show times in and look up in a list of their own; that of the plant is looked up
/// here, too, where it is the one of key figures.
fn zone(zone: &str, name: &str, faults: &mut Vec<String>) -> String {
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "/_+-".contains(sign);
    let is_name =
        zone.is_empty() || zone.starts_with(|sign: char| sign.is_ascii_alphabetic()) && zone.chars().all(is_sign);
    if !is_name {
        faults.push(format!("{name}: `zone` is no time zone like `Europe/Berlin`: `{zone}`"));
    }
    zone.to_string()
}

fn clocks(tables: &BTreeMap<String, ClockTable>, faults: &mut Vec<String>) -> BTreeMap<String, ClockPlan> {
    let mut clocks = BTreeMap::new();
    for (name, table) in tables {
        let mut time = |key: &str, text: &str| match text.parse::<jiff::Timestamp>() {
            Ok(t) => Timestamp(t.as_microsecond()),
            Err(_) => {
                faults.push(format!("clock `{name}`: `{key}` is no RFC 3339 time: `{text}`"));
                Timestamp(0)
            }
        };
        let start = time("start", &table.start);
        let end = time("end", &table.end);
        let recorded = match table.recorded.as_deref() {
            None => start,
            Some("unknown") => Timestamp(0),
            Some(text) => time("recorded", text),
        };
        if !(table.rate.is_finite() && table.rate > 0.0) {
            faults.push(format!("clock `{name}`: `rate` must be above 0, not {}", table.rate));
        }
        if end < start {
            faults.push(format!("clock `{name}`: `end` is before `start`"));
        }
        clocks.insert(name.clone(), ClockPlan::Replay { start, rate: table.rate, recorded, end });
    }
    clocks
}

fn asset(
    table: AssetTable,
    name: &str,
    known: &Known,
    (model_text, sealed): (&impl Fn(&str) -> std::io::Result<String>, Beside),
    faults: &mut Vec<String>,
) -> Option<Asset> {
    let id = AssetId::parse(&table.id).map_err(|error| faults.push(format!("{name}: `id`: {error}"))).ok();
    let clock = match table.clock.as_deref() {
        None | Some("wall") => Some(ClockPlan::Wall),
        Some(other) => known.clocks.get(other).copied().or_else(|| {
            faults.push(format!("{name}: `clock` names `{other}`, and there is no such clock"));
            None
        }),
    };
    if AssetId::parse(&table.model).is_err() {
        faults.push(format!("{name}: `model` is no id: `{}`", table.model));
        return None;
    }
    let text = model_text(&table.model)
        .map_err(|error| faults.push(format!("{name}: `model` names `{}`: {error}", table.model)))
        .ok()?;
    // A part is named by an id too: it cannot leave the folder of models.
    let resolve = |id: &str| AssetId::parse(id).ok().and_then(|_| model_text(id).ok());
    let (model, whole) = match compose::read_beside(&text, &resolve, sealed) {
        Ok(read) => read,
        Err(errors) => {
            let place = |error: ModelError| {
                let file = if error.file.is_empty() { &table.model } else { &error.file };
                format!("model `{file}` line {} column {}: {}", error.line, error.column, error.message)
            };
            faults.extend(errors.into_iter().map(place));
            return None;
        }
    };
    let contracts = contracts(&table.signals, &model, &known.classes, name, faults);
    let bindings = bindings(&contracts, &model, name, faults);
    let kpi = kpi::asset(&known.kpi, &table.kpi, &model, name, faults);
    Some(Asset {
        id: id?,
        title: table.title,
        path: table.path,
        zone: zone(table.zone.as_deref().unwrap_or(&known.zone), name, faults),
        simulated: table.simulated,
        badge: table.badge,
        feeds: table.feeds,
        clock: clock?,
        model: Arc::new(model),
        text,
        whole,
        kpi,
        bindings,
        contracts,
    })
}

/// What is agreed of each signal of the model, in its order.
fn contracts(
    tables: &BTreeMap<String, toml::Table>,
    model: &Model,
    classes: &Retention,
    name: &str,
    faults: &mut Vec<String>,
) -> Vec<Contract> {
    for signal in tables.keys().filter(|signal| model.signal(signal).is_none()) {
        faults.push(format!("{name}: `signals.{signal}`: model `{}` has no such signal", model.id));
    }
    let contract = |signal: &twin::model::Signal| match tables.get(&signal.name) {
        Some(table) => contract::read(table, signal, classes, (name, &format!("signals.{}", signal.name)), faults),
        None => Contract::of_model(&signal.unit, signal.range),
    };
    model.signals.iter().map(contract).collect()
}

fn bindings(contracts: &[Contract], model: &Model, name: &str, faults: &mut Vec<String>) -> BTreeMap<String, Binding> {
    let mut bindings = BTreeMap::new();
    for (contract, signal) in contracts.iter().zip(0..) {
        let Some(Source { from, unit, scale }) = &contract.source else { continue };
        // A unit that does not fit was named as a fault before.
        let Some(conversion) = Conversion::between(unit, &contract.unit) else { continue };
        if bindings.insert(from.clone(), Binding { signal, unit: unit.clone(), conversion, scale: *scale }).is_some() {
            let own = &model.signals[usize::from(signal)].name;
            faults.push(format!("{name}: `signals.{own}.from`: `{from}` feeds another signal too"));
        }
    }
    bindings
}

#[cfg(test)]
mod tests {
    use crate::testing::cells;

    fn check(plant_zone: &str, asset_zone: &str, expected: &str) {
        let plant = format!("{plant_zone}\n[[asset]]\nid = \"cell\"\ntitle = \"Cell\"\nmodel = \"cell\"\n{asset_zone}");
        assert_eq!(cells(&plant).assets()[0].zone, expected, "{plant_zone} {asset_zone}");
    }

    #[test]
    fn an_asset_is_in_its_own_zone_or_in_that_of_the_plant() {
        check("", "", "");
        check("zone = \"Europe/Berlin\"", "", "Europe/Berlin");
        check("zone = \"Europe/Berlin\"", "zone = \"America/Los_Angeles\"", "America/Los_Angeles");
        check("zone = \"Europe/Berlin\"", "zone = \"\"", "");
    }

    #[test]
    fn an_asset_feeds_other_assets_of_the_plant() {
        let asset = |id: &str, feeds: &str| {
            format!("[[asset]]\nid = \"{id}\"\ntitle = \"{id}\"\nmodel = \"cell\"\nfeeds = [{feeds}]\n")
        };
        let plant = asset("a", "\"b\"") + &asset("b", "");
        assert_eq!(cells(&plant).assets()[0].feeds, ["b"]);
        let plant = asset("a", "\"a\", \"c\"") + &asset("b", "");
        let model = include_str!("../../../models/li-ion-cell.toml");
        let faults = super::parse(&plant, None, |_| Ok(model.to_owned()), &|_| None).err().unwrap_or_default();
        let said = |name: &str| format!("asset `a`: `feeds` names `{name}`, and there is no such other asset");
        assert_eq!(faults, [said("a"), said("c")]);
    }

    #[test]
    fn what_cannot_be_the_name_of_a_zone_is_refused() {
        let mut faults = Vec::new();
        for zone in ["UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", ""] {
            super::zone(zone, "asset `a`", &mut faults);
        }
        assert_eq!(faults, [""; 0]);
        for zone in ["+02:00", "Europe Berlin", "<b>"] {
            super::zone(zone, "asset `a`", &mut faults);
        }
        assert_eq!(faults.len(), 3);
    }
}
