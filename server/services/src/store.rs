//! Keeps what was taken in, durably.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no asset `{0}`")]
    UnknownAsset(String),
}

#[derive(Clone)]
pub struct Store;
