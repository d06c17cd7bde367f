//! A whole store as one file, taken beside whoever runs it, and put back.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{Connection, OpenFlags};

use super::{
    StoreError,
    check::{Findings, check},
    lock, schema,
};

/// Why there is no backup, or why it was not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    #[error("`{}` is no store that can be used:\n{}", .0.display(), .1.join("\n"))]
    Faulty(PathBuf, Vec<String>),
}

/// Writes the store at `path` as it is at this moment to `to`, and makes sure that it can be read. Ingest goes on.
pub fn backup(path: &Path, to: &Path) -> Result<Findings, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_path_buf()));
    }
    let part = beside(to, ".part");
    let _ = fs::remove_file(&part);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(StoreError::from)?;
    schema::is_known(&connection)?;
    connection.execute("VACUUM INTO ?1", [part.to_string_lossy()]).map_err(StoreError::from)?;
    let findings = usable(&part)?;
    settle(&part, to)?;
    Ok(findings)
}

/// Puts the backup `from` in the place of the store at `path`, which nobody may be running. A store that is there is
/// kept beside it, under the name that is given back.
pub fn restore(from: &Path, path: &Path) -> Result<(Findings, Option<PathBuf>), BackupError> {
    let findings = usable(from)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let _lock = lock::take(path)?;
    let part = beside(path, ".part");
    fs::copy(from, &part).map_err(failed)?;
    // Another store than the one that went on after the backup: who had followed that one must not be told that these
    // seqs follow on.
    let connection = schema::open_writer(&part)?;
    schema::renew_id(&connection)?;
    connection.execute_batch("PRAGMA journal_mode = DELETE").map_err(StoreError::from)?;
    drop(connection);
    let set_aside = match path.exists() {
        false => None,
        true => {
            let name = (1..).map(|n| beside(path, &format!(".before-restore-{n}"))).find(|name| !name.exists());
            let name = name.unwrap_or_else(|| beside(path, ".before-restore"));
            // The log belongs to the file: both go, the log first, as what it holds is of no use to another file.
            for suffix in ["-wal", "-shm"] {
                let old = beside(path, suffix);
                if old.exists() {
                    fs::rename(&old, beside(&name, suffix)).map_err(failed)?;
                }
            }
            fs::rename(path, &name).map_err(failed)?;
            Some(name)
        }
    };
    settle(&part, path)?;
    Ok((findings, set_aside))
}

/// What is in a file, if it is a whole store.
fn usable(file: &Path) -> Result<Findings, BackupError> {
    let findings = check(file, |_, _| {})?;
    if findings.faults.is_empty() {
        Ok(findings)
    } else {
        Err(BackupError::Faulty(file.to_path_buf(), findings.faults))
    }
}

/// Gives a written file its name once all of it is on disk.
fn settle(part: &Path, to: &Path) -> Result<(), StoreError> {
    File::open(part).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(part, to).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn failed(error: std::io::Error) -> StoreError {
    StoreError::File(Arc::new(error))
}
