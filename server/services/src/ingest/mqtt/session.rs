//! What outlives a connection: the QoS 2 messages that a client has not released yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::OwnedMutexGuard, time::Instant};
use tokio_util::sync::CancellationToken;

/// Sessions that are kept while nobody is connected.
const MOST_SESSIONS: usize = 4096;

/// The sessions of all clients, by client id.
#[derive(Debug, Default)]
pub struct Sessions {
    slots: Mutex<BTreeMap<String, Arc<Slot>>>,
    openings: AtomicU64,
}

#[derive(Debug, Default)]
struct Slot {
    /// Cancelled when another connection takes the session over.
    taken: Mutex<CancellationToken>,
    /// In the hands of the connected client.
    held: Arc<tokio::sync::Mutex<Held>>,
    /// Which of all openings was the last of this session.
    opening: AtomicU64,
}

/// A session in the hands of a connection.
#[derive(Debug, Default)]
pub struct Held {
    /// QoS 2 messages that are handed in and not released.
    pub received: BTreeSet<u16>,
    pub kept: Kept,
    /// When it is over, once its client is gone.
    ends_at: Option<Instant>,
}

/// For how long a session outlives its connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kept {
    #[default]
    Not,
    For(Duration),
    Forever,
}

impl Kept {
    /// What the session expiry interval of version 5 stands for.
    pub fn of_secs(secs: u32) -> Kept {
        match secs {
            0 => Kept::Not,
            u32::MAX => Kept::Forever,
            secs => Kept::For(Duration::from_secs(secs.into())),
        }
    }
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
        let is_over = held.ends_at.is_some_and(|end| end <= Instant::now());
        if is_clean || is_over || held.kept == Kept::Not {
            *held = Held::default();
        }
        let was_present = held.kept != Kept::Not;
        Opened { held, was_present, taken }
    }

    fn take(&self, client: &str) -> (CancellationToken, Arc<tokio::sync::Mutex<Held>>) {
        let mut slots = self.slots.lock().expect("no one panics with the sessions in hand");
        if slots.len() >= MOST_SESSIONS && !slots.contains_key(client) {
            let idle = slots.iter().filter(|(_, slot)| is_idle(slot));
            let oldest = idle.min_by_key(|(_, slot)| slot.opening.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(client, _)| client.clone()) {
                tracing::debug!(client = oldest, "an MQTT session is forgotten: there are too many");
                slots.remove(&oldest);
            }
        }
        let slot = slots.entry(client.to_string()).or_default();
        slot.opening.store(self.openings.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let taken = CancellationToken::new();
        let before =
            std::mem::replace(&mut *slot.taken.lock().expect("no one panics with the session in hand"), taken.clone());
        before.cancel();
        (taken, slot.held.clone())
    }

    /// Puts the session of `client` aside, or forgets it where it is not to be kept.
    pub fn close(&self, client: &str, mut held: OwnedMutexGuard<Held>) {
        let kept = held.kept;
        held.ends_at = match kept {
            Kept::For(span) => Instant::now().checked_add(span),
            Kept::Not | Kept::Forever => None,
        };
        drop(held);
        let mut slots = self.slots.lock().expect("no one panics with the sessions in hand");
        if kept == Kept::Not && slots.get(client).is_some_and(is_idle) {
            slots.remove(client);
        }
    }
}

/// Whether nobody holds the session nor waits for it.
fn is_idle(slot: &Arc<Slot>) -> bool {
    Arc::strong_count(&slot.held) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_kept_session_remembers_what_was_not_released() {
        for (kept, later_secs, is_there) in
            [(Kept::Forever, 1_000_000, true), (Kept::of_secs(60), 59, true), (Kept::of_secs(60), 60, false)]
        {
            let sessions = Sessions::default();
            let mut opened = sessions.open("gateway", false).await;
            assert!(!opened.was_present);
            opened.held.kept = kept;
            opened.held.received.insert(7);
            sessions.close("gateway", opened.held);
            tokio::time::advance(Duration::from_secs(later_secs)).await;
            let again = sessions.open("gateway", false).await;
            assert_eq!(again.was_present, is_there);
            assert_eq!(again.held.received.contains(&7), is_there);
        }
    }

    #[tokio::test]
    async fn a_clean_start_forgets() {
        let sessions = Sessions::default();
        let mut opened = sessions.open("gateway", false).await;
        opened.held.kept = Kept::Forever;
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

    #[tokio::test]
    async fn of_too_many_sessions_the_one_opened_longest_ago_is_forgotten() {
        let sessions = Sessions::default();
        let connected = sessions.open("connected", false).await;
        for number in 0..MOST_SESSIONS {
            let client = format!("client-{number}");
            let mut opened = sessions.open(&client, false).await;
            opened.held.kept = Kept::Forever;
            sessions.close(&client, opened.held);
        }
        assert_eq!(sessions.slots.lock().unwrap().len(), MOST_SESSIONS);
        assert!(!sessions.open("client-0", false).await.was_present);
        assert!(sessions.open("client-9", false).await.was_present);
        drop(connected);
    }
}
