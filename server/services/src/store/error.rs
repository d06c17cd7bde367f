//! Why the store did not do what it was asked.

use std::{path::PathBuf, sync::Arc};

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("no asset `{0}`")]
    UnknownAsset(String),
    #[error("the store is full of work")]
    Full,
    #[error("the disk is full")]
    DiskFull,
    #[error("the store has shut down")]
    Closed,
    #[error("the disk failed: {0}")]
    Disk(Arc<rusqlite::Error>),
    #[error("the store failed: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    #[error("the store's file is of schema {found}, this program knows {known}")]
    Schema { found: i64, known: i64 },
    #[error("the file is another program's")]
    Foreign,
    #[error("the store's file is damaged, table `{table}`: {found}; `twinlight store check` tells all of it")]
    Damaged { table: &'static str, found: String },
    #[error("`{}` is in use by another twinlight", .0.display())]
    InUse(PathBuf),
    #[error("`{0}`")]
    File(Arc<std::io::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, SystemIoFailure};
        // The index of the log grows apart from the log, and says so by a code of its own.
        let index_is_full =
            error.sqlite_error().is_some_and(|code| code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        match error.sqlite_error_code() {
            _ if index_is_full => StoreError::DiskFull,
            Some(DiskFull) => StoreError::DiskFull,
            Some(SystemIoFailure | CannotOpen) => StoreError::Disk(Arc::new(error)),
            _ => StoreError::Sqlite(Arc::new(error)),
        }
    }
}

impl StoreError {
    /// Whether the disk is at fault: what failed may succeed once it is mended.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, StoreError::DiskFull | StoreError::Disk(_))
    }
}
