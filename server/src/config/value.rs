//! The types that settings may have: how each is read, and how it is shown.

use services::ingest::broker::Template;
use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
};

/// A value as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    File(&'a toml::Value),
    /// A variable: text, whatever it stands for.
    Environment(&'a str),
}

impl<'a> Given<'a> {
    /// The text of a string, and of a variable.
    pub fn text(&self) -> Option<&'a str> {
        match self {
            Given::File(toml::Value::String(text)) => Some(text),
            Given::File(_) => None,
            Given::Environment(text) => Some(text),
        }
    }
}

/// What a setting may hold.
pub trait Value: Sized {
    type Limits;

    /// `None` where it does not fit.
    fn read(given: &Given, limits: &Self::Limits) -> Option<Self>;

    /// What may stand there, in words.
    fn expected(limits: &Self::Limits) -> String;

    /// As it would stand in the file.
    fn shown(&self) -> String;
}

/// No limits but those of the type.
#[derive(Debug, Clone, Copy)]
pub struct Any;

impl Value for SocketAddr {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<SocketAddr> {
        given.text()?.parse().ok()
    }

    fn expected(_: &Any) -> String {
        "an IP address and a port, such as `127.0.0.1:3000`".into()
    }

    fn shown(&self) -> String {
        quoted(&self.to_string())
    }
}

impl Value for bool {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<bool> {
        match given {
            Given::File(value) => value.as_bool(),
            Given::Environment("1" | "true") => Some(true),
            Given::Environment("0" | "false") => Some(false),
            Given::Environment(_) => None,
        }
    }

    fn expected(_: &Any) -> String {
        "`true` or `false`".into()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for u64 {
    type Limits = RangeInclusive<u64>;

    fn read(given: &Given, limits: &RangeInclusive<u64>) -> Option<u64> {
        let number = match given {
            Given::File(value) => u64::try_from(value.as_integer()?).ok()?,
            Given::Environment(text) => text.parse().ok()?,
        };
        limits.contains(&number).then_some(number)
    }

    fn expected(limits: &RangeInclusive<u64>) -> String {
        format!("a whole number from {} to {}", limits.start(), limits.end())
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<PathBuf> {
        given.text().filter(|text| !text.is_empty() && !text.contains('\0')).map(PathBuf::from)
    }

    fn expected(_: &Any) -> String {
        "a path".into()
    }

    fn shown(&self) -> String {
        quoted(&self.display().to_string())
    }
}

/// Names of hosts, in lower case.
impl Value for Vec<String> {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<Vec<String>> {
        let names: Vec<&str> = match given {
            Given::File(toml::Value::Array(names)) => names.iter().map(toml::Value::as_str).collect::<Option<_>>()?,
            Given::File(_) => return None,
            Given::Environment(text) => text.split(',').collect(),
        };
        let names = names.into_iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        names.map(|name| is_host(&name).then_some(name)).collect()
    }

    fn expected(_: &Any) -> String {
        "a list of host names or IP addresses without scheme and port, such as `[\"plant.example\"]` \
         (in the environment with commas between)"
            .into()
    }

    fn shown(&self) -> String {
        let names: Vec<String> = self.iter().map(|name| quoted(name)).collect();
        format!("[{}]", names.join(", "))
    }
}

fn is_host(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok() || name.chars().all(|sign| sign.is_ascii_alphanumeric() || "-._".contains(sign))
}

/// A word or an address of somebody else's, as it is; it may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

impl Value for Name {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<Name> {
        given.text().filter(|text| !text.chars().any(char::is_control)).map(|text| Name(text.into()))
    }

    fn expected(_: &Any) -> String {
        "a text".into()
    }

    fn shown(&self) -> String {
        quoted(&self.0)
    }
}

/// Topics of a broker, with the places of asset and signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Topics(pub Vec<Template>);

impl Value for Topics {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<Topics> {
        let topics: Vec<&str> = match given {
            Given::File(toml::Value::Array(topics)) => topics.iter().map(toml::Value::as_str).collect::<Option<_>>()?,
            Given::File(_) => return None,
            Given::Environment(text) => text.split(',').map(str::trim).collect(),
        };
        let topics: Option<Vec<Template>> = topics.into_iter().map(|topic| topic.parse().ok()).collect();
        topics.filter(|topics| !topics.is_empty()).map(Topics)
    }

    fn expected(_: &Any) -> String {
        "a list of topics, such as `[\"factory/{asset}/{signal}\"]` (in the environment with commas between)".into()
    }

    fn shown(&self) -> String {
        let topics: Vec<String> = self.0.iter().map(|topic| quoted(&topic.to_string())).collect();
        format!("[{}]", topics.join(", "))
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl Value for LogFormat {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<LogFormat> {
        match given.text()? {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        }
    }

    fn expected(_: &Any) -> String {
        "`text` or `json`".into()
    }

    fn shown(&self) -> String {
        quoted(match self {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        })
    }
}

/// What the log is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(pub String);

impl Value for LogFilter {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<LogFilter> {
        let text = given.text()?;
        tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| LogFilter(text.into()))
    }

    fn expected(_: &Any) -> String {
        "a level (`error`, `warn`, `info`, `debug`, `trace`, `off`) or a list such as `warn,services::store=debug`"
            .into()
    }

    fn shown(&self) -> String {
        quoted(&self.0)
    }
}

/// A string as it stands in the file.
pub fn quoted(text: &str) -> String {
    let mut shown = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => shown.extend(['\\', sign]),
            sign if sign.is_control() => shown += &format!("\\u{:04x}", u32::from(sign)),
            sign => shown.push(sign),
        }
    }
    shown + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read is shown as something that reads the same.
    fn check<V: Value + PartialEq + std::fmt::Debug>(limits: V::Limits, good: &[&str], bad: &[&str]) {
        let value = |text: &str| -> toml::Value { format!("x = {text}").parse::<toml::Table>().unwrap()["x"].clone() };
        for text in good {
            let read = V::read(&Given::File(&value(text)), &limits).unwrap_or_else(|| panic!("`{text}` is not read"));
            assert_eq!(V::read(&Given::File(&value(&read.shown())), &limits), Some(read), "{text}");
        }
        for text in bad {
            assert_eq!(V::read(&Given::File(&value(text)), &limits), None, "{text}");
        }
    }

    #[test]
    fn the_file_s_types_are_held_to() {
        check::<SocketAddr>(Any, &["\"127.0.0.1:0\"", "\"[::1]:80\""], &["3000", "\"localhost:80\"", "\"1.2.3.4\""]);
        check::<bool>(Any, &["true", "false"], &["1", "\"true\""]);
        check::<u64>(1..=9, &["1", "9"], &["0", "10", "-1", "\"5\"", "5.0", "true"]);
        check::<PathBuf>(Any, &["\"a/b\"", "\"a \\\"b\\\" \\\\\""], &["\"\"", "1"]);
        let hosts = ["[]", "[\"Plant.example\", \"::1\"]"];
        check::<Vec<String>>(Any, &hosts, &["\"a\"", "[1]", "[\"http://a\"]", "[\"a:80\"]"]);
        check::<LogFormat>(Any, &["\"text\"", "\"json\""], &["\"xml\"", "1"]);
        check::<LogFilter>(Any, &["\"info\"", "\"warn,services=debug\""], &["\"info=loud\"", "1"]);
    }

    #[test]
    fn variables_are_text() {
        assert_eq!(bool::read(&Given::Environment("1"), &Any), Some(true));
        assert_eq!(bool::read(&Given::Environment("yes"), &Any), None);
        assert_eq!(u64::read(&Given::Environment("7"), &(1..=9)), Some(7));
        assert_eq!(Vec::read(&Given::Environment("A.example, b"), &Any), Some(vec!["a.example".into(), "b".into()]));
        assert_eq!(Vec::<String>::read(&Given::Environment(""), &Any), Some(Vec::new()));
    }
}
