//! What states begin with: nothing that has not begun yet.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use super::{Reader, components::State};
use crate::model::{
    check::{PART, Role},
    expression::Expression,
};

impl Reader<'_> {
    /// Before a state has begun, no other has a value.
    pub(super) fn initials_need_no_state(&mut self, states: &[State]) {
        // By name of an intermediate: the first state that it needs.
        let mut needs: BTreeMap<&str, String> = BTreeMap::new();
        let names = &self.checker.names;
        let first = |needs: &BTreeMap<&str, String>, own: &Expression| {
            own.names().into_iter().find_map(|name| match names.get(name).map(|known| known.role) {
                Some(Role::State(_)) => Some(String::from(name)),
                // What formulas keep has a number after a space.
                None if !name.starts_with(PART) => name.split_once(' ').map(|(what, _)| String::from(what)),
                _ => needs.get(name).cloned(),
            })
        };
        for (name, own) in &self.checker.lets {
            if let Some(found) = first(&needs, own) {
                needs.insert(name, found);
            }
        }
        let faults: Vec<(usize, String)> = states
            .iter()
            .filter_map(|state| Some((state.initial_at, first(&needs, &state.initial)?)))
            .map(|(at, name)| {
                (at, format!("`initial` needs `{name}`, which has no value before the states have begun"))
            })
            .collect();
        for (at, message) in faults {
            self.error(at, message);
        }
    }
}
