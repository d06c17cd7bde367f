//! Recordings: tables of measured cycles, laid out over time.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Deserialize;
use services::catalog::{Asset, Conversion};
use twin::{Span, Timestamp};

use super::{Post, Posted, playback, simulation::Simulation};
use crate::data_check::unzipped;

/// Every recording and simulation of a demo's folder.
#[derive(Debug, Default)]
pub struct Script {
    recordings: Vec<Recording>,
    simulations: Vec<Simulation>,
}

/// A table of measurements, what its columns are, and how its groups of rows follow each other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub asset: String,
    /// A csv file beside this one, gzipped where it ends in `.gz`.
    pub file: PathBuf,
    #[serde(default, rename = "title")]
    _title: String,
    #[serde(default, rename = "source")]
    _source: String,
    /// The column whose value changes from group to group.
    pub group: Option<String>,
    /// The time since the start of the group.
    pub time: TimeColumn,
    /// What lies between the end of a group and the start of the next, as `10 min`.
    pub pause: Option<String>,
    /// What happens right before the next group.
    pub event: Option<String>,
    #[serde(default)]
    pub note: String,
    /// When each group was recorded; said in the event.
    #[serde(default)]
    pub recorded: Vec<String>,
    /// What whoever recorded it says has happened.
    #[serde(default)]
    pub documented: Vec<Documented>,
    pub column: BTreeMap<String, SignalColumn>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeColumn {
    pub column: String,
    pub unit: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documented {
    /// How long after the start, as `23 h`.
    pub at: String,
    pub kind: String,
    pub note: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalColumn {
    /// The signal's id in topics.
    pub signal: String,
    pub unit: String,
}

impl Script {
    /// Reads every `.toml` of `folder` but the plant file.
    pub fn read(folder: &Path) -> anyhow::Result<Script> {
        let mut script = Script::default();
        let listed = std::fs::read_dir(folder).with_context(|| format!("`{}`", folder.display()))?;
        let mut files: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort_unstable();
        for file in files {
            let is_script = file.extension().is_some_and(|extension| extension == "toml")
                && file.file_name().is_some_and(|name| name != "plant.toml");
            if !is_script {
                continue;
            }
            let text = std::fs::read_to_string(&file).with_context(|| format!("`{}`", file.display()))?;
            script.add(&text, folder).with_context(|| format!("`{}`", file.display()))?;
        }
        Ok(script)
    }

    /// Adds what a file says: a recording names a table, a simulation has inputs.
    fn add(&mut self, text: &str, folder: &Path) -> anyhow::Result<()> {
        let table: toml::Table = text.parse()?;
        if table.contains_key("file") {
            let mut recording: Recording = table.try_into()?;
            recording.file = folder.join(&recording.file);
            self.recordings.push(recording);
        } else {
            self.simulations.push(table.try_into()?);
        }
        Ok(())
    }

    /// The table of the recording of `asset`, where there is one.
    pub fn file(&self, asset: &Asset) -> Option<&Path> {
        let recording = self.recordings.iter().find(|recording| recording.asset == asset.id.as_str())?;
        Some(&recording.file)
    }

    /// What there is to publish of `asset`, in order of time.
    pub fn posts(&self, asset: &Asset) -> anyhow::Result<Option<Box<dyn Iterator<Item = Post> + Send>>> {
        let id = asset.id.as_str();
        if let Some(recording) = self.recordings.iter().find(|recording| recording.asset == id) {
            let (start, end) = playback(asset)?;
            let posts = recording.posts(start).with_context(|| format!("`{}`", recording.file.display()))?;
            return Ok(Some(Box::new(posts.into_iter().take_while(move |post| post.t <= end))));
        }
        let simulation = self.simulations.iter().find(|simulation| simulation.asset == id);
        Ok(simulation.map(|simulation| simulation.posts(asset)).transpose()?.map(|posts| Box::new(posts) as _))
    }
}

impl Recording {
    fn posts(&self, start: Timestamp) -> anyhow::Result<Vec<Post>> {
        self.lay_out(unzipped(&self.file)?, start)
    }

    /// Lays the cycles of a table out from `start`, one after the other with a pause between.
    fn lay_out(&self, table: impl Read, start: Timestamp) -> anyhow::Result<Vec<Post>> {
        let mut table = csv::Reader::from_reader(table);
        let header = table.headers()?.clone();
        let column = |name: &str| {
            header.iter().position(|column| column == name).with_context(|| format!("there is no column `{name}`"))
        };
        let time = column(&self.time.column)?;
        let to_secs = conversion(&self.time.unit)?;
        let pause = Span::from_secs(self.pause.as_deref().map(secs).transpose()?.unwrap_or(0.0));
        let group = self.group.as_deref().map(column).transpose()?;
        let columns: Vec<(&SignalColumn, usize)> =
            self.column.iter().map(|(name, signal)| Ok((signal, column(name)?))).collect::<anyhow::Result<_>>()?;
        let mut posts = Vec::new();
        let (mut current, mut from, mut last, mut groups) = (None, start, start, 0);
        for (row, record) in table.records().enumerate() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = |column: usize| {
                let text = record.get(column).unwrap_or_default();
                text.parse::<f64>().with_context(|| format!("line {line}: `{text}` is no number"))
            };
            let of = group.and_then(|column| record.get(column)).map(str::to_string);
            if row > 0 && of != current {
                from = last + pause;
                groups += 1;
                posts.extend(self.event(of.as_deref(), groups, from));
            }
            current = of;
            last = from + Span::from_secs(to_secs.apply(number(time)?));
            for (SignalColumn { signal, unit }, column) in &columns {
                let value = number(*column)?;
                let what = Posted::Sample { signal: signal.clone(), value, unit: unit.clone() };
                posts.push(Post { t: last, asset: self.asset.clone(), line, what });
            }
        }
        for (number, Documented { at, kind, note }) in self.documented.iter().enumerate() {
            let id = format!("{kind}-{}", number + 1);
            let what = Posted::Event { id, kind: kind.clone(), until: None, note: note.clone() };
            posts.push(Post { t: start + Span::from_secs(secs(at)?), asset: self.asset.clone(), line: 0, what });
        }
        posts.sort_by_key(|post| post.t);
        Ok(posts)
    }

    /// What happens a second before the group that starts at `from`.
    fn event(&self, of: Option<&str>, group: usize, from: Timestamp) -> Option<Post> {
        let kind = self.event.clone()?;
        let note = match self.recorded.get(group) {
            Some(recorded) => format!("{}; what follows was recorded at {recorded}", self.note),
            None => self.note.clone(),
        };
        let what = Posted::Event { id: format!("{kind}-{}", of.unwrap_or_default()), kind, until: None, note };
        Some(Post { t: from - Span::SECOND, asset: self.asset.clone(), line: 0, what })
    }
}

/// The way from `unit` to seconds.
fn conversion(unit: &str) -> anyhow::Result<Conversion> {
    Conversion::between(unit, "s").with_context(|| format!("`{unit}` is no unit of time"))
}

/// The seconds of a span such as `10 min`.
pub fn secs(text: &str) -> anyhow::Result<f64> {
    let (number, unit) = text.split_once(' ').with_context(|| format!("`{text}` is no span such as `10 min`"))?;
    Ok(conversion(unit)?.apply(number.parse().with_context(|| format!("`{number}` is no number"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_follow_each_other_with_a_pause_and_an_event() {
        let recording: Recording = toml::from_str(
            "asset = 'cell'\nfile = 'x.csv'\ntime = { column = 't_s', unit = 's' }\ngroup = 'n'\npause = '10 min'\n\
             event = 'charged'\ncolumn = { V = { signal = 'voltage', unit = 'V' } }\n",
        )
        .unwrap();
        let table = "n,t_s,V\n1,0,4.2\n1,10.5,3.0\n2,0,4.1\n2,20,3.1\n";
        let posts = recording.lay_out(table.as_bytes(), Timestamp(1_000_000)).unwrap();
        let told: Vec<(f64, String)> = posts
            .iter()
            .map(|post| {
                let what = match &post.what {
                    Posted::Sample { signal, value, .. } => format!("{signal} {value}"),
                    Posted::Event { id, .. } => id.clone(),
                };
                (post.t.0 as f64 / 1e6, what)
            })
            .collect();
        let expected = [
            (1.0, "voltage 4.2"),
            (11.5, "voltage 3"),
            (610.5, "charged-2"),
            (611.5, "voltage 4.1"),
            (631.5, "voltage 3.1"),
        ];
        assert_eq!(told, expected.map(|(t, what)| (t, what.to_string())));
    }

    #[test]
    fn what_is_documented_stands_where_it_happened() {
        let recording: Recording = toml::from_str(
            "asset = 'a'\nfile = 'x'\ntime = { column = 't', unit = 'h' }\n[column]\nT = { signal = 'T', unit = 'K' }\n\
             [[documented]]\nat = '90 min'\nkind = 'failure'\nnote = 'it broke'\n",
        )
        .unwrap();
        let posts = recording.lay_out("t,T\n0,1\n1,2\n2,3\n".as_bytes(), Timestamp(0)).unwrap();
        let told: Vec<i64> = posts.iter().map(|post| post.t.0 / 60_000_000).collect();
        assert_eq!(told, [0, 60, 90, 120]);
        assert!(matches!(&posts[2].what, Posted::Event { id, note, .. } if id == "failure-1" && note == "it broke"));
    }

    #[test]
    fn a_column_that_is_not_there_is_named() {
        let recording: Recording =
            toml::from_str(
            "asset = 'a'\nfile = 'x'\ntime = { column = 't_s', unit = 's' }\ncolumn = { U = { signal = 'u', unit = 'V' } }\n",
        )
        .unwrap();
        let error = recording.lay_out("t_s,V\n0,1\n".as_bytes(), Timestamp(0)).unwrap_err();
        assert!(error.to_string().contains("`U`"), "{error}");
    }
}
