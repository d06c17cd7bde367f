//! What each route does.

pub mod calibrations;
pub mod health;
pub mod hindsight;
pub mod ingest;
pub mod kpis;
pub mod learned;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod plant;
pub mod quarantine;
pub mod samples;
pub mod stream;
pub mod words;
