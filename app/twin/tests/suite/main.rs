//! The kernel as its users see it.

mod census;
mod composing;
mod documents;
mod following;
mod golden;
mod happening;
mod integrating;
mod language;
mod maths;
mod packed;
mod properties;
mod series;
mod typed;
