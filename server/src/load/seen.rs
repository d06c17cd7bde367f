//! A viewer's own record: which entries it was shown, which were merged for it, and what they come to.

use std::{fs::File, io::Write, path::Path};

use anyhow::Context;
use wire::{Entry, What};

use super::wave::mix;

/// What one frame was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Entries one by one; `hash` is what they come to.
    Samples {
        first: u64,
        last: u64,
        hash: u64,
    },
    Coalesced {
        first: u64,
        last: u64,
    },
    /// Where the asset stood, in place of all before.
    Snapshot {
        seq: u64,
    },
}

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub viewer: usize,
    pub asset: String,
    pub shown: Shown,
}

#[derive(Debug)]
pub struct Seen(File);

impl Seen {
    pub fn create(path: &Path) -> anyhow::Result<Seen> {
        let file = File::options().append(true).create_new(true).open(path);
        Ok(Seen(file.with_context(|| format!("the viewers' record `{}`", path.display()))?))
    }

    pub fn write(&self, line: &Line) -> std::io::Result<()> {
        let Line { viewer, asset, shown } = line;
        let text = match shown {
            Shown::Samples { first, last, hash } => format!("{viewer} {asset} samples {first} {last} {hash:016x}\n"),
            Shown::Coalesced { first, last } => format!("{viewer} {asset} coalesced {first} {last}\n"),
            Shown::Snapshot { seq } => format!("{viewer} {asset} snapshot {seq}\n"),
        };
        (&self.0).write_all(text.as_bytes())
    }
}

/// Reads a line; `None` for what is none.
pub fn parse(text: &str) -> Option<Line> {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |text: &str| text.parse().ok();
    let (viewer, asset, shown) = match words[..] {
        [viewer, asset, "samples", first, last, hash] => {
            let hash = u64::from_str_radix(hash, 16).ok()?;
            (viewer, asset, Shown::Samples { first: number(first)?, last: number(last)?, hash })
        }
        [viewer, asset, "coalesced", first, last] => {
            (viewer, asset, Shown::Coalesced { first: number(first)?, last: number(last)? })
        }
        [viewer, asset, "snapshot", seq] => (viewer, asset, Shown::Snapshot { seq: number(seq)? }),
        _ => return None,
    };
    Some(Line { viewer: viewer.parse().ok()?, asset: asset.into(), shown })
}

/// Adds an entry to what entries come to.
pub fn fold(hash: u64, entry: &Entry) -> u64 {
    let hash = mix(hash ^ entry.t.0 as u64);
    match &entry.what {
        What::Sample { signal, value, quality } => {
            mix(mix(hash ^ u64::from(*signal)) ^ value.to_bits()) ^ *quality as u64
        }
        What::Event { id, kind, .. } => {
            id.bytes().chain([0]).chain(kind.bytes()).fold(hash, |hash, byte| mix(hash ^ u64::from(byte)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seen");
        let seen = Seen::create(&path).unwrap();
        let shown = [
            Shown::Samples { first: 1, last: 9, hash: u64::MAX - 1 },
            Shown::Coalesced { first: 10, last: 90 },
            Shown::Snapshot { seq: 100 },
        ];
        let lines = shown.map(|shown| Line { viewer: 3, asset: "cell".into(), shown });
        lines.iter().for_each(|line| seen.write(line).unwrap());
        let read: Vec<Line> =
            std::fs::read_to_string(&path).unwrap().lines().map(|line| parse(line).unwrap()).collect();
        assert_eq!(read, lines);
        assert!(Seen::create(&path).is_err(), "a record is not written over");
    }
}
