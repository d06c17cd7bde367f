//! Futures as a file: a table in CSV, or all there is in JSON.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::bail;
use serde_json::{Map, Value, json};
use twin::{
    KERNEL_VERSION, hex,
    model::{Quantity, Signal},
    twin::Band,
    whatif::Crossing,
};

use super::{Outcome, Simulated, print::SHARES};
use crate::wording::time;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    Json,
}

impl Form {
    /// The form of a file by the end of its name; what goes to the terminal is CSV.
    pub fn of(path: &Path) -> anyhow::Result<Form> {
        match path.extension().and_then(|own| own.to_str()) {
            _ if path == Path::new("-") => Ok(Form::Csv),
            Some("csv") => Ok(Form::Csv),
            Some("json") => Ok(Form::Json),
            _ => bail!("`--out` is a file that ends in `.csv` or `.json`, or `-`, not `{}`", path.display()),
        }
    }

    pub fn write(self, found: &Simulated, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Form::Csv => csv(found, to),
            Form::Json => {
                serde_json::to_writer(&mut *to, &whole(found))?;
                writeln!(to)
            }
        }
    }
}

/// One line a scenario, instant and quantity.
fn csv(found: &Simulated, to: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(to);
    table.write_record(["scenario", "t", "quantity", "unit", "mean", "low", "mid", "high"]).map_err(plain)?;
    for future in &found.futures {
        for (instant, t) in future.projection.times.iter().enumerate() {
            for (quantity, bands) in found.model.quantities.iter().zip(&future.projection.bands) {
                let Band { mean, low, mid, high } = bands[instant];
                let [mean, low, mid, high] = [mean, low, mid, high].map(|value| value.to_string());
                let row = [&future.name, &time(*t), &quantity.name, &quantity.unit, &mean, &low, &mid, &high];
                table.write_record(row).map_err(plain)?;
            }
        }
    }
    table.flush()
}

/// What went wrong below the table.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn whole(found: &Simulated) -> Value {
    let model = &found.model;
    let quantity = |own: &Quantity| json!({ "name": own.name, "title": own.title, "unit": own.unit });
    let input = |(signal, value): (&Signal, &f64)| (signal.name.clone(), json!(value));
    json!({
        "model": { "id": model.id, "title": model.title, "sha256": hex::write(&model.hash.0) },
        "kernel": KERNEL_VERSION,
        "seed": found.seed,
        "members": found.members,
        "from": time(found.from),
        "inputs": model.signals.iter().zip(&found.inputs).map(input).collect::<Map<_, _>>(),
        "readings": found.readings,
        "quantities": model.quantities.iter().map(quantity).collect::<Vec<_>>(),
        "times": found.futures.first().map(|future| future.projection.times.iter().map(|t| time(*t)).collect::<Vec<_>>()),
        "scenarios": found.futures.iter().map(|future| scenario(found, future)).collect::<Vec<_>>(),
    })
}

fn scenario(found: &Simulated, future: &Outcome) -> Value {
    let model = &found.model;
    let slider = |number: u16| model.sliders[usize::from(number)].name.clone();
    let of = |bands: &[Band], part: fn(&Band) -> f64| bands.iter().map(part).collect::<Vec<f64>>();
    let bands = |(quantity, bands): (&Quantity, &Vec<Band>)| {
        let bands = json!({
            "mean": of(bands, |band| band.mean), "low": of(bands, |band| band.low),
            "mid": of(bands, |band| band.mid), "high": of(bands, |band| band.high),
        });
        (quantity.name.clone(), bands)
    };
    let met = |crossing: &Crossing, mut own: Map<String, Value>| {
        own.insert("probability".to_owned(), json!(crossing.probability()));
        own.extend(SHARES.map(|(share, percent)| (format!("by_{percent}"), json!(crossing.quantile(share).map(time)))));
        Value::Object(own)
    };
    let failure = |crossing: &Crossing| {
        let failure = crossing.failure(model)?;
        let own = Map::from_iter([("severity".to_owned(), json!(failure.severity))]);
        Some((failure.name.clone(), met(crossing, own)))
    };
    let limit = |crossing: &Crossing| {
        let limit = crossing.limit(model)?;
        let own = Map::from_iter([
            ("quantity".to_owned(), json!(model.quantities[usize::from(limit.quantity)].name)),
            ((if limit.is_upper { "above" } else { "below" }).to_owned(), json!(limit.value)),
        ]);
        Some(met(crossing, own))
    };
    let mut own = json!({
        "name": future.name,
        "sliders": future.scenario.sliders.iter().map(|(own, value)| (slider(*own), json!(value))).collect::<Map<_, _>>(),
        "quantities": model.quantities.iter().zip(&future.projection.bands).map(bands).collect::<Map<_, _>>(),
        "failures": future.projection.crossings.iter().filter_map(failure).collect::<Map<_, _>>(),
        "limits": future.projection.crossings.iter().filter_map(limit).collect::<Vec<_>>(),
        "hash": format!("{:016x}", future.projection.hash.0),
    });
    if let Some(sensitivities) = &future.sensitivities {
        let slopes = |slopes: &[f64]| {
            let of = model.quantities.iter().zip(slopes);
            of.map(|(quantity, slope)| (quantity.name.clone(), json!(slope))).collect::<Map<_, _>>()
        };
        let all = sensitivities
            .iter()
            .map(|own| (slider(own.slider), json!({ "at": own.at, "slopes": slopes(&own.slopes) })));
        own["sensitivities"] = Value::Object(all.collect());
    }
    own
}
