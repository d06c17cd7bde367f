//! The plant: its assets, their models and signals, read from `plant.toml` and the model files.

mod plant;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use twin::{Model, Timestamp, id::AssetId};

pub use twin::unit::Conversion;

/// What is wrong with the plant file or a model file; every line names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.join("\n"))]
pub struct CatalogError {
    pub faults: Vec<String>,
}

/// The plant.
#[derive(Debug)]
pub struct Catalog {
    pub title: String,
    assets: Vec<Asset>,
    numbers: BTreeMap<AssetId, usize>,
}

/// One asset, its model and where its telemetry comes from.
#[derive(Debug)]
pub struct Asset {
    pub id: AssetId,
    pub title: String,
    /// Where it stands: `site/area/line`.
    pub path: String,
    /// Whether its telemetry is made by a model.
    pub simulated: bool,
    /// What is to be said of the data beside every picture of it.
    pub badge: String,
    pub clock: ClockPlan,
    pub model: Arc<Model>,
    /// The model file, to the byte.
    pub model_text: String,
    /// By the signal's id in topics and HTTP.
    bindings: BTreeMap<String, Binding>,
}

/// How telemetry of one id becomes samples of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The signal's number in the model.
    pub signal: u16,
    /// The unit of values that come without one.
    pub unit: String,
    /// From that unit to the model's.
    pub conversion: Conversion,
    /// What a value is multiplied with once it is in the model's unit, as -1 for the other direction of a current.
    pub scale: f64,
}

/// The clock of an asset as the plant file has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ClockPlan {
    Wall,
    Replay { start: Timestamp, rate: f64, recorded: Timestamp, end: Timestamp },
}

impl Catalog {
    /// Reads `plant_file` and the models that it names from the folder `models`.
    pub fn read(plant_file: &Path, models: &Path) -> Result<Catalog, CatalogError> {
        let text = std::fs::read_to_string(plant_file)
            .map_err(|error| CatalogError { faults: vec![format!("`{}`: {error}", plant_file.display())] })?;
        Catalog::parse(&text, |name| std::fs::read_to_string(models.join(format!("{name}.toml"))))
    }

    /// Reads a plant from its text; `model_text` gives the file of a model by its name.
    pub fn parse(text: &str, model_text: impl Fn(&str) -> std::io::Result<String>) -> Result<Catalog, CatalogError> {
        let (title, assets) = plant::parse(text, model_text).map_err(|faults| CatalogError { faults })?;
        let numbers = assets.iter().enumerate().map(|(number, asset)| (asset.id.clone(), number)).collect();
        Ok(Catalog { title, assets, numbers })
    }

    /// All assets, in the order of the plant file; the index is the asset's number in this process.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The number of the asset with this id.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub fn asset(&self, id: &AssetId) -> Option<&Asset> {
        self.number(id.as_str()).map(|number| &self.assets[number])
    }
}

impl Asset {
    /// The binding of the id `from`, as it stands in topics and HTTP.
    pub fn binding(&self, from: &str) -> Option<&Binding> {
        self.bindings.get(from)
    }

    /// Every id that telemetry may come under, with its binding.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.bindings.iter().map(|(from, binding)| (from.as_str(), binding))
    }

    /// The seed of the asset's twin: from its id, so that it is the same in every process.
    pub fn seed(&self) -> u64 {
        self.id
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
