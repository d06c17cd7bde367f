//! The gateway's end of MQTT: QoS 1, a bounded number in flight, and the end of a connection said aloud.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, PublishOptions, mqttbytes::QoS};
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Post, Posted};

const IN_FLIGHT: u16 = 100;
const QUEUE: usize = 100;
/// How long the last messages may take to be acknowledged.
const FINISH_WITHIN: Duration = Duration::from_secs(30);

/// The connection, or the server behind it, went away, and how.
#[derive(Debug)]
pub struct Lost(pub String);

/// A connection to the server's MQTT door.
pub struct Gateway {
    client: AsyncClient,
    published: u64,
    acknowledged: watch::Receiver<u64>,
    lost: Arc<CancellationToken>,
    _ends_with_this: DropGuard,
}

impl Gateway {
    /// Connects to `broker`, such as `127.0.0.1:1883`.
    pub fn connect(broker: &str) -> Result<Gateway, Lost> {
        let wrong = || Lost(format!("`{broker}` is no address such as 127.0.0.1:1883"));
        let (host, port) = broker.rsplit_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let mut options = MqttOptions::new("replay", (host, port));
        options.set_keep_alive(30).set_clean_start(true).set_outgoing_inflight_upper_limit(IN_FLIGHT);
        let (client, mut events) = AsyncClient::builder(options).capacity(QUEUE).build();
        let (count, acknowledged) = watch::channel(0);
        let lost = Arc::new(CancellationToken::new());
        let (told, gone) = (lost.clone(), CancellationToken::new());
        let ends = gone.clone();
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    event = events.poll() => event,
                    () = ends.cancelled() => break,
                };
                match event {
                    Ok(Event::Incoming(Incoming::PubAck(_))) => count.send_modify(|count| *count += 1),
                    Ok(Event::Incoming(Incoming::Disconnect(_))) | Err(_) => break,
                    Ok(_) => {}
                }
            }
            told.cancel();
        });
        Ok(Gateway { client, published: 0, acknowledged, lost, _ends_with_this: gone.drop_guard() })
    }

    /// Waits until `due`, or finds out that the connection is gone.
    pub async fn wait_until(&mut self, due: Instant) -> Result<(), Lost> {
        tokio::select! {
            biased;
            () = self.lost.cancelled() => Err(self.gone()),
            () = tokio::time::sleep_until(due.into()) => Ok(()),
        }
    }

    /// Hands one post to the connection; returns once there is room for it.
    pub async fn publish(&mut self, post: &Post) -> Result<(), Lost> {
        let (signal, payload) = match &post.what {
            Posted::Sample { signal, value, unit } => {
                (signal.as_str(), json!({ "t": post.t.0, "v": value, "u": unit }))
            }
            Posted::Event { id, kind, until, note } => {
                let until = until.map(|until| until.0);
                ("$event", json!({ "id": id, "t": post.t.0, "until": until, "kind": kind, "note": note }))
            }
        };
        let topic = format!("twinlight/v1/{}/{signal}", post.asset);
        let options = PublishOptions::new(QoS::AtLeastOnce);
        tokio::select! {
            biased;
            () = self.lost.cancelled() => return Err(self.gone()),
            sent = self.client.publish(topic, payload.to_string(), options) =>
                sent.map_err(|error| Lost(error.to_string()))?,
        }
        self.published += 1;
        Ok(())
    }

    /// Waits until everything is acknowledged.
    pub async fn finish(self) -> Result<(), Lost> {
        let published = self.published;
        let mut acknowledged = self.acknowledged.clone();
        tokio::select! {
            _ = acknowledged.wait_for(|count| *count >= published) => Ok(()),
            () = self.lost.cancelled() => Err(self.gone()),
            () = tokio::time::sleep(FINISH_WITHIN) => Err(Lost("the last messages were not acknowledged".into())),
        }
    }

    fn gone(&self) -> Lost {
        Lost(format!("the MQTT connection is gone after {} messages", self.published))
    }
}
