//! What can be set: defaults, then `twinlight.toml`, then `TWINLIGHT_SECTION__KEY`. The only reader of the environment.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use services::ingest::{broker, mqtt};

/// A key or value that is wrong, by name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no setting `{0}`")]
    UnknownKey(String),
    #[error("`{key}` cannot be `{value}`: {why}")]
    Value { key: String, value: String, why: String },
    #[error("`{file}`: {why}")]
    File { file: String, why: String },
    #[error(
        "`server.address` is {0}, which others can reach, and there are no accounts yet: \
         set TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED=1 to let everybody in"
    )]
    Open(SocketAddr),
}

/// Every setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub server: Server,
    pub mqtt: Mqtt,
    /// Brokers of others that are subscribed to, by the names that they have here.
    pub brokers: BTreeMap<String, broker::Plan>,
    pub store: Store,
    pub plant: Plant,
    pub site: Site,
    pub twins: Twins,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    pub address: SocketAddr,
    /// Lets everybody in from other machines, as long as there are no accounts.
    pub allow_unauthenticated: bool,
    /// Names beside those of the loopback by which browsers may call this server.
    pub allowed_hosts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Mqtt {
    pub address: SocketAddr,
    /// All together; with one more, the one that was silent for longest gives way.
    pub connections: usize,
    pub connections_per_address: usize,
}

impl Mqtt {
    pub fn limits(&self) -> mqtt::Limits {
        let (connections, connections_per_address) = (self.connections, self.connections_per_address);
        mqtt::Limits { connections, connections_per_address, ..mqtt::Limits::default() }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plant {
    pub file: PathBuf,
    pub models: PathBuf,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The built pages: `pkg`, styles, fonts.
    pub root: PathBuf,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Twins {
    pub checkpoint_secs: u64,
}

impl Default for Config {
    fn default() -> Config {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mqtt::Limits { connections, connections_per_address, .. } = mqtt::Limits::default();
        Config {
            server: Server { address: local(3000), allow_unauthenticated: false, allowed_hosts: Vec::new() },
            mqtt: Mqtt { address: local(1883), connections, connections_per_address },
            brokers: BTreeMap::new(),
            store: Store { path: "data/twinlight.db".into() },
            plant: Plant { file: "server/demo/plant.toml".into(), models: "server/models".into() },
            site: Site { root: "target/site".into() },
            twins: Twins { checkpoint_secs: 60 },
        }
    }
}

impl Config {
    /// Reads `twinlight.toml` of the working folder, where there is one, and the environment.
    pub fn load() -> Result<Config, ConfigError> {
        let file = "twinlight.toml";
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ConfigError::File { file: file.into(), why: error.to_string() }),
        };
        Config::from(&text, std::env::vars())
    }

    /// The settings of a file's text and of an environment.
    pub fn from(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::File {
            file: "twinlight.toml".into(),
            why: error.to_string(),
        })?;
        let mut config = Config::default();
        for (section, keys) in table {
            let toml::Value::Table(keys) = keys else { return Err(ConfigError::UnknownKey(section)) };
            for (key, value) in keys {
                match value {
                    toml::Value::Table(keys) if section == "broker" => {
                        for (inner, value) in keys {
                            config.set(&format!("{section}.{key}.{inner}"), &plain(value))?;
                        }
                    }
                    value => config.set(&format!("{section}.{key}"), &plain(value))?,
                }
            }
        }
        let mut variables: Vec<(String, String)> = environment
            .into_iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("TWINLIGHT_")?.to_lowercase();
                key.contains("__").then(|| (key.replace("__", "."), value))
            })
            .collect();
        variables.sort_unstable();
        for (key, value) in variables {
            config.set(&key, &value)?;
        }
        config.check()
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
        let wrong = |why: &str| ConfigError::Value { key: key.into(), value: value.into(), why: why.into() };
        let count = || value.parse().ok().filter(|count| *count > 0).ok_or_else(|| wrong("not a whole number above 0"));
        let address = || value.parse().map_err(|_| wrong("not an address such as 127.0.0.1:3000"));
        match key {
            "server.address" => self.server.address = address()?,
            "server.allow_unauthenticated" => {
                self.server.allow_unauthenticated = match value {
                    "1" | "true" => true,
                    "0" | "false" => false,
                    _ => return Err(wrong("not true or false")),
                };
            }
            "server.allowed_hosts" => {
                self.server.allowed_hosts =
                    value.split(',').map(|host| host.trim().to_lowercase()).filter(|host| !host.is_empty()).collect();
            }
            "mqtt.address" => self.mqtt.address = address()?,
            "mqtt.connections" => self.mqtt.connections = count()?,
            "mqtt.connections_per_address" => self.mqtt.connections_per_address = count()?,
            "store.path" => self.store.path = value.into(),
            "plant.file" => self.plant.file = value.into(),
            "plant.models" => self.plant.models = value.into(),
            "site.root" => self.site.root = value.into(),
            "twins.checkpoint_secs" => {
                self.twins.checkpoint_secs =
                    value.parse().ok().filter(|secs| *secs > 0).ok_or_else(|| wrong("not a whole number above 0"))?;
            }
            _ => return self.set_broker(key, value),
        }
        Ok(())
    }

    /// `broker.NAME.KEY`.
    fn set_broker(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
        let unknown = || ConfigError::UnknownKey(key.into());
        let wrong = |why: String| ConfigError::Value { key: key.into(), value: value.into(), why };
        let (name, last) = key.strip_prefix("broker.").and_then(|rest| rest.split_once('.')).ok_or_else(unknown)?;
        let plan = self.brokers.entry(name.into()).or_insert_with(|| broker::Plan::new(name, "127.0.0.1:1884"));
        match last {
            "address" => plan.address = value.into(),
            "client_id" => plan.client_id = value.into(),
            "topics" => {
                let topics = value.split(',').map(|topic| topic.trim().parse::<broker::Template>());
                plan.topics = topics.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
            }
            "username" => plan.username = Some(value.into()),
            "password_file" => plan.password_file = Some(value.into()),
            _ => return Err(unknown()),
        }
        Ok(())
    }

    fn check(self) -> Result<Config, ConfigError> {
        let open = [self.server.address, self.mqtt.address].into_iter().find(|address| !address.ip().is_loopback());
        match open {
            Some(address) if !self.server.allow_unauthenticated => Err(ConfigError::Open(address)),
            _ => Ok(self),
        }
    }

    /// Whether others than this machine can reach the server.
    pub fn is_open(&self) -> bool {
        !(self.server.address.ip().is_loopback() && self.mqtt.address.ip().is_loopback())
    }
}

/// A value of the file as it would stand in the environment.
fn plain(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        toml::Value::Array(values) => values.into_iter().map(plain).collect::<Vec<_>>().join(","),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(is_so) => is_so.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Table(_) => "{..}".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, environment: &[(&str, &str)], expected: Result<(), &str>) -> Config {
        let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let config = Config::from(text, environment);
        match (&config, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (got, expected) => panic!("{got:?}, expected {expected:?}"),
        }
        config.unwrap_or_default()
    }

    #[test]
    fn the_environment_beats_the_file_and_the_file_the_defaults() {
        let file = "[server]\naddress = \"127.0.0.1:4000\"\nallowed_hosts = [\"Plant.example\", \"b\"]\n";
        let config = check(file, &[("TWINLIGHT_SERVER__ADDRESS", "127.0.0.1:5000"), ("HOME", "/root")], Ok(()));
        assert_eq!(config.server.address.port(), 5000);
        assert_eq!(config.server.allowed_hosts, ["plant.example", "b"]);
        assert_eq!(config.mqtt.address.port(), 1883);
    }

    #[test]
    fn brokers_have_names_and_topics() {
        let file = "[broker.site]\naddress = \"broker.plant:1883\"\ntopics = [\"f/{asset}/{signal}\", \"{asset}/x/{signal}\"]\n";
        let config = check(file, &[("TWINLIGHT_BROKER__SITE__USERNAME", "twinlight")], Ok(()));
        let site = &config.brokers["site"];
        assert_eq!((site.address.as_str(), site.client_id.as_str()), ("broker.plant:1883", "twinlight-site"));
        assert_eq!(site.username.as_deref(), Some("twinlight"));
        assert_eq!(site.topics.iter().map(broker::Template::filter).collect::<Vec<_>>(), ["f/+/+", "+/x/+"]);
        check("[broker.site]\ntopics = [\"f/{asset}\"]", &[], Err("`broker.site.topics`"));
        check("[broker.site]\ncolour = 1", &[], Err("`broker.site.colour`"));
    }

    #[test]
    fn a_wrong_key_is_named() {
        check("[server]\nadress = \"x\"", &[], Err("`server.adress`"));
        check("", &[("TWINLIGHT_SERVER__ADRESS", "x")], Err("`server.adress`"));
        check("address = 1", &[], Err("`address`"));
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key() {
        check("[server]\naddress = \"here\"", &[], Err("`server.address` cannot be `here`"));
        check("", &[("TWINLIGHT_TWINS__CHECKPOINT_SECS", "0")], Err("`twins.checkpoint_secs`"));
    }

    #[test]
    fn others_are_let_in_only_if_that_is_said() {
        let open = ("TWINLIGHT_SERVER__ADDRESS", "0.0.0.0:3000");
        check("", &[open], Err("TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED=1"));
        check("", &[("TWINLIGHT_MQTT__ADDRESS", "0.0.0.0:1883")], Err("ALLOW_UNAUTHENTICATED"));
        let config = check("", &[open, ("TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED", "1")], Ok(()));
        assert!(config.is_open());
    }
}
