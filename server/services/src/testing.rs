//! A plant that runs for as long as a test.

use bytes::Bytes;
use serde_json::Value;
use twin::Timestamp;

use crate::{
    Running, Services,
    catalog::Catalog,
    ingest::{self, Delivery, Item, Origin, Text},
};

pub const NOW: Timestamp = Timestamp(1_577_836_800_000_000);

/// The catalog of a plant file whose assets are all li-ion cells.
pub fn cells(plant: &str) -> Catalog {
    let model = include_str!("../../models/li-ion-cell.toml");
    Catalog::parse(plant, |_| Ok(model.to_owned())).unwrap()
}

/// Services by a clock that stands at `NOW`, and their folder.
pub struct Plant {
    pub services: Services,
    running: Running,
    _folder: tempfile::TempDir,
}

impl Plant {
    /// A plant that was sent `readings`, all within one delivery.
    pub async fn told(plant: &str, readings: Value) -> Plant {
        let folder = tempfile::tempdir().unwrap();
        let (services, running) = Services::start(&folder.path().join("store.db"), cells(plant), || NOW).unwrap();
        let plant = Plant { services, running, _folder: folder };
        let text = Text::from(Bytes::from(readings.to_string()));
        plant.take(&text, ingest::http::telemetry(&text).unwrap()).await;
        plant
    }

    /// Takes items in as those of a gateway.
    pub async fn take(&self, text: &Text, items: Vec<Item<'_>>) {
        let origin = Origin { connector: "http", client: "gateway".into() };
        self.services.pipeline.accept(Delivery { origin, received_at: NOW, text, items }).await.unwrap();
    }

    pub async fn stop(self) {
        self.services.stop(self.running).await;
    }
}
