//! The kernel as its callers meet it.

mod maths;
mod series;
