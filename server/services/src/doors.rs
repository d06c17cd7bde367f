//! The ways in, as whoever runs them tells of them: where they listen or connect to, and how they are.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use twin::Timestamp;

/// How a way in is at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoorState {
    /// `http`, `mqtt`, or the name of a broker's connector.
    pub name: String,
    /// What it does, as `listens on` or `connects to`.
    pub role: &'static str,
    pub address: String,
    /// Connections that are open; `None` where they are not counted.
    pub connections: Option<usize>,
    /// Whether it does what it is for; why not, in `trouble`.
    pub is_up: bool,
    /// Since when it is, or is not.
    pub since: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    pub trouble: Option<String>,
}

type Look = Box<dyn Fn() -> DoorState + Send + Sync>;

/// Every way in that was opened.
#[derive(Default)]
pub struct Doors(Mutex<Vec<Look>>);

impl Doors {
    /// Enters a way in; `look` tells how it is whenever somebody wants to know, and must not block.
    pub fn enter(&self, look: impl Fn() -> DoorState + Send + Sync + 'static) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(look));
    }

    /// How each of them is, in the order in which they were entered.
    pub fn look(&self) -> Vec<DoorState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|look| look()).collect()
    }
}

impl std::fmt::Debug for Doors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.look()).finish()
    }
}

/// How many connections are open; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<AtomicUsize>);

/// A connection that is open until this is dropped.
#[derive(Debug)]
pub struct Open(Connections);

impl Connections {
    pub fn open(&self) -> Open {
        self.0.fetch_add(1, Ordering::Relaxed);
        Open(self.clone())
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_looked_at_anew_each_time() {
        let (doors, connections) = (Doors::default(), Connections::default());
        let counted = connections.clone();
        doors.enter(move || DoorState { connections: Some(counted.count()), ..DoorState::default() });
        let seen = || doors.look()[0].connections;
        let open = [connections.open(), connections.open()];
        assert_eq!(seen(), Some(2));
        drop(open);
        assert_eq!(seen(), Some(0));
    }
}
