//! Somebody else's broker: the mosquitto of the system, on a port of its own, stopped and killed while we listen.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, PublishOptions, mqttbytes::QoS};
use services::ingest::{
    broker::{self, ConnectorState, Plan},
    mqtt::Limits,
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    mqtt::{endpoint::Endpoint, reading},
    support::PATIENCE,
};

/// A broker with a folder of its own, which it keeps its sessions in.
struct Mosquitto {
    binary: PathBuf,
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Mosquitto {
    /// `None`, and why, where there is none on this machine.
    async fn start() -> Option<Mosquitto> {
        let binary = PathBuf::from("/usr/sbin/mosquitto");
        if !binary.exists() {
            println!("not run: there is no {}", binary.display());
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Free when it was asked for; what takes it meanwhile makes the broker fail aloud.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\n\
             autosave_interval 1\nautosave_on_changes true\nmax_queued_messages 0\n",
            address.port(),
            folder.path().display()
        );
        std::fs::write(folder.path().join("mosquitto.conf"), settings).unwrap();
        let child = spawn(&binary, folder.path());
        let broker = Mosquitto { binary, child, address, folder };
        broker.is_up().await;
        Some(broker)
    }

    async fn is_up(&self) {
        let up = async {
            while tokio::net::TcpStream::connect(self.address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, up).await.expect("mosquitto listens");
    }

    /// Stops it as the system would: it keeps its sessions.
    fn stop(&mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill -9`: what it has not written is lost.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn restart(&mut self) {
        self.child = spawn(&self.binary, self.folder.path());
        self.is_up().await;
    }

    /// Publishes at QoS 1, and returns once the broker has acknowledged it all.
    async fn publish(&self, topic: &str, payloads: impl Iterator<Item = String>) {
        let options = MqttOptions::new("publisher", (self.address.ip().to_string(), self.address.port()));
        let (client, mut events) = AsyncClient::builder(options).capacity(1000).build();
        let mut owed = 0;
        for payload in payloads {
            client.try_publish(topic, payload, PublishOptions::new(QoS::AtLeastOnce)).unwrap();
            owed += 1;
        }
        while owed > 0 {
            let event = tokio::time::timeout(PATIENCE, events.poll()).await.unwrap().unwrap();
            if let Event::Incoming(Incoming::PubAck(_)) = event {
                owed -= 1;
            }
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(binary: &Path, folder: &Path) -> Child {
    let mut command = Command::new(binary);
    command.arg("-c").arg("mosquitto.conf").current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Our end: a connector before a store.
struct Connector {
    state: watch::Receiver<ConnectorState>,
    running: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Connector {
    fn start(mosquitto: &Mosquitto, endpoint: &Endpoint) -> Connector {
        let mut plan = Plan::new("site", &mosquitto.address.to_string());
        plan.topics = vec!["factory/{asset}/{signal}".parse().unwrap(), "halls/+/{signal}/{asset}".parse().unwrap()];
        let shutdown = CancellationToken::new();
        let (state, running) = broker::connect(plan, endpoint.pipeline.clone(), shutdown.clone());
        Connector { state, running, shutdown }
    }

    async fn until(&mut self, wanted: impl FnMut(&ConnectorState) -> bool) -> ConnectorState {
        let found =
            tokio::time::timeout(PATIENCE, self.state.wait_for(wanted)).await.map(|state| state.unwrap().clone());
        found.unwrap_or_else(|_| panic!("still {:?}", self.state.borrow()))
    }

    async fn stop(self) {
        self.shutdown.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.expect("it ends").unwrap();
    }
}

const TOPIC: &str = "factory/cell-1/voltage";

fn readings(secs: std::ops::Range<i64>) -> impl Iterator<Item = String> {
    secs.map(|secs| reading(secs, 3.5))
}

#[tokio::test]
async fn what_was_published_while_we_were_away_is_delivered() {
    let Some(mosquitto) = Mosquitto::start().await else { return };
    let endpoint = Endpoint::start(Limits::default()).await;
    let mut connector = Connector::start(&mosquitto, &endpoint);
    connector.until(|state| state.is_connected).await;
    mosquitto.publish(TOPIC, readings(0..5)).await;
    connector.until(|state| state.messages == 5).await;
    connector.stop().await;
    mosquitto.publish(TOPIC, readings(5..25)).await;
    let mut connector = Connector::start(&mosquitto, &endpoint);
    let state = connector.until(|state| state.messages == 20).await;
    assert_eq!((state.name.as_str(), state.is_connected, state.rejected), ("site", true, 0));
    assert!(state.last_message_at >= Some(state.since) && state.last_error.is_none(), "{state:?}");
    assert_eq!(endpoint.kept().await, 25);
    mosquitto.publish("halls/3/voltage/cell-1", readings(25..26)).await;
    mosquitto.publish("factory/nobody/voltage", readings(0..1)).await;
    assert_eq!(connector.until(|state| state.messages == 22).await.rejected, 1);
    assert_eq!(endpoint.kept().await, 26);
    connector.stop().await;
    endpoint.stop().await;
}

#[tokio::test]
async fn what_is_not_durable_yet_is_not_acknowledged() {
    let Some(mosquitto) = Mosquitto::start().await else { return };
    let endpoint = Endpoint::start(Limits::default()).await;
    let mut connector = Connector::start(&mosquitto, &endpoint);
    connector.until(|state| state.is_connected).await;
    endpoint.gate.shut();
    mosquitto.publish(TOPIC, readings(0..10)).await;
    // The store is asked for what the connector handed in: its first commit waits before the gate.
    let handed_in = async {
        while endpoint.kept().await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, handed_in).await.expect("a commit");
    // It dies with all it knew, as in a crash.
    connector.running.abort();
    endpoint.gate.open();
    let mut again = Connector::start(&mosquitto, &endpoint);
    again.until(|state| state.messages == 10).await;
    assert_eq!(endpoint.kept().await, 10, "delivered twice, kept once");
    again.stop().await;
    endpoint.stop().await;
}

#[tokio::test]
async fn a_broker_that_goes_is_met_again() {
    let Some(mut mosquitto) = Mosquitto::start().await else { return };
    let endpoint = Endpoint::start(Limits::default()).await;
    let mut connector = Connector::start(&mosquitto, &endpoint);
    connector.until(|state| state.is_connected).await;
    mosquitto.publish(TOPIC, readings(0..10)).await;
    // Stopped in the middle of its deliveries.
    mosquitto.stop();
    let gone = connector.until(|state| !state.is_connected).await;
    assert!(gone.last_error.is_some());
    mosquitto.restart().await;
    connector.until(|state| state.is_connected).await;
    mosquitto.publish(TOPIC, readings(10..20)).await;
    while endpoint.kept().await < 20 {
        let seen = connector.state.borrow().messages;
        connector.until(|state| state.messages > seen).await;
    }
    let before = connector.state.borrow().messages;
    mosquitto.kill();
    connector.until(|state| !state.is_connected).await;
    mosquitto.restart().await;
    connector.until(|state| state.is_connected).await;
    mosquitto.publish(TOPIC, readings(20..30)).await;
    connector.until(|state| state.messages >= before + 10).await;
    assert_eq!(endpoint.kept().await, 30);
    connector.stop().await;
    endpoint.stop().await;
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_said_to_be_so() {
    let Some(mut mosquitto) = Mosquitto::start().await else { return };
    mosquitto.stop();
    let endpoint = Endpoint::start(Limits::default()).await;
    let mut connector = Connector::start(&mosquitto, &endpoint);
    let state = connector.until(|state| state.last_error.is_some()).await;
    assert!(!state.is_connected);
    assert!(state.last_error.unwrap().contains("refused"));
    mosquitto.restart().await;
    connector.until(|state| state.is_connected).await;
    connector.stop().await;
    endpoint.stop().await;
}
