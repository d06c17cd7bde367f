//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod api;
mod crash;
mod door;
mod faults;
mod http;
mod mqtt;
mod operations;
mod origin;
mod quarantine;
mod stream;
mod support;
mod tidy;
