//! What a command follows: readings of a file, or the recording of a plant's asset, as entries of one model.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use services::catalog::Catalog;
use twin::{Entry, Model, What};

use crate::{
    model,
    replay::{self, Posted, recording::Script},
    simulate::readings,
};

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("of").required(true))]
pub struct Source {
    /// The model file whose twin follows `--inputs`.
    #[arg(group = "of", requires = "readings")]
    pub file: Option<PathBuf>,
    /// Readings in any form that `twinlight data check` reads, with the model's own names of signals.
    #[arg(long = "inputs", value_name = "FILE", requires = "file")]
    pub readings: Option<PathBuf>,
    /// In the place of a model and readings: a folder with `plant.toml` and recordings, as that of the demo.
    #[arg(long, value_name = "FOLDER", group = "of", requires = "asset")]
    pub plant: Option<PathBuf>,
    /// The asset of the plant, or that of the readings where they are of several.
    #[arg(long)]
    pub asset: Option<String>,
    /// The unit of the times in line protocol: ns, us, ms, s, m or h.
    #[arg(long, default_value = "ns")]
    pub precision: String,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asset = self.asset.as_deref();
        match (&self.readings, &self.plant) {
            (Some(readings), _) => write!(f, "{}", readings.display())?,
            (None, Some(folder)) => return write!(f, "{} of {}", asset.unwrap_or_default(), folder.display()),
            (None, None) => {}
        }
        asset.map_or(Ok(()), |asset| write!(f, ", asset {asset}"))
    }
}

/// A recording, in order of time; never empty.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub model: Arc<Model>,
    pub entries: Vec<Entry>,
    /// Readings that no door would take.
    pub left_out: u64,
}

/// Reads what is asked for; `models` is the folder of models.
pub fn read(models: &Path, source: &Source) -> anyhow::Result<Recorded> {
    let recorded = match (&source.file, &source.plant) {
        (Some(file), _) => {
            let model = Arc::new(model::whole(file, models)?.0);
            let path = source.readings.as_deref().context("`--inputs` says what to follow")?;
            let precision = readings::precision(&source.precision)?;
            let readings = readings::read(path, &model, source.asset.as_deref(), precision)?;
            Recorded { model, entries: readings.entries, left_out: readings.left_out }
        }
        (None, Some(folder)) => of_plant(folder, models, source.asset.as_deref().unwrap_or_default())?,
        (None, None) => bail!("a model file with `--inputs`, or `--plant` with `--asset`, says what to follow"),
    };
    if recorded.entries.is_empty() {
        bail!("there is nothing to follow");
    }
    Ok(recorded)
}

/// The entries of a plant's recording, or of its simulation.
fn of_plant(folder: &Path, models: &Path, asset: &str) -> anyhow::Result<Recorded> {
    let file = folder.join("plant.toml");
    let catalog = Catalog::read(&file, models)?;
    let asset = catalog.assets().iter().find(|own| own.id.as_str() == asset);
    let asset = asset.with_context(|| format!("`{}` has no such asset", file.display()))?;
    let posts = Script::read(folder)?.posts(asset)?;
    let posts = posts.with_context(|| format!("`{}` has no recording of `{}`", folder.display(), asset.id))?;
    let (mut entries, mut left_out) = (Vec::new(), 0);
    for replay::Post { t, what, .. } in posts {
        let what = match what {
            Posted::Sample { signal, value, .. } => asset.binding(&signal).map(|binding| {
                let value = binding.conversion.apply(value) * binding.scale;
                What::Sample { signal: binding.signal, value }
            }),
            Posted::Event { kind, .. } => asset.model.event(&kind).map(|event| What::Event { event }),
        };
        match what.filter(|what| asset.model.knows(what)) {
            Some(what) => entries.push(Entry { t, what }),
            None => left_out += 1,
        }
    }
    entries.sort_by_key(|entry| entry.t);
    Ok(Recorded { model: asset.model.clone(), entries, left_out })
}
