//! How a section of settings is written down: once, with type, default, limits and meaning.

use std::collections::BTreeMap;

use super::value::{Given, Value};

/// One setting of a section, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Without the section's own name.
    pub key: String,
    /// What may stand there.
    pub expected: String,
    pub meaning: String,
    /// As it would stand in the file.
    pub default: String,
    /// As it would stand in the file.
    pub value: String,
}

/// Why a setting was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    Unknown,
    Expected(String),
}

/// Settings that stand together in the file.
pub trait Section {
    fn about(&self) -> &'static str;
    /// Every setting that has a value.
    fn settings(&self) -> Vec<Setting>;
    /// Every setting that there can be, `NAME` standing for a name of the user's.
    fn patterns(&self) -> Vec<Setting> {
        self.settings()
    }
    fn set(&mut self, key: &str, given: &Given) -> Result<(), Refused>;
}

/// Makes the struct of a section, its defaults, and how it is read and described: the one place where a setting stands.
/// Each line is `/// meaning`, `key: type = default, limits;`.
macro_rules! section {
    ($(
        #[doc = $about:literal]
        pub struct $name:ident {
            $( $(#[doc = $meaning:literal])+ $key:ident: $kind:ty = $default:expr, $limits:expr; )+
        }
    )+) => {$(
        #[doc = $about]
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[doc = $meaning])+ pub $key: $kind, )+
        }

        impl Default for $name {
            fn default() -> $name {
                $name { $( $key: $default, )+ }
            }
        }

        impl $crate::config::section::Section for $name {
            fn about(&self) -> &'static str {
                $about.trim_ascii()
            }

            fn settings(&self) -> Vec<$crate::config::section::Setting> {
                let default = $name::default();
                vec![$( $crate::config::section::Setting {
                    key: stringify!($key).into(),
                    expected: <$kind as $crate::config::value::Value>::expected(&$limits),
                    meaning: concat!($($meaning),+).trim_ascii().into(),
                    default: $crate::config::value::Value::shown(&default.$key),
                    value: $crate::config::value::Value::shown(&self.$key),
                }, )+]
            }

            fn set(
                &mut self,
                key: &str,
                given: &$crate::config::value::Given,
            ) -> Result<(), $crate::config::section::Refused> {
                match key {
                    $( stringify!($key) => {
                        self.$key = <$kind as $crate::config::value::Value>::read(given, &$limits).ok_or_else(|| {
                            let expected = <$kind as $crate::config::value::Value>::expected(&$limits);
                            $crate::config::section::Refused::Expected(expected)
                        })?;
                        Ok(())
                    } )+
                    _ => Err($crate::config::section::Refused::Unknown),
                }
            }
        }
    )+};
}
pub(crate) use section;

/// Sections of one kind under names of the user's choosing: `[broker.NAME]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<S>(pub BTreeMap<String, S>);

impl<S> Default for Named<S> {
    fn default() -> Named<S> {
        Named(BTreeMap::new())
    }
}

impl<S: Section + Default> Section for Named<S> {
    fn about(&self) -> &'static str {
        S::default().about()
    }

    fn settings(&self) -> Vec<Setting> {
        self.0.iter().flat_map(|(name, section)| under(name, section.settings())).collect()
    }

    fn patterns(&self) -> Vec<Setting> {
        under("NAME", S::default().patterns())
    }

    fn set(&mut self, key: &str, given: &Given) -> Result<(), Refused> {
        let (name, key) = key.split_once('.').ok_or(Refused::Unknown)?;
        if !is_name(name) {
            return Err(Refused::Unknown);
        }
        // Tried aside first: a refused key must not make a section.
        let mut section = self.0.remove(name);
        let is_new = section.is_none();
        let mut taken = section.take().unwrap_or_default();
        let outcome = taken.set(key, given);
        if outcome.is_ok() || !is_new {
            self.0.insert(name.to_string(), taken);
        }
        outcome
    }
}

/// One value each under names of the user's choosing: `[retention] NAME = "90 d"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries<V> {
    pub entries: BTreeMap<String, V>,
    about: &'static str,
    meaning: &'static str,
}

impl<V> Entries<V> {
    pub fn new(about: &'static str, meaning: &'static str) -> Entries<V> {
        Entries { entries: BTreeMap::new(), about, meaning }
    }
}

impl<V: Value<Limits = super::value::Any>> Entries<V> {
    fn setting(&self, key: &str, value: String) -> Setting {
        let expected = V::expected(&super::value::Any);
        Setting { key: key.into(), expected, meaning: self.meaning.into(), default: String::new(), value }
    }
}

impl<V: Value<Limits = super::value::Any>> Section for Entries<V> {
    fn about(&self) -> &'static str {
        self.about
    }

    fn settings(&self) -> Vec<Setting> {
        self.entries.iter().map(|(name, value)| self.setting(name, value.shown())).collect()
    }

    fn patterns(&self) -> Vec<Setting> {
        vec![self.setting("NAME", String::new())]
    }

    fn set(&mut self, key: &str, given: &Given) -> Result<(), Refused> {
        if !is_name(key) {
            return Err(Refused::Unknown);
        }
        let expected = || Refused::Expected(V::expected(&super::value::Any));
        let value = V::read(given, &super::value::Any).ok_or_else(expected)?;
        self.entries.insert(key.to_string(), value);
        Ok(())
    }
}

fn under(name: &str, settings: Vec<Setting>) -> Vec<Setting> {
    settings.into_iter().map(|setting| Setting { key: format!("{name}.{}", setting.key), ..setting }).collect()
}

fn is_name(name: &str) -> bool {
    twin::id::AssetId::parse(name).is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{period::Period, value::Any};

    section! {
        /// Something that there may be several of.
        pub struct Several {
            /// How many.
            count: u64 = 3, 1..=9;
        }
    }

    fn number(text: &str) -> toml::Value {
        text.parse::<i64>().map_or_else(|_| toml::Value::String(text.into()), toml::Value::Integer)
    }

    #[test]
    fn a_named_section_is_made_by_its_first_good_setting() {
        let mut named = Named::<Several>::default();
        assert_eq!(
            named.set("one.count", &Given::File(&number("10"))),
            Err(Refused::Expected(u64::expected(&(1..=9))))
        );
        assert_eq!(named.set("one.size", &Given::File(&number("1"))), Err(Refused::Unknown));
        assert_eq!(named.set("One!.count", &Given::File(&number("1"))), Err(Refused::Unknown));
        assert_eq!(named, Named::default());
        assert_eq!(named.set("one.count", &Given::Environment("5")), Ok(()));
        assert_eq!(named.0["one"].count, 5);
        assert_eq!(named.settings()[0].key, "one.count");
        assert_eq!(named.patterns()[0].key, "NAME.count");
    }

    #[test]
    fn entries_have_names_of_the_user_s() {
        let mut entries = Entries::<Period>::new("How long.", "How long.");
        assert_eq!(entries.set("fast", &Given::File(&number("90 d"))), Ok(()));
        assert_eq!(entries.set("slow", &Given::File(&number("90"))), Err(Refused::Expected(Period::expected(&Any))));
        assert_eq!(entries.entries["fast"], Period::Of(Duration::from_secs(90 * 86_400)));
        assert_eq!(entries.settings()[0].value, "\"90 d\"");
    }
}
