//! `train`: recordings and a mapping become a sealed file.

use std::path::PathBuf;

use anyhow::bail;

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
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
}

pub fn run(_options: &Options) -> anyhow::Result<()> {
    bail!("nothing can be learned yet")
}
