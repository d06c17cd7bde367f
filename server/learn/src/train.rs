//! `train`: recordings and a mapping become a sealed file.

use std::{io::Write, path::PathBuf, time::Instant};

use anyhow::bail;
use twin::learned::{Kind, LARGEST, Learned};

use crate::{
    draft::{Draft, apart},
    life,
    mapping::{Mapping, Task},
    outlook,
    read::{self, Recording},
    seen::Seen,
};

#[derive(clap::Args)]
pub struct Options {
    /// What the columns are and what is to be learned (TOML).
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// Where the sealed file goes.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Whatever is drawn by chance follows from this.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Recordings: CSV or text in columns, as they are or compressed by gzip.
    #[arg(value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let begin = Instant::now();
    apart(options.recordings.iter().chain([&options.map]), [("--out", &options.out)])?;
    let mapping = Mapping::load(&options.map)?;
    // Learning takes minutes: whether there is a place and room for it shows before.
    let open = Draft::try_out(&options.out, LARGEST)?;
    let (mut fleet, mut seen) = (Vec::new(), Seen::default());
    for path in &options.recordings {
        fleet.extend(read::recordings(path, &mapping, &mut seen)?);
    }
    if seen.rows > 0 {
        eprintln!("{seen}");
    }
    let learned = learn(&mapping, fleet, options.seed)?;
    let sealed = learned.seal()?;
    let mut out = open.map_or_else(|| Draft::begin(&options.out), Ok)?;
    out.write_all(&sealed)?;
    out.keep()?;
    println!("sealed: {} bytes, {:.1} s", sealed.len(), begin.elapsed().as_secs_f64());
    Ok(())
}

/// What `mapping` asks for, learned from the first rows of each recording, as many as it says.
pub fn learn(mapping: &Mapping, mut fleet: Vec<Recording>, seed: u64) -> anyhow::Result<Learned> {
    for recording in &mut fleet {
        recording.rows.truncate(mapping.recording.train_rows.unwrap_or(usize::MAX));
    }
    let kind = match &mapping.learn {
        Task::Life(task) => Kind::Life(life::learn(task, &fleet, seed)?),
        Task::Outlook(task) => {
            let [recording] = &fleet[..] else {
                bail!("an outlook is learned from one asset, not from {}", fleet.len())
            };
            Kind::Outlook(outlook::learn(task, recording)?)
        }
        Task::Fade(fade) => Kind::Fade(*fade),
        Task::Soft(task) => Kind::Soft(task.sensor.clone()),
    };
    Ok(Learned::new(mapping.inputs(), kind)?)
}
