//! The plant: its assets, their models and signals, read from `plant.toml` and the model files.

pub mod kpi;
mod plant;

use std::{collections::BTreeMap, io::Error, path::Path, sync::Arc};

use twin::{
    Model, Span, Timestamp, gauge,
    id::AssetId,
    model::{Beside, Signal},
};

use crate::contract::{Contract, Contracts, Retention, Source};

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
    retention: Retention,
    kpi: kpi::PlantKpi,
}

/// One asset, its model and where its telemetry comes from.
#[derive(Debug)]
pub struct Asset {
    pub id: AssetId,
    pub title: String,
    /// Where it stands: `site/area/line`.
    pub path: String,
    /// The time zone of that place, as `Europe/Berlin`; empty where the plant names none.
    pub zone: String,
    /// Whether its telemetry is made by a model.
    pub simulated: bool,
    /// What is to be said of the data beside every picture of it.
    pub badge: String,
    /// The ids of the assets that it gives something to.
    pub feeds: Vec<String>,
    pub clock: ClockPlan,
    pub model: Arc<Model>,
    /// The model's file as it stands, and whole: with its parts put in.
    pub text: String,
    pub whole: String,
    /// What its key figures are counted by.
    pub kpi: kpi::AssetKpi,
    /// By the signal's id in topics and HTTP.
    bindings: BTreeMap<String, Binding>,
    /// By the signal's number.
    contracts: Vec<Contract>,
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
        Catalog::of_files(plant_file, models, None)
    }

    /// The same of one of its assets: of the others only their ids are looked at.
    pub fn read_asset(plant_file: &Path, models: &Path, id: &str) -> Result<Catalog, CatalogError> {
        Catalog::of_files(plant_file, models, Some(id))
    }

    fn of_files(plant_file: &Path, models: &Path, only: Option<&str>) -> Result<Catalog, CatalogError> {
        let text = std::fs::read_to_string(plant_file)
            .map_err(|error| CatalogError { faults: vec![format!("`{}`: {error}", plant_file.display())] })?;
        let model_text = |name: &str| {
            let file = models.join(format!("{name}.toml"));
            let wrong =
                |error: Error| Error::new(error.kind(), format!("`{}` of `plant.models`: {error}", file.display()));
            std::fs::read_to_string(&file).map_err(wrong)
        };
        Catalog::of_plant(plant::parse(&text, only, model_text, &|file| sealed_file(&models.join(file))))
    }

    /// A plant of one asset that sends every signal of `model` under its own name and in its own unit.
    pub fn of_model(id: AssetId, model: Arc<Model>) -> Catalog {
        let signals = (0..).zip(&model.signals);
        let binding = |(signal, own): (u16, &Signal)| {
            let (unit, conversion) = (own.unit.clone(), Conversion::between(&own.unit, &own.unit)?);
            Some((own.name.clone(), Binding { signal, unit, conversion, scale: 1.0 }))
        };
        let bindings = signals.filter_map(binding).collect();
        let contract = |own: &Signal| {
            let source = Source { from: own.name.clone(), unit: own.unit.clone(), scale: 1.0 };
            Contract { source: Some(source), ..Contract::of_model(&own.unit, own.range) }
        };
        let asset = Asset {
            title: model.title.clone(),
            path: String::new(),
            zone: String::new(),
            simulated: false,
            badge: String::new(),
            feeds: Vec::new(),
            clock: ClockPlan::Wall,
            text: String::new(),
            whole: String::new(),
            kpi: kpi::AssetKpi::default(),
            bindings,
            contracts: model.signals.iter().map(contract).collect(),
            id,
            model,
        };
        Catalog {
            title: asset.title.clone(),
            numbers: BTreeMap::from([(asset.id.clone(), 0)]),
            assets: vec![asset],
            retention: Retention::default(),
            kpi: kpi::PlantKpi::default(),
        }
    }

    /// Reads a plant from its text; `model_text` gives the file of a model by its name.
    pub fn parse(text: &str, model_text: impl Fn(&str) -> std::io::Result<String>) -> Result<Catalog, CatalogError> {
        Catalog::parse_beside(text, model_text, &|_| None)
    }

    /// The same of models that may have learned something; `sealed` gives what a file beside them has.
    pub fn parse_beside(
        text: &str,
        model_text: impl Fn(&str) -> std::io::Result<String>,
        sealed: Beside,
    ) -> Result<Catalog, CatalogError> {
        Catalog::of_plant(plant::parse(text, None, model_text, sealed))
    }

    fn of_plant(parsed: Result<plant::Plant, Vec<String>>) -> Result<Catalog, CatalogError> {
        let plant::Plant { title, retention, kpi, assets } = parsed.map_err(|faults| CatalogError { faults })?;
        let numbers = assets.iter().enumerate().map(|(number, asset)| (asset.id.clone(), number)).collect();
        Ok(Catalog { title, assets, numbers, retention, kpi })
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

    /// How long the samples of each class are kept, by its name.
    pub fn retention(&self) -> &Retention {
        &self.retention
    }

    /// What key figures are counted by in the whole plant.
    pub fn kpi(&self) -> &kpi::PlantKpi {
        &self.kpi
    }

    /// How long the samples of a signal are kept, by the numbers of asset and signal; those of others are kept for good.
    pub fn keep_for(&self) -> Vec<(usize, u16, Span)> {
        let mut kept = Vec::new();
        for (number, asset) in self.assets.iter().enumerate() {
            for (contract, signal) in asset.contracts.iter().zip(0..) {
                let span = self.retention.get(&contract.class).copied().flatten();
                kept.extend(span.map(|span| (number, signal, span)));
            }
        }
        kept
    }

    /// What is agreed of every signal of the plant.
    pub fn contracts(&self) -> Contracts {
        let mut contracts = Contracts::default();
        for asset in &self.assets {
            for (signal, contract) in asset.model.signals.iter().zip(&asset.contracts) {
                contracts.insert(asset.id.as_str(), &signal.name, contract.clone());
            }
        }
        contracts
    }
}

/// The bytes of a file with what was learned; of one that is too large one byte too many, so that this is said.
pub fn sealed_file(file: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = gauge::LARGEST as u64 + 1;
    std::io::Read::read_to_end(&mut std::io::Read::take(std::fs::File::open(file).ok()?, most), &mut bytes).ok()?;
    Some(bytes)
}

impl Asset {
    /// The binding of the id `from`, as it stands in topics and HTTP.
    pub fn binding(&self, from: &str) -> Option<&Binding> {
        self.bindings.get(from)
    }

    /// What is agreed of signal number `signal`.
    pub fn contract(&self, signal: u16) -> &Contract {
        &self.contracts[usize::from(signal)]
    }

    /// What is agreed of each signal, in the model's order.
    pub fn contracts(&self) -> impl Iterator<Item = &Contract> {
        self.contracts.iter()
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
