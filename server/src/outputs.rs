//! Files that commands write: whole or not at all, and never over what is read.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
    process,
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
    let tried = || match Place::of(path)? {
        Place::File { part, .. } => {
            let mut file = begun(&part)?;
            let tried = file.write_all(&TRIED).and_then(|()| file.sync_all());
            fs::remove_file(&part).and(tried)
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
    let all = || match Place::of(path)? {
        Place::Stream => {
            let mut file = BufWriter::new(File::options().write(true).open(path)?);
            write(&mut file).and_then(|()| file.flush())
        }
        Place::File { place, part } => {
            let file = begun(&part)?;
            let whole = || {
                let mut file = BufWriter::new(file);
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

/// A file that was not there before.
fn begun(part: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(part)
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
    fn of(path: &Path) -> io::Result<Place> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if path.exists() && !path.is_file() {
            return Ok(Place::Stream);
        }
        // What a link leads to is replaced, not the link, also where nothing is there yet.
        let leads = |_| fs::read_link(path).map(|to| path.with_file_name(to));
        let place = fs::canonicalize(path).or_else(leads).unwrap_or_else(|_| path.to_owned());
        let mut part = place.clone().into_os_string();
        part.push(format!(".{}.part", process::id()));
        Ok(Place::File { place, part: part.into() })
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
        check(folder.path(), "is a directory");
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
        let [early, to] = ["early.csv", "to.csv"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink("to.csv", &early).unwrap();
        put(&early, |to| writeln!(to, "first")).unwrap();
        assert!(fs::symlink_metadata(&early).unwrap().is_symlink() && fs::read_to_string(to).unwrap() == "first\n");
        assert!(put(Path::new("/dev/full"), |to| writeln!(to, "lost")).is_err());
    }
}
