//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod broker;
mod crash;
mod data;
mod data_check;
mod faults;
mod http;
mod mqtt;
mod origin;
mod quarantine;
mod resume;
mod stream;
mod support;
mod tidy;
mod vectors;
mod viewers;
