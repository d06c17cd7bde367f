//! Learning as its users see it, on small plants that are made here.

mod cells;
mod command;
mod detecting;
mod fitting;
mod fleets;
mod outlooks;
mod outputs;
mod reading;
mod sensors;
mod support;
