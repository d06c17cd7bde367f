//! The process: configuration, router, middleware, WebSocket, pages, command line.

pub mod config;
pub mod log;
pub mod serve;
pub mod state;

pub mod door;
mod doors;
pub mod error;
pub mod files;
pub mod middleware;
pub mod opening;
pub mod router;
pub mod routes;
mod wall;

pub mod backtest;
pub mod calibrate;
pub mod data_check;
pub mod load;
pub mod maintain;
pub mod model;
mod outputs;
pub mod recorded;
pub mod replay;
pub mod simulate;
mod terminal;
pub mod verify;
mod wording;

pub use router::router;
