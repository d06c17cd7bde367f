//! The MQTT door without the rest of the server, before a store whose commits can be held up.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Condvar, Mutex},
};

use services::{
    catalog::Catalog,
    clocks::Clocks,
    ingest::{self, mqtt::Limits},
    pipeline::Pipeline,
    store::{Store, Threads},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::support::{PATIENCE, PLANT, repository};

/// Holds up the store between commit and acknowledgement while it is shut.
#[derive(Default)]
pub struct Gate {
    is_shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub fn shut(&self) {
        *self.is_shut.lock().unwrap() = true;
    }

    pub fn open(&self) {
        *self.is_shut.lock().unwrap() = false;
        self.opened.notify_all();
    }

    fn pass(&self) {
        drop(self.opened.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
    }
}

/// The MQTT door by itself.
pub struct Endpoint {
    pub address: SocketAddr,
    pub gate: Arc<Gate>,
    pub pipeline: Pipeline,
    store: Store,
    threads: Threads,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Endpoint {
    pub async fn start(limits: Limits) -> Endpoint {
        let folder = tempfile::tempdir().unwrap();
        let plant = folder.path().join("plant.toml");
        std::fs::write(&plant, PLANT).unwrap();
        let catalog = Arc::new(Catalog::read(&plant, &repository().join("server/models")).unwrap());
        let gate = Arc::new(Gate::default());
        let passing = gate.clone();
        let (store, threads) =
            Store::open(&folder.path().join("twinlight.db"), &catalog, ingest::received_at(), move |_| passing.pass())
                .unwrap();
        let clocks = Arc::new(Clocks::start(&catalog, &[], ingest::received_at()));
        let pipeline = Pipeline::new(catalog, clocks, store.clone());
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, listener.local_addr().unwrap().port()));
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(ingest::mqtt::run(listener, limits, pipeline.clone(), shutdown.clone()));
        Endpoint { address, gate, pipeline, store, threads, shutdown, running, folder }
    }

    pub async fn kept(&self) -> u64 {
        self.store.stand(0).0
    }

    pub async fn stop(self) -> tempfile::TempDir {
        self.gate.open();
        drop(self.pipeline);
        self.shutdown.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.unwrap().unwrap();
        let (store, threads) = (self.store, self.threads);
        tokio::task::spawn_blocking(move || {
            store.close();
            threads.join();
        })
        .await
        .unwrap();
        self.folder
    }
}
