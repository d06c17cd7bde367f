//! Recordings: tables of measured cycles, laid out over time.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Deserialize;
use services::catalog::Asset;
use twin::{Span, Timestamp};

use super::{Post, Posted, playback, simulation::Simulation};

/// Every recording and simulation of a demo's folder.
#[derive(Debug, Default)]
pub struct Script {
    recordings: Vec<Recording>,
    simulations: Vec<Simulation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFile {
    #[serde(default)]
    recording: Vec<Recording>,
    #[serde(default)]
    simulation: Vec<Simulation>,
}

/// A table of measurements and what its columns are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub asset: String,
    /// A csv file beside this one, gzipped where it ends in `.gz`.
    pub file: PathBuf,
    /// Seconds since the start of the cycle.
    pub time: String,
    /// The column whose value changes from cycle to cycle.
    pub cycle: Option<String>,
    /// Asset minutes between the end of a cycle and the start of the next.
    #[serde(default)]
    pub pause_min: f64,
    /// What happens right before the next cycle.
    pub between: Option<Between>,
    /// The signal's id in topics, and its column.
    pub columns: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Between {
    pub kind: String,
    #[serde(default)]
    pub note: String,
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
            let read: ScriptFile = toml::from_str(&text).with_context(|| format!("`{}`", file.display()))?;
            script.recordings.extend(read.recording.into_iter().map(|mut recording| {
                recording.file = folder.join(&recording.file);
                recording
            }));
            script.simulations.extend(read.simulation);
        }
        Ok(script)
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
        let file = std::fs::File::open(&self.file)?;
        let is_zipped = self.file.extension().is_some_and(|extension| extension == "gz");
        if is_zipped { self.lay_out(flate2::read::GzDecoder::new(file), start) } else { self.lay_out(file, start) }
    }

    /// Lays the cycles of a table out from `start`, one after the other with a pause between.
    fn lay_out(&self, table: impl Read, start: Timestamp) -> anyhow::Result<Vec<Post>> {
        let mut table = csv::Reader::from_reader(table);
        let header = table.headers()?.clone();
        let column = |name: &str| {
            header.iter().position(|column| column == name).with_context(|| format!("there is no column `{name}`"))
        };
        let time = column(&self.time)?;
        let cycle = self.cycle.as_deref().map(column).transpose()?;
        let columns: Vec<(&String, usize)> =
            self.columns.iter().map(|(signal, name)| Ok((signal, column(name)?))).collect::<anyhow::Result<_>>()?;
        let mut posts = Vec::new();
        let (mut current, mut from, mut last) = (None, start, start);
        for (row, record) in table.records().enumerate() {
            let record = record?;
            let number = |column: usize| {
                let text = record.get(column).unwrap_or_default();
                text.parse::<f64>().with_context(|| format!("row {}: `{text}` is no number", row + 2))
            };
            let of = cycle.and_then(|column| record.get(column)).map(str::to_string);
            if row > 0 && of != current {
                from = last + Span::from_secs(self.pause_min * 60.0);
                posts.extend(self.event(of.as_deref(), from));
            }
            current = of;
            last = from + Span::from_secs(number(time)?);
            for (signal, column) in &columns {
                let what = Posted::Sample { signal: (*signal).clone(), value: number(*column)? };
                posts.push(Post { t: last, asset: self.asset.clone(), what });
            }
        }
        Ok(posts)
    }

    /// What happens a second before the cycle that starts at `from`.
    fn event(&self, cycle: Option<&str>, from: Timestamp) -> Option<Post> {
        let Between { kind, note } = self.between.as_ref()?;
        let id = format!("{kind}-{}", cycle.unwrap_or_default());
        let what = Posted::Event { id, kind: kind.clone(), note: note.clone() };
        Some(Post { t: from - Span::SECOND, asset: self.asset.clone(), what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_follow_each_other_with_a_pause_and_an_event() {
        let recording: Recording = toml::from_str(
            "asset = 'cell'\nfile = 'x.csv'\ntime = 't_s'\ncycle = 'n'\npause_min = 10\n\
             between = { kind = 'charged' }\ncolumns = { voltage = 'V' }\n",
        )
        .unwrap();
        let table = "n,t_s,V\n1,0,4.2\n1,10.5,3.0\n2,0,4.1\n2,20,3.1\n";
        let posts = recording.lay_out(table.as_bytes(), Timestamp(1_000_000)).unwrap();
        let told: Vec<(f64, String)> = posts
            .iter()
            .map(|post| {
                let what = match &post.what {
                    Posted::Sample { signal, value } => format!("{signal} {value}"),
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
    fn a_column_that_is_not_there_is_named() {
        let recording: Recording =
            toml::from_str("asset = 'a'\nfile = 'x'\ntime = 't_s'\ncolumns = { voltage = 'U' }\n").unwrap();
        let error = recording.lay_out("t_s,V\n0,1\n".as_bytes(), Timestamp(0)).unwrap_err();
        assert!(error.to_string().contains("`U`"), "{error}");
    }
}
