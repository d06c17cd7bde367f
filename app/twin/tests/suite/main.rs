//! The kernel as its users see it.

mod bare;
mod calibrating;
mod census;
mod composing;
mod detecting;
mod documents;
mod filtering;
mod following;
mod gauges;
mod golden;
mod happening;
mod integrating;
mod kpi;
mod language;
mod learned;
mod maths;
mod packed;
mod packs;
mod properties;
mod sensitivity;
mod series;
mod streams;
mod taking_over;
mod typed;
mod units;
mod wandering;
