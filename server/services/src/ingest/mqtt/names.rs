//! The names under which clients stand beside their samples; those that come and go in numbers share one.

use std::{collections::BTreeSet, sync::Mutex};

/// Names of their own that a run of the server gives out; each is a row that stays.
const MOST_NAMES: usize = 4096;
/// How much of a client's name is kept.
const MOST_CHARS: usize = 128;
/// Whoever gave no name.
const ANONYMOUS: &str = "anonymous";
/// Whoever came after `MOST_NAMES`.
const OTHERS: &str = "others";

#[derive(Debug, Default)]
pub struct Names {
    given: Mutex<BTreeSet<String>>,
}

impl Names {
    /// The name for the client that calls itself `client`, if it does.
    pub fn of(&self, client: Option<&str>) -> String {
        let Some(client) = client else { return ANONYMOUS.into() };
        let name: String = client.chars().take(MOST_CHARS).collect();
        let mut given = self.given.lock().expect("no one panics with the names in hand");
        if given.contains(&name) {
            return name;
        }
        if given.len() >= MOST_NAMES {
            return OTHERS.into();
        }
        if given.len() + 1 == MOST_NAMES {
            tracing::warn!("{MOST_NAMES} MQTT clients had names of their own; those to come are called `{OTHERS}`");
        }
        given.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_change_their_names_leave_a_bounded_trace() {
        let names = Names::default();
        assert_eq!(names.of(Some("gateway")), "gateway");
        let given: BTreeSet<String> = (0..2 * MOST_NAMES).map(|n| names.of(Some(&format!("mosq-{n}")))).collect();
        assert_eq!(given.len(), MOST_NAMES);
        assert!(given.contains("others"));
        assert_eq!(names.of(Some("gateway")), "gateway");
        assert_eq!(names.of(None), "anonymous");
        assert_eq!(Names::default().of(Some(&"ä".repeat(300))).chars().count(), MOST_CHARS);
    }
}
