//! What each route does.

pub mod health;
pub mod ingest;
pub mod pages;
pub mod plant;
pub mod quarantine;
pub mod stream;
