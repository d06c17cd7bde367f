//! One connection to a broker: subscribe, hand in, acknowledge in order.

use std::{pin::Pin, time::Duration};

use futures::{StreamExt, stream::FuturesOrdered};
use rumqttc::{
    AckMode, AsyncClient, Broker, BrokerSessionResumePolicy, ConnectionError, Event, EventLoop, Incoming, MqttOptions,
    Publish, RetainForwardRule, SubscribeFilter, SubscribeReasonCode, mqttbytes::QoS,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{ConnectorState, Plan};
use crate::{
    ingest::{Delivery, Origin, Text, decode, received_at},
    pipeline::Pipeline,
    store::{Receipt, StoreError},
};

const KEEP_ALIVE_SECS: u16 = 30;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long the last acknowledgements may take to be sent.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    #[error("the server stops")]
    Stopped,
    #[error("`{0}` is no address such as broker.plant:1883")]
    Address(String),
    #[error("the password file cannot be read: {0}")]
    Password(std::io::Error),
    #[error("{0}")]
    Connection(Box<ConnectionError>),
    #[error("it refuses `{filter}`: {why}")]
    Refused { filter: String, why: String },
    #[error("it hung up: {0}")]
    HungUp(String),
    #[error("a message could not be kept, and is to be delivered again: {0}")]
    Store(StoreError),
    #[error("acknowledgements pile up")]
    Overrun,
}

impl From<ConnectionError> for Ended {
    fn from(error: ConnectionError) -> Ended {
        Ended::Connection(Box::new(error))
    }
}

type Commit = Pin<Box<dyn Future<Output = (Publish, Result<Receipt, StoreError>)> + Send>>;

/// Speaks with the broker until one of the two has to go.
pub async fn run(
    plan: &Plan,
    pipeline: &Pipeline,
    state: &watch::Sender<ConnectorState>,
    shutdown: &CancellationToken,
) -> Ended {
    let (client, events) = match dial(plan) {
        Ok(dialled) => dialled,
        Err(ended) => return ended,
    };
    let mut session = Session { plan, pipeline, state, client, events, in_flight: FuturesOrdered::new() };
    match session.listen(shutdown).await {
        Ok(()) => {
            session.leave().await;
            Ended::Stopped
        }
        Err(ended) => ended,
    }
}

fn dial(plan: &Plan) -> Result<(AsyncClient, EventLoop), Ended> {
    let wrong = || Ended::Address(plan.address.clone());
    let (host, port) = plan.address.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut options = MqttOptions::new(&plan.client_id, Broker::tcp(host, port));
    options
        .set_keep_alive(KEEP_ALIVE_SECS)
        .set_connect_timeout(CONNECT_WITHIN)
        .set_clean_start(false)
        .set_session_expiry_interval(Some(u32::try_from(plan.session_for.as_secs()).unwrap_or(u32::MAX)))
        // The broker's side of the session is the one that counts: it knows what we have not acknowledged.
        .set_broker_session_resume_policy(BrokerSessionResumePolicy::AllowBrokerOnly)
        .set_ack_mode(AckMode::Manual)
        .set_receive_maximum(Some(plan.in_flight.max(1)))
        .set_max_packet_size(Some(plan.packet_bytes));
    if let Some(username) = &plan.username {
        options.set_username(username);
    }
    if let Some(file) = &plan.password_file {
        // A line of a file, once a connection: not worth a thread of its own.
        let password = std::fs::read(file).map_err(Ended::Password)?;
        options.set_password(password.trim_ascii_end().to_vec());
    }
    // Room for every acknowledgement that can be owed, and the subscription.
    Ok(AsyncClient::builder(options).capacity(usize::from(plan.in_flight) + 8).build())
}

struct Session<'a> {
    plan: &'a Plan,
    pipeline: &'a Pipeline,
    state: &'a watch::Sender<ConnectorState>,
    client: AsyncClient,
    events: EventLoop,
    in_flight: FuturesOrdered<Commit>,
}

impl Session<'_> {
    async fn listen(&mut self, shutdown: &CancellationToken) -> Result<(), Ended> {
        loop {
            // The broker stops at `in_flight`, as it was told; one that does not is not read further.
            let has_room = self.in_flight.len() < usize::from(self.plan.in_flight.max(1)) * 2;
            tokio::select! {
                biased;
                Some((publish, receipt)) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    self.settle(&publish, receipt)?;
                }
                () = shutdown.cancelled() => return Ok(()),
                event = self.events.poll(), if has_room => match event? {
                    Event::Incoming(packet) => self.hear(packet, shutdown).await?,
                    Event::Outgoing(_) | Event::Auth(_) => {}
                },
            }
        }
    }

    async fn hear(&mut self, packet: Incoming, shutdown: &CancellationToken) -> Result<(), Ended> {
        match packet {
            Incoming::ConnAck(ack) => {
                if ack.session_present {
                    // It delivers from now on, before it has answered the subscription.
                    self.connected();
                }
                self.subscribe()
            }
            Incoming::SubAck(ack) => {
                for (topic, code) in self.plan.topics.iter().zip(&ack.return_codes) {
                    if !matches!(code, SubscribeReasonCode::Success(_)) {
                        return Err(Ended::Refused { filter: topic.filter(), why: format!("{code:?}") });
                    }
                }
                tracing::info!(broker = self.plan.name, address = self.plan.address, "subscribed");
                self.connected();
                Ok(())
            }
            Incoming::Publish(publish) => self.hand_in(publish, shutdown).await,
            Incoming::Disconnect(words) => Err(Ended::HungUp(format!("{:?}", words.reason_code))),
            _ => Ok(()),
        }
    }

    fn connected(&self) {
        self.state.send_if_modified(|state| {
            let is_new = !state.is_connected;
            if is_new {
                (state.is_connected, state.since) = (true, received_at());
            }
            is_new
        });
    }

    /// Also where the session was still there: the plan may have changed.
    fn subscribe(&self) -> Result<(), Ended> {
        let filters: Vec<SubscribeFilter> = self
            .plan
            .topics
            .iter()
            .map(|topic| {
                let mut filter = SubscribeFilter::new(topic.filter(), QoS::AtLeastOnce);
                // A retained message is of any age, and would be taken for one of now.
                filter.retain_forward_rule = RetainForwardRule::Never;
                filter
            })
            .collect();
        self.client.try_subscribe_many(filters).map_err(|_| Ended::Overrun)
    }

    async fn hand_in(&mut self, publish: Publish, shutdown: &CancellationToken) -> Result<(), Ended> {
        let origin = Origin { connector: "broker", client: self.plan.name.clone() };
        let (topic, text) = (self.topic(&publish), Text::from(publish.payload.clone()));
        let items = decode::message(&topic, text.as_str());
        let delivery = Delivery { origin, received_at: received_at(), text: &text, items };
        // Waits while the store is full, and with it the broker: we do not read meanwhile.
        let pending = tokio::select! {
            submitted = self.pipeline.submit(delivery) => submitted.map_err(Ended::Store)?,
            // Not handed in, not acknowledged: it is delivered again.
            () = shutdown.cancelled() => return Ok(()),
        };
        self.in_flight.push_back(Box::pin(async move { (publish, pending.receipt().await) }));
        Ok(())
    }

    /// The topic as it would be at our own endpoint.
    fn topic(&self, publish: &Publish) -> String {
        let topic = String::from_utf8_lossy(&publish.topic);
        let found = self.plan.topics.iter().find_map(|template| template.find(&topic));
        found.map_or(topic.to_string(), |(asset, signal)| format!("twinlight/v1/{asset}/{signal}"))
    }

    /// Acknowledges what is durable. What is not is left to be delivered again, on a new connection.
    fn settle(&self, publish: &Publish, receipt: Result<Receipt, StoreError>) -> Result<(), Ended> {
        let receipt = receipt.map_err(Ended::Store)?;
        self.state.send_modify(|state| {
            state.messages += 1;
            state.rejected += receipt.rejected.len() as u64;
            state.last_message_at = Some(received_at());
        });
        self.client.try_ack(publish).map_err(|_| Ended::Overrun)
    }

    /// Acknowledges what was handed in, and goes; the session stays with the broker.
    async fn leave(&mut self) {
        while let Some((publish, receipt)) = self.in_flight.next().await {
            if self.settle(&publish, receipt).is_err() {
                return;
            }
        }
        let leaving = async {
            if self.client.disconnect().await.is_ok() {
                while self.events.poll().await.is_ok() {}
            }
        };
        let _ = tokio::time::timeout(LEAVE_WITHIN, leaving).await;
    }
}
