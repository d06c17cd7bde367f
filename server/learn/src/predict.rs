//! `predict`: a sealed file follows recordings as they would have come.

use std::path::PathBuf;

use anyhow::bail;

#[derive(clap::Args)]
pub struct Options {
    /// What `train` sealed.
    #[arg(long, value_name = "FILE")]
    pub sealed: PathBuf,
    /// What the columns are (TOML).
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// Where the predictions go (CSV).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
}

pub fn run(_options: &Options) -> anyhow::Result<()> {
    bail!("nothing can be predicted yet")
}
