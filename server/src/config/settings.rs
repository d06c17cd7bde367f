//! Every setting, once: its key, type, default, limits and meaning. All that is read, printed or documented comes from here.

use std::{net::SocketAddr, path::PathBuf};

use services::ingest::broker::{Plan, Template};

use super::{
    section::{Named, Section, section},
    value::{Any, LogFilter, LogFormat, Name, Topics},
};

/// Every setting, by section.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    pub server: Server,
    pub mqtt: Mqtt,
    pub broker: Named<Broker>,
    pub store: Store,
    pub plant: Plant,
    pub site: Site,
    pub twins: Twins,
    pub log: Log,
}

impl Config {
    /// The sections by the names that they have in the file.
    pub fn sections(&mut self) -> Vec<(&'static str, &mut dyn Section)> {
        vec![
            ("server", &mut self.server),
            ("mqtt", &mut self.mqtt),
            ("broker", &mut self.broker),
            ("store", &mut self.store),
            ("plant", &mut self.plant),
            ("site", &mut self.site),
            ("twins", &mut self.twins),
            ("log", &mut self.log),
        ]
    }
}

impl Config {
    /// The brokers that are subscribed to.
    pub fn brokers(&self) -> Vec<Plan> {
        let given = |name: &Name| (!name.0.is_empty()).then(|| name.0.clone());
        let plan = |(name, broker): (&String, &Broker)| {
            let plan = Plan::new(name, &broker.address.0);
            Plan {
                client_id: given(&broker.client_id).unwrap_or(plan.client_id),
                topics: broker.topics.0.clone(),
                username: given(&broker.username),
                password_file: given(&broker.password_file).map(PathBuf::from),
                ..plan
            }
        };
        self.broker.0.iter().map(plan).collect()
    }
}

const DAY: u64 = 86_400;

section! {
    /// Pages, the API and the WebSocket.
    pub struct Server {
        /// Where to listen. Other machines reach an address that is not of the loopback.
        address: SocketAddr = local(3000), Any;
        /// Lets everybody in from other machines: there are no accounts yet. Without it, only addresses of the loopback
        /// are listened on.
        allow_unauthenticated: bool = false, Any;
        /// Names beside those of the loopback by which this server may be called: what stands in the address bar of a
        /// browser, or in the target list of Prometheus. A request by another name is refused (421).
        allowed_hosts: Vec<String> = Vec::new(), Any;
        /// Connections at a time, WebSockets included. One more is refused with 503.
        connections: u64 = 4096, 8..=1_000_000;
        /// The largest head of a request (first line and headers), in KiB. A larger one is refused with 431.
        head_kib: u64 = 32, 8..=1024;
        /// Seconds that a client may take to send the head of a request, once it has begun.
        head_secs: u64 = 10, 1..=600;
        /// Seconds that a client may be silent in the middle of a request's body, or take nothing of an answer.
        stall_secs: u64 = 30, 1..=600;
        /// Seconds that a connection may wait for its next request.
        idle_secs: u64 = 75, 1..=3600;
        /// Seconds that `/readyz` says 503 while new requests are still taken, once the server was told to stop: for
        /// load balancers, which look now and then.
        notice_secs: u64 = 0, 0..=300;
        /// Seconds that requests under way have to come to their end, once the server was told to stop.
        drain_secs: u64 = 10, 0..=300;
    }

    /// The endpoint that takes telemetry in over MQTT.
    pub struct Mqtt {
        /// Where to listen. Other machines reach an address that is not of the loopback.
        address: SocketAddr = local(1883), Any;
        /// Connections at a time. One more is closed at once.
        connections: u64 = 1024, 1..=1_000_000;
        /// Connections at a time from one address. With one more, the one that was silent for longest gives way.
        connections_per_address: u64 = 512, 1..=1_000_000;
    }

    /// A broker of somebody else's that is subscribed to, under the name that it has here.
    pub struct Broker {
        /// Host and port of the broker.
        address: Name = Name("127.0.0.1:1884".into()), Any;
        /// By which the broker knows our session; `twinlight-NAME` where it is empty. Nobody else may use it.
        client_id: Name = Name(String::new()), Any;
        /// Which topics are subscribed to, and where asset and signal stand in them.
        topics: Topics = Topics(vec![Template::default()]), Any;
        /// Who we are to the broker; nobody where it is empty.
        username: Name = Name(String::new()), Any;
        /// The file that holds the password; none where it is empty. Read at every connection.
        password_file: Name = Name(String::new()), Any;
    }

    /// What was taken in, durably.
    pub struct Store {
        /// The store's file. Its folder is made where there is none.
        path: PathBuf = "data/twinlight.db".into(), Any;
        /// Free space on the store's disk, in MiB, below which `/readyz` says 503.
        reserve_mib: u64 = 256, 0..=1_048_576;
    }

    /// Assets and the models that they follow.
    pub struct Plant {
        /// The plant file.
        file: PathBuf = "server/demo/plant.toml".into(), Any;
        /// The folder of model files.
        models: PathBuf = "server/models".into(), Any;
    }

    /// The built pages.
    pub struct Site {
        /// The folder of what browsers load: scripts, styles, fonts.
        root: PathBuf = "target/site".into(), Any;
    }

    /// The twins that run in the server.
    pub struct Twins {
        /// Seconds between two states that are kept and sent to browsers for comparison.
        checkpoint_secs: u64 = 60, 1..=DAY;
    }

    /// What is written to standard error.
    pub struct Log {
        /// `text` for people, `json` (an object a line) for machines.
        format: LogFormat = LogFormat::Text, Any;
        /// What is written: a level, or levels by module.
        filter: LogFilter = LogFilter("info".into()), Any;
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
