//! What can be set: defaults, then `twinlight.toml`, then `TWINLIGHT_SECTION__KEY`. The only reader of the environment.

mod fault;
pub mod period;
mod reference;
pub mod section;
mod settings;
pub mod value;

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

pub use fault::{ConfigError, Fault};
pub use reference::{Options, print};
pub use settings::{Config, Log, Mqtt, Plant, Server, Site, Store, Twins};

use section::Refused;
use value::Given;

/// The file that is read where none is named.
const FILE: &str = "twinlight.toml";
/// How much of a wrong value is repeated.
const LONGEST_VALUE: usize = 80;

/// A configuration and where each of its settings comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    pub config: Config,
    /// By key; what is not here is a default.
    pub places: BTreeMap<String, String>,
}

impl Loaded {
    /// Reads `file`, or `twinlight.toml` of the working folder where there is one, and the environment.
    pub fn load(file: Option<&Path>) -> Result<Loaded, ConfigError> {
        let name = file.map_or(FILE.into(), |file| file.display().to_string());
        match std::fs::read_to_string(&name) {
            Ok(text) => Loaded::from(&name, &text, std::env::vars_os().filter_map(text_pair)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => {
                Loaded::from(&name, "", std::env::vars_os().filter_map(text_pair))
            }
            Err(error) => Err(ConfigError(vec![Fault::File { file: name, why: error.to_string() }])),
        }
    }

    /// The settings of a file's text and of an environment; everything that is wrong with them otherwise.
    pub fn from(
        file: &str,
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Loaded, ConfigError> {
        let mut reading = Reading::default();
        match text.parse::<toml::Table>() {
            Ok(table) => reading.table(file, "", &table),
            Err(error) => {
                reading.faults.push(Fault::File { file: file.into(), why: error.to_string().trim_end().into() });
            }
        }
        let mut variables: Vec<(String, String)> = environment.into_iter().collect();
        variables.sort_unstable();
        for (name, value) in &variables {
            // Names without `__` belong to others: a container platform gives `TWINLIGHT_PORT` to its own.
            let key = name.strip_prefix("TWINLIGHT_").filter(|key| key.contains("__"));
            if let Some(key) = key {
                let key = key.to_lowercase().replace("__", ".");
                reading.set(&key, &Given::Environment(value), name);
            }
        }
        reading.check()
    }
}

/// A variable that can be a setting: one that is no text has no `TWINLIGHT_` key that it could be named by.
fn text_pair((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
}

/// A configuration under way.
#[derive(Default)]
struct Reading {
    loaded: Loaded,
    faults: Vec<Fault>,
}

impl Reading {
    fn table(&mut self, file: &str, above: &str, table: &toml::Table) {
        for (name, value) in table {
            let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            match value {
                // An empty table sets nothing, but its name may be a slip.
                toml::Value::Table(inner) if !(inner.is_empty() && self.is_unknown(&key)) => {
                    self.table(file, &key, inner);
                }
                value => self.set(&key, &Given::File(value), file),
            }
        }
    }

    fn is_unknown(&mut self, section: &str) -> bool {
        !self.loaded.config.sections().iter().any(|(name, _)| *name == section.split('.').next().unwrap_or_default())
    }

    fn set(&mut self, key: &str, given: &Given, place: &str) {
        let (section, rest) = key.split_once('.').unwrap_or(("", key));
        let mut sections = self.loaded.config.sections();
        let found = sections.iter_mut().find(|(name, _)| *name == section);
        let taken = found.map_or(Err(Refused::Unknown), |(_, section)| section.set(rest, given));
        match taken {
            Ok(()) => {
                self.loaded.places.insert(key.into(), place.into());
            }
            Err(Refused::Unknown) => {
                let known = known_keys();
                let nearest = fault::nearest(key, known.iter().map(String::as_str));
                self.faults.push(Fault::Unknown { key: printable(key), place: place.into(), nearest });
            }
            Err(Refused::Expected(expected)) => {
                let value = match given {
                    Given::File(value) => printable(&value.to_string()),
                    Given::Environment(text) => printable(text),
                };
                self.faults.push(Fault::Value { key: key.into(), value, place: place.into(), expected });
            }
        }
    }

    fn check(mut self) -> Result<Loaded, ConfigError> {
        let config = &self.loaded.config;
        if !config.server.allow_unauthenticated {
            let open = config.doors().into_iter().filter(|(_, address)| !address.ip().is_loopback());
            self.faults.extend(open.map(|(key, address)| Fault::Open { key, address }));
        }
        if self.faults.is_empty() { Ok(self.loaded) } else { Err(ConfigError(self.faults)) }
    }
}

impl Config {
    fn doors(&self) -> [(&'static str, SocketAddr); 2] {
        [("server.address", self.server.address), ("mqtt.address", self.mqtt.address)]
    }

    /// Whether others than this machine can reach the server.
    pub fn is_open(&self) -> bool {
        self.doors().iter().any(|(_, address)| !address.ip().is_loopback())
    }
}

/// Every key that there can be.
fn known_keys() -> Vec<String> {
    let mut config = Config::default();
    let sections = config.sections().into_iter();
    let keys = |(name, section): (&str, &mut dyn section::Section)| -> Vec<String> {
        section.patterns().into_iter().map(|setting| format!("{name}.{}", setting.key)).collect()
    };
    sections.flat_map(keys).collect()
}

/// As much of what somebody wrote as fits into a line.
fn printable(text: &str) -> String {
    let shown = |sign: char| if sign.is_control() { sign.escape_default().to_string() } else { sign.to_string() };
    text.chars().take(LONGEST_VALUE).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Loaded, String> {
        let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Loaded::from("twinlight.toml", text, environment).map_err(|error| error.to_string())
    }

    fn check(text: &str, environment: &[(&str, &str)], parts: &[&str]) {
        let error = read(text, environment).unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        assert!(!error.chars().any(|sign| sign.is_control() && sign != '\n'), "{error:?}");
    }

    #[test]
    fn the_environment_beats_the_file_and_the_file_the_defaults() {
        let file = "[server]\naddress = \"127.0.0.1:4000\"\nallowed_hosts = [\"Plant.example\", \"b\"]\n";
        let environment = [("TWINLIGHT_SERVER__ADDRESS", "127.0.0.1:5000"), ("HOME", "/root"), ("TWINLIGHT_PORT", "x")];
        let Loaded { config, places } = read(file, &environment).unwrap();
        assert_eq!(config.server.address.port(), 5000);
        assert_eq!(config.server.allowed_hosts, ["plant.example", "b"]);
        assert_eq!(config.mqtt.address.port(), 1883);
        assert_eq!(places["server.address"], "TWINLIGHT_SERVER__ADDRESS");
        assert_eq!(places["server.allowed_hosts"], "twinlight.toml");
        assert_eq!(places.get("mqtt.address"), None);
    }

    #[test]
    fn a_wrong_key_is_named_and_the_right_one_suggested() {
        let suggested = "`server.adress` (twinlight.toml); is `server.address` meant?";
        check("[server]\nadress = \"x\"", &[], &[suggested]);
        check("", &[("TWINLIGHT_SERVER__ADRESS", "x")], &["`server.adress` (TWINLIGHT_SERVER__ADRESS)"]);
        check("address = 1", &[], &["no setting `address`"]);
        check("[serve]", &[], &["no setting `serve`"]);
        check("[server.address]\nport = 1", &[], &["no setting `server.address.port`"]);
        check("[colours]\nwall = 1", &[], &["no setting `colours.wall` (twinlight.toml)"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key_and_what_was_expected() {
        check(
            "[server]\naddress = \"here\"",
            &[],
            &["`server.address` cannot be `\"here\"`", "such as `127.0.0.1:3000`"],
        );
        check("[server]\nhead_secs = \"10\"", &[], &["`server.head_secs` cannot be `\"10\"`", "a whole number from 1"]);
        check("[server]\naddress = [{ a = 1 }]", &[], &["`server.address`"]);
        check("", &[("TWINLIGHT_TWINS__CHECKPOINT_SECS", "0")], &["`twins.checkpoint_secs`", "from 1 to 86400"]);
        check("", &[("TWINLIGHT_SITE__ROOT", "")], &["`site.root` cannot be ``"]);
        check("", &[("TWINLIGHT_LOG__FORMAT", "x\u{1b}[2J\n")], &["`x\\u{1b}[2J\\n`"]);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let file = "[server]\naddress = 1\nhead_kib = 1\n[mqtt]\nport = 1\n";
        check(
            file,
            &[("TWINLIGHT_LOG__FORMAT", "xml")],
            &["4 settings are wrong", "server.address", "server.head_kib", "mqtt.port", "log.format"],
        );
        check("[server\n", &[("TWINLIGHT_LOG__FORMAT", "xml")], &["`twinlight.toml`: ", "line 1", "log.format"]);
    }

    #[test]
    fn others_are_let_in_only_if_that_is_said() {
        let open = ("TWINLIGHT_SERVER__ADDRESS", "0.0.0.0:3000");
        check("", &[open], &["TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED=1", "server.address"]);
        check("", &[("TWINLIGHT_MQTT__ADDRESS", "0.0.0.0:1883")], &["ALLOW_UNAUTHENTICATED", "mqtt.address"]);
        let loaded = read("", &[open, ("TWINLIGHT_SERVER__ALLOW_UNAUTHENTICATED", "1")]).unwrap();
        assert!(loaded.config.is_open());
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plant-7.toml");
        assert!(Loaded::load(Some(&file)).unwrap_err().to_string().contains("plant-7.toml"));
        std::fs::write(&file, "[twins]\ncheckpoint_secs = 7\n").unwrap();
        assert_eq!(Loaded::load(Some(&file)).unwrap().config.twins.checkpoint_secs, 7);
    }
}
