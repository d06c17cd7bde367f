//! The plant file's form, checked key by key.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use twin::{Model, Timestamp, id::AssetId};

use super::{Asset, Binding, ClockPlan, Conversion};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantFile {
    #[serde(default)]
    title: String,
    #[serde(default)]
    clock: BTreeMap<String, ClockTable>,
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
    /// When the recording was made, where that is not `start`.
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
    #[serde(default)]
    simulated: bool,
    #[serde(default)]
    badge: String,
    #[serde(default)]
    signals: BTreeMap<String, SignalTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalTable {
    from: String,
    unit: Option<String>,
    scale: Option<f64>,
}

/// Reads the title and the assets, or says everything that is wrong.
pub fn parse(
    text: &str,
    model_text: impl Fn(&str) -> std::io::Result<String>,
) -> Result<(String, Vec<Asset>), Vec<String>> {
    let file: PlantFile = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut faults = Vec::new();
    let clocks = clocks(&file.clock, &mut faults);
    let mut assets: Vec<Asset> = Vec::new();
    for table in file.asset {
        let name = format!("asset `{}`", table.id);
        if assets.iter().any(|asset| asset.id.as_str() == table.id) {
            faults.push(format!("{name}: `id` is taken by another asset"));
        } else if let Some(asset) = asset(table, &name, &clocks, &model_text, &mut faults) {
            assets.push(asset);
        }
    }
    if faults.is_empty() { Ok((file.title, assets)) } else { Err(faults) }
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
        let recorded = table.recorded.as_deref().map_or(start, |text| time("recorded", text));
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
    clocks: &BTreeMap<String, ClockPlan>,
    model_text: &impl Fn(&str) -> std::io::Result<String>,
    faults: &mut Vec<String>,
) -> Option<Asset> {
    let id = AssetId::parse(&table.id).map_err(|error| faults.push(format!("{name}: `id`: {error}"))).ok();
    let clock = match table.clock.as_deref() {
        None | Some("wall") => Some(ClockPlan::Wall),
        Some(other) => clocks.get(other).copied().or_else(|| {
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
    let model = match Model::parse(&text) {
        Ok(model) => model,
        Err(errors) => {
            let place = |error: twin::model::ModelError| {
                format!("model `{}` line {} column {}: {}", table.model, error.line, error.column, error.message)
            };
            faults.extend(errors.into_iter().map(place));
            return None;
        }
    };
    let bindings = bindings(&table.signals, &model, name, faults);
    Some(Asset {
        id: id?,
        title: table.title,
        path: table.path,
        simulated: table.simulated,
        badge: table.badge,
        clock: clock?,
        model: Arc::new(model),
        model_text: text,
        bindings,
    })
}

fn bindings(
    tables: &BTreeMap<String, SignalTable>,
    model: &Model,
    name: &str,
    faults: &mut Vec<String>,
) -> BTreeMap<String, Binding> {
    let mut bindings = BTreeMap::new();
    for (signal, table) in tables {
        let Some(number) = model.signal(signal) else {
            faults.push(format!("{name}: `signals.{signal}`: model `{}` has no such signal", model.id));
            continue;
        };
        let own = &model.signals[usize::from(number)].unit;
        let unit = table.unit.clone().unwrap_or_else(|| own.clone());
        let scale = table.scale.unwrap_or(1.0);
        if AssetId::parse(&table.from).is_err() {
            faults.push(format!("{name}: `signals.{signal}.from` is no id: `{}`", table.from));
        }
        let Some(conversion) = Conversion::between(&unit, own) else {
            faults.push(format!("{name}: `signals.{signal}.unit`: `{unit}` does not fit `{own}`"));
            continue;
        };
        if !scale.is_finite() || scale == 0.0 {
            faults.push(format!("{name}: `signals.{signal}.scale` must be a number other than 0"));
        }
        if bindings.insert(table.from.clone(), Binding { signal: number, unit, conversion, scale }).is_some() {
            faults.push(format!("{name}: `signals.{signal}.from`: `{}` feeds another signal too", table.from));
        }
    }
    bindings
}
