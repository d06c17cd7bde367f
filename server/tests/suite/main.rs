//! The server as its users see it: over HTTP, MQTT and the WebSocket, killed and restarted.

mod api;
mod broker;
mod conformance;
mod crash;
mod data;
mod data_check;
mod door;
mod faults;
mod fuzzed;
mod hindsight;
mod http;
mod kpis;
mod licences;
mod model;
mod mqtt;
mod operations;
mod origin;
mod quarantine;
mod resume;
mod simulate;
mod stream;
mod support;
mod tidy;
mod vectors;
mod viewers;
mod words;
