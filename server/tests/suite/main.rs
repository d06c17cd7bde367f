//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod crash;
mod data;
mod faults;
mod http;
mod mqtt;
mod origin;
mod quarantine;
mod stream;
mod support;
mod tidy;
