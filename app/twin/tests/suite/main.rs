//! The kernel as its users see it.

mod following;
mod golden;
mod language;
mod maths;
mod properties;
mod series;
