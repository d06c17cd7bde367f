//! Subscribes to somebody else's MQTT broker; what it delivers is acknowledged once it is durable here.
//!
//! The promise begins at our own acknowledgement: the session is persistent and every acknowledgement is ours, so that
//! the broker delivers again whatever was not kept. What a broker drops (QoS 0, a queue that is full, a restart without
//! persistence) never reaches us.

mod session;
mod template;

use std::{
    hash::{BuildHasher, RandomState},
    path::PathBuf,
    time::Duration,
};

use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use twin::Timestamp;

pub use self::template::{Template, TemplateError};
use super::received_at;
use crate::pipeline::Pipeline;
use session::Ended;

/// Where a broker is and what is wanted of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// By which its samples are known here.
    pub name: String,
    /// Host and port, such as `broker.plant:1883`.
    pub address: String,
    /// By which the broker knows our session: it must stay, and be nobody else's.
    pub client_id: String,
    pub topics: Vec<Template>,
    pub username: Option<String>,
    /// Read at every connection, so that it may change.
    pub password_file: Option<PathBuf>,
    /// Messages that we have not acknowledged, at most.
    pub in_flight: u16,
    /// Larger ones are not sent to us.
    pub packet_bytes: u32,
    /// For how long the broker is to keep our session, and what it has for us, while we are away.
    pub session_for: Duration,
}

impl Plan {
    pub fn new(name: &str, address: &str) -> Plan {
        Plan {
            name: name.into(),
            address: address.into(),
            client_id: format!("twinlight-{name}"),
            topics: vec![Template::default()],
            username: None,
            password_file: None,
            in_flight: 256,
            packet_bytes: 64 * 1024,
            session_for: Duration::from_secs(7 * 86_400),
        }
    }
}

/// How a connector is.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectorState {
    pub name: String,
    pub address: String,
    pub is_connected: bool,
    /// Since when it is, or is not.
    pub since: Timestamp,
    /// Deliveries that were kept, since the start of the server.
    pub messages: u64,
    pub last_message_at: Option<Timestamp>,
    /// Items that were refused, since the start of the server.
    pub rejected: u64,
    /// What went wrong last.
    pub last_error: Option<String>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Takes in what the broker of `plan` delivers, connecting again as often as it takes, until `shutdown`.
pub fn connect(
    plan: Plan,
    pipeline: Pipeline,
    shutdown: CancellationToken,
) -> (watch::Receiver<ConnectorState>, JoinHandle<()>) {
    let (state, watched) = watch::channel(ConnectorState {
        name: plan.name.clone(),
        address: plan.address.clone(),
        is_connected: false,
        since: received_at(),
        messages: 0,
        last_message_at: None,
        rejected: 0,
        last_error: None,
    });
    (watched, tokio::spawn(run(plan, pipeline, state, shutdown)))
}

async fn run(plan: Plan, pipeline: Pipeline, state: watch::Sender<ConnectorState>, shutdown: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    loop {
        let ended = session::run(&plan, &pipeline, &state, &shutdown).await;
        let was_connected = state.borrow().is_connected;
        state.send_modify(|state| {
            if was_connected {
                (state.is_connected, state.since) = (false, received_at());
            }
            if !matches!(ended, Ended::Stopped) {
                state.last_error = Some(ended.to_string());
            }
        });
        if matches!(ended, Ended::Stopped) {
            return;
        }
        if was_connected && !matches!(ended, Ended::Refused { .. }) {
            pause = FIRST_PAUSE;
        }
        tracing::warn!(broker = plan.name, address = plan.address, "the broker is gone: {ended}");
        tokio::select! {
            () = tokio::time::sleep(jittered(pause)) => {}
            () = shutdown.cancelled() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between half of `pause` and all of it, so that a broker that comes back is not met by all at once.
fn jittered(pause: Duration) -> Duration {
    // The standard library's only source of chance: the keys of its maps.
    let chance = RandomState::new().hash_one(0u8) >> 32;
    pause / 2 + pause.mul_f64(chance as f64 / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_within_bounds() {
        let pause = Duration::from_secs(10);
        let pauses: Vec<Duration> = (0..100).map(|_| jittered(pause)).collect();
        assert!(pauses.iter().all(|one| (pause / 2..=pause).contains(one)), "{pauses:?}");
        assert!(pauses.iter().any(|one| *one != pauses[0]));
    }
}
