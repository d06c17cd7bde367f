//! What outlives a connection: the QoS 2 messages that a client has not released yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Sessions that are kept while nobody is connected.
const MOST_SESSIONS: usize = 4096;

/// The sessions of all clients, by client id.
#[derive(Debug, Default)]
pub struct Sessions {
    slots: Mutex<BTreeMap<String, Arc<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    /// Cancelled when another connection takes the session over.
    taken: Mutex<CancellationToken>,
    /// In the hands of the connected client.
    held: Arc<tokio::sync::Mutex<Held>>,
}

/// A session in the hands of a connection.
#[derive(Debug, Default)]
pub struct Held {
    /// QoS 2 messages that are handed in and not released.
    pub received: BTreeSet<u16>,
    /// Whether it is to be there for the next connection.
    pub is_kept: bool,
}

/// What a connection gets.
#[derive(Debug)]
pub struct Opened {
    pub held: OwnedMutexGuard<Held>,
    pub was_present: bool,
    /// Cancelled when another connection takes the session over.
    pub taken: CancellationToken,
}

impl Sessions {
    /// The session of `client`, once the connection that holds it has let go.
    pub async fn open(&self, client: &str, is_clean: bool) -> Opened {
        let (taken, held) = self.take(client);
        let mut held = held.lock_owned().await;
        if is_clean || !held.is_kept {
            *held = Held::default();
        }
        let was_present = held.is_kept;
        Opened { held, was_present, taken }
    }

    fn take(&self, client: &str) -> (CancellationToken, Arc<tokio::sync::Mutex<Held>>) {
        let mut slots = self.slots.lock().expect("no one panics with the sessions in hand");
        if slots.len() >= MOST_SESSIONS && !slots.contains_key(client) {
            slots.retain(|_, slot| slot.held.try_lock().map_or(true, |held| held.is_kept && !held.received.is_empty()));
        }
        let slot = slots.entry(client.to_string()).or_default();
        let taken = CancellationToken::new();
        let before =
            std::mem::replace(&mut *slot.taken.lock().expect("no one panics with the session in hand"), taken.clone());
        before.cancel();
        (taken, slot.held.clone())
    }

    /// Forgets the session of `client` where it is not to be kept.
    pub fn close(&self, client: &str, held: OwnedMutexGuard<Held>) {
        let is_kept = held.is_kept;
        drop(held);
        let mut slots = self.slots.lock().expect("no one panics with the sessions in hand");
        // Two owners, the map and this look: nobody waits for it.
        if !is_kept && slots.get(client).is_some_and(|slot| Arc::strong_count(&slot.held) == 1) {
            slots.remove(client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_kept_session_remembers_what_was_not_released() {
        let sessions = Sessions::default();
        let mut opened = sessions.open("gateway", false).await;
        assert!(!opened.was_present);
        opened.held.is_kept = true;
        opened.held.received.insert(7);
        sessions.close("gateway", opened.held);
        let again = sessions.open("gateway", false).await;
        assert!(again.was_present);
        assert!(again.held.received.contains(&7));
    }

    #[tokio::test]
    async fn a_clean_start_forgets() {
        let sessions = Sessions::default();
        let mut opened = sessions.open("gateway", false).await;
        opened.held.is_kept = true;
        sessions.close("gateway", opened.held);
        assert!(!sessions.open("gateway", true).await.was_present);
    }

    #[tokio::test]
    async fn a_second_connection_takes_the_session_over() {
        let sessions = Sessions::default();
        let first = sessions.open("gateway", true).await;
        let taking = async {
            first.taken.cancelled().await;
            sessions.close("gateway", first.held);
        };
        let (second, ()) = tokio::join!(sessions.open("gateway", true), taking);
        assert!(!second.taken.is_cancelled());
    }

    #[tokio::test]
    async fn a_session_that_is_not_kept_leaves_nothing() {
        let sessions = Sessions::default();
        let opened = sessions.open("gateway", true).await;
        sessions.close("gateway", opened.held);
        assert!(sessions.slots.lock().unwrap().is_empty());
    }
}
