//! The kernel as its users see it.

mod following;
mod maths;
mod series;
