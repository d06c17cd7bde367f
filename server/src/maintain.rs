//! `twinlight backup`, `restore` and `store check`: what an operator does with a store's file.

use std::path::PathBuf;

use services::store::{
    backup,
    check::{self, Findings},
};

use crate::{
    config::Config,
    terminal::{self, Progress},
};

#[derive(Debug, Clone, clap::Args)]
pub struct BackupOptions {
    /// Where the backup goes; it must not be there yet.
    pub to: PathBuf,
}

#[derive(Debug, Clone, clap::Args)]
pub struct RestoreOptions {
    /// The backup that is put in the place of the store.
    pub from: PathBuf,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum StoreAction {
    /// Reads all of the store, and names what is not as it was written. The server may go on meanwhile.
    Check {
        /// The file, if not that of the settings.
        file: Option<PathBuf>,
    },
}

/// Takes a backup of the settings' store; the server may go on meanwhile.
pub fn take(config: &Config, options: &BackupOptions) -> anyhow::Result<()> {
    let findings = backup::backup(&config.store.path, &options.to)?;
    println!("{}: {}", options.to.display(), contents(&findings));
    Ok(())
}

/// Puts a backup in the place of the settings' store; the server must not run.
pub fn put_back(config: &Config, options: &RestoreOptions) -> anyhow::Result<()> {
    let (findings, set_aside) = backup::restore(&options.from, &config.store.path)?;
    println!("{}: {}", config.store.path.display(), contents(&findings));
    if let Some(name) = set_aside {
        println!("what was there is kept as {}", name.display());
    }
    Ok(())
}

/// Does something with a store's file.
pub async fn store(config: &Config, action: StoreAction) -> anyhow::Result<()> {
    let StoreAction::Check { file } = action;
    let path = file.unwrap_or_else(|| config.store.path.clone());
    let own = path.clone();
    let check = move |progress: &Progress| check::check(&own, |done, all| progress.is_at(done, all));
    let findings = terminal::until_done(check).await??;
    println!("{}: {}", path.display(), contents(&findings));
    findings.faults.iter().for_each(|fault| println!("{fault}"));
    anyhow::ensure!(findings.faults.is_empty(), "{} found to be wrong", findings.faults.len());
    Ok(())
}

fn contents(findings: &Findings) -> String {
    let Findings { assets, blocks, samples, events, .. } = findings;
    format!("{assets} assets, {samples} samples in {blocks} blocks, {events} events")
}
