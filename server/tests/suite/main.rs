//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod broker;
mod crash;
mod faults;
mod fuzzed;
mod http;
mod mqtt;
mod origin;
mod quarantine;
mod stream;
mod support;
mod tidy;
mod vectors;
