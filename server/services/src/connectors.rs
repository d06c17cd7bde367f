//! Which ways in are open: told by those who run them, read by whoever watches over the server.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Every way in that was ever open, by name.
#[derive(Debug, Default)]
pub struct Connectors(Mutex<BTreeMap<String, Way>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Open,
    Shut { why: String },
}

impl Connectors {
    /// Says how it stands with the way in called `name`.
    pub fn tell(&self, name: &str, way: Way) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string(), way);
    }

    /// All ways in, by name.
    pub fn all(&self) -> BTreeMap<String, Way> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
