//! Tells the services of every way in, so that the data page can show how each of them is.

use std::net::SocketAddr;

use services::{Services, doors::DoorState, ingest::broker::ConnectorState};
use tokio::{sync::watch, task::JoinHandle};

/// Enters both doors, which are open by now, and every broker's connector.
pub fn enter(
    services: &Services,
    http: SocketAddr,
    mqtt: SocketAddr,
    brokers: &[(watch::Receiver<ConnectorState>, JoinHandle<()>)],
) {
    let since = Some((services.clock)());
    let listening = move |name: &str, address: SocketAddr| DoorState {
        name: name.into(),
        role: "listens on",
        address: address.to_string(),
        is_up: true,
        since,
        ..DoorState::default()
    };
    services.doors.enter(move || listening("http", http));
    let connections = services.pipeline.mqtt_connections.clone();
    services.doors.enter(move || DoorState { connections: Some(connections.count()), ..listening("mqtt", mqtt) });
    for (state, _) in brokers {
        let state = state.clone();
        services.doors.enter(move || connector(&state.borrow()));
    }
}

fn connector(state: &ConnectorState) -> DoorState {
    DoorState {
        name: state.name.clone(),
        role: "connects to",
        address: state.address.clone(),
        connections: Some(usize::from(state.is_connected)),
        is_up: state.is_connected,
        since: Some(state.since),
        last_at: state.last_message_at,
        trouble: state.last_error.clone(),
    }
}
