//! The whole ingest path: check, keep, publish, and say what became of it.

use std::sync::Arc;

use crate::{
    catalog::Catalog,
    clocks::Clocks,
    doors::Connections,
    ingest::Delivery,
    store::{Pending, Receipt, Store, StoreError},
    validate::{self, Terms},
};

/// Takes deliveries in.
#[derive(Debug, Clone)]
pub struct Pipeline {
    catalog: Arc<Catalog>,
    clocks: Arc<Clocks>,
    store: Store,
    /// Connections of the MQTT endpoint.
    pub mqtt_connections: Connections,
}

impl Pipeline {
    pub fn new(catalog: Arc<Catalog>, clocks: Arc<Clocks>, store: Store) -> Pipeline {
        Pipeline { catalog, clocks, store, mqtt_connections: Connections::default() }
    }

    /// Checks, keeps and publishes one delivery. What is wrong with a reading is in the receipt, never an error.
    /// Where the store is full it fails at once with `StoreError::Full`.
    pub async fn accept(&self, delivery: Delivery<'_>) -> Result<Receipt, StoreError> {
        let connector = delivery.origin.connector;
        let pending = self.store.try_append(validate::all(&self.catalog, &self.clocks, delivery));
        pending.inspect_err(|_| self.store.counters().lost(connector))?.receipt().await
    }

    /// The same on other terms.
    pub async fn accept_on(&self, delivery: Delivery<'_>, terms: Terms) -> Result<Receipt, StoreError> {
        self.store.try_append(validate::all_on(&self.catalog, &self.clocks, delivery, terms))?.receipt().await
    }

    /// Hands one delivery to the store, waiting for room; its receipt comes once it is durable.
    /// Deliveries are kept in the order in which they are handed in, whether or not anyone awaits the receipt.
    pub async fn submit(&self, delivery: Delivery<'_>) -> Result<Pending, StoreError> {
        self.store.append(validate::all(&self.catalog, &self.clocks, delivery)).await
    }
}
