//! Learning as its users see it, on small plants that are made here.

mod cells;
mod command;
mod fitting;
mod fleets;
mod outlooks;
mod reading;
mod sensors;
mod support;
