//! Files that commands write: whole or not at all, and never over what is read.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

/// What is tried to write: a block, so that a full disk shows.
const TRIED: [u8; 4096] = [0; 4096];

/// Fails where what is to be written would take the place of something that is read.
pub fn is_spare<'p>(out: &Path, read: impl IntoIterator<Item = &'p PathBuf>) -> anyhow::Result<()> {
    let place = |file: &Path| fs::metadata(file).ok().map(|file| (file.dev(), file.ino()));
    let own = place(out);
    match read.into_iter().find(|read| own.is_some() && place(read) == own) {
        Some(read) => bail!("`{}` is read, and nothing is written over it", read.display()),
        None => Ok(()),
    }
}

/// Fails where nothing could be written to `path`, which shows before what takes its time; leaves all as it is.
pub fn is_writable(path: &Path) -> anyhow::Result<()> {
    let tried = || match Place::of(path) {
        Place::File { part, .. } => {
            let tried = File::create(&part).and_then(|mut file| file.write_all(&TRIED).and_then(|()| file.sync_all()));
            // What could not be made need not be taken away.
            let _ = fs::remove_file(&part);
            tried
        }
        // Whoever reads a pipe would take it for ended.
        Place::Stream if !fs::metadata(path)?.file_type().is_char_device() => Ok(()),
        // A device that takes nothing refuses even that; a terminal shows nothing of it.
        Place::Stream => File::options().write(true).open(path)?.write(&[]).map(drop),
    };
    tried().with_context(|| wrong(path))
}

/// Writes a file beside `path` and then puts it there, so that there is a whole one or none.
pub fn put(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let all = || match Place::of(path) {
        Place::Stream => {
            let mut file = BufWriter::new(File::options().write(true).open(path)?);
            write(&mut file).and_then(|()| file.flush())
        }
        Place::File { place, part } => {
            let whole = || {
                let mut file = BufWriter::new(File::create(&part)?);
                write(&mut file)?;
                file.into_inner()?.sync_all()?;
                fs::rename(&part, place)
            };
            // The error is told; that there may be nothing to take away is none.
            whole().inspect_err(|_| drop(fs::remove_file(&part)))
        }
    };
    all().with_context(|| wrong(path))
}

fn wrong(path: &Path) -> String {
    format!("`{}` cannot be written", path.display())
}

/// Where something is written.
enum Place {
    /// A pipe or a device is no file that could be put into its place.
    Stream,
    /// Where it goes, and where it is written until it is whole.
    File { place: PathBuf, part: PathBuf },
}

impl Place {
    fn of(path: &Path) -> Place {
        if path.exists() && !path.is_file() {
            return Place::Stream;
        }
        // What a link leads to is replaced, not the link.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut part = place.clone().into_os_string();
        part.push(".part");
        Place::File { place, part: part.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &Path, expected: &str) {
        let error = is_writable(path).unwrap_err();
        assert_eq!(format!("{error:#}"), format!("`{}` cannot be written: {expected}", path.display()));
    }

    #[test]
    fn what_cannot_be_written_shows_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("none/a.csv"), "No such file or directory (os error 2)");
        check(Path::new("/dev/full"), "No space left on device (os error 28)");
        let place = folder.path().join("a.csv");
        is_writable(&place).unwrap();
        is_writable(Path::new("/dev/null")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(&place, "of yesterday").unwrap();
        is_writable(&place).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "of yesterday");
    }

    #[test]
    fn there_is_a_whole_file_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let [place, link] = ["a.csv", "link.csv"].map(|name| folder.path().join(name));
        let broken = put(&place, |to| writeln!(to, "half").and(Err(io::ErrorKind::StorageFull.into())));
        assert!(broken.is_err() && fs::read_dir(folder.path()).unwrap().count() == 0);
        put(&place, |to| writeln!(to, "whole")).unwrap();
        std::os::unix::fs::symlink(&place, &link).unwrap();
        put(&link, |to| writeln!(to, "anew")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "a link stays one");
        assert_eq!(fs::read_to_string(&place).unwrap(), "anew\n");
        assert!(put(Path::new("/dev/full"), |to| writeln!(to, "lost")).is_err());
    }
}
