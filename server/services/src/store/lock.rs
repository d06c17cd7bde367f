//! One process a store: two that write would give out the same seqs.

use std::{
    ffi::OsString,
    fs::{File, TryLockError},
    path::Path,
    sync::Arc,
};

use super::StoreError;

/// The right to write to a store; ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the store at `path` for this process.
pub fn take(path: &Path) -> Result<Lock, StoreError> {
    // A file beside the store: SQLite has locks of its own on the store's.
    let mut beside = OsString::from(path);
    beside.push(".lock");
    let failed = |error| StoreError::File(Arc::new(error));
    let file = File::options().create(true).truncate(false).write(true).open(beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use twin::Timestamp;

    use crate::{catalog::Catalog, store::Store};

    #[test]
    fn a_store_in_use_is_not_opened_again_until_its_writer_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("twinlight.db");
        let plant = Arc::new(Catalog::parse("title = \"Empty\"", |_| unreachable!("no asset, no model")).unwrap());
        let open = || Store::open(&path, &plant, Timestamp(0), |_| {});
        let (store, writer) = open().unwrap();
        let refused = open().unwrap_err().to_string();
        assert_eq!(refused, format!("`{}` is in use by another twinlight", path.display()));
        store.close();
        writer.join();
        let (again, writer) = open().unwrap();
        again.close();
        writer.join();
    }
}
