//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod api;
mod crash;
mod door;
mod http;
mod mqtt;
mod operations;
mod origin;
mod stream;
mod support;
mod tidy;
