//! Files that are written beside their place and put there whole, and that are nothing else that a command was given.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

/// A file that is not yet in its place. Without `keep` it never comes there, and what was there stays.
pub struct Draft {
    path: PathBuf,
    /// `None` for a pipe or a device, which are no files that could be put into their place.
    beside: Option<PathBuf>,
    file: BufWriter<File>,
}

impl Draft {
    /// Begins a file, which shows at once whether it can be written there.
    pub fn begin(path: &Path) -> anyhow::Result<Draft> {
        Draft::open(path).with_context(|| format!("writing {}", path.display()))
    }

    fn open(path: &Path) -> io::Result<Draft> {
        if path.exists() && !path.is_file() {
            let file = File::options().write(true).open(path)?;
            return Ok(Draft { path: path.into(), beside: None, file: BufWriter::new(file) });
        }
        // What a link leads to is replaced, not the link, also where nothing is there yet.
        let leads = |_| fs::read_link(path).map(|to| path.with_file_name(to));
        let path = fs::canonicalize(path).or_else(leads).unwrap_or_else(|_| path.into());
        let mut beside: OsString = path.clone().into_os_string();
        beside.push(format!(".{}.part", std::process::id()));
        let file = File::options().write(true).create_new(true).open(&beside)?;
        Ok(Draft { path, beside: Some(beside.into()), file: BufWriter::new(file) })
    }

    /// Tries whether so many bytes may be written to `path`. A file is begun once more when it is time to, and nothing of it
    /// lies there meanwhile; a pipe or a device stays open, and is given.
    pub fn try_out(path: &Path, bytes: usize) -> anyhow::Result<Option<Draft>> {
        Draft::begin(path)?.tried(bytes).with_context(|| format!("writing {}", path.display()))
    }

    fn tried(mut self, bytes: usize) -> io::Result<Option<Draft>> {
        if self.beside.is_none() {
            // A device that takes nothing refuses even that; to a pipe or a terminal nothing is said by it.
            self.file.get_ref().write(&[]).map(drop)?;
            return Ok(Some(self));
        }
        self.file.write_all(&vec![0; bytes])?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(None)
    }

    /// Puts the file into its place.
    pub fn keep(mut self) -> anyhow::Result<()> {
        let mut put = || {
            self.file.flush()?;
            let Some(beside) = &self.beside else { return Ok(()) };
            self.file.get_ref().sync_all()?;
            fs::rename(beside, &self.path)
        };
        put().with_context(|| format!("writing {}", self.path.display()))?;
        self.beside = None;
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let path = self.path.display();
        self.file.write(bytes).map_err(|error| io::Error::new(error.kind(), format!("writing {path}: {error}")))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // Why it was not kept is told; that nothing could be taken away is not.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Refuses an output that is one of the inputs, or another output.
pub fn apart<'a>(
    inputs: impl IntoIterator<Item = &'a PathBuf>,
    outputs: impl IntoIterator<Item = (&'static str, &'a PathBuf)>,
) -> anyhow::Result<()> {
    let inputs: Vec<Option<PathBuf>> = inputs.into_iter().map(|path| place(path)).collect();
    let mut before: Vec<(&str, PathBuf)> = Vec::new();
    for (option, path) in outputs {
        let Some(own) = place(path) else { continue };
        if inputs.contains(&Some(own.clone())) {
            bail!("`{option}` would overwrite {}, which is read", path.display());
        }
        if let Some((other, _)) = before.iter().find(|(_, other)| *other == own) {
            bail!("`{other}` and `{option}` are the same file, {}", path.display());
        }
        before.push((option, own));
    }
    Ok(())
}

/// Where a file is or will be, whichever way it is named; `None` for pipes and devices, which are no files.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(found) = fs::canonicalize(path) {
        return found.is_file().then_some(found);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that is not there is refused once something is written to it.
    Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
}
