//! Learning as its users see it, on small plants that are made here.

mod command;
mod fitting;
mod fleets;
mod outlooks;
mod reading;
mod support;
