//! The command line: `twinlight serve`, `replay`, `load`, `verify` and `config`.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use server::{
    config::{self, Loaded},
    load, log, replay, serve, verify,
};

/// A digital-twin dashboard whose twin runs in the browser.
#[derive(Parser)]
#[command(version)]
struct Command {
    /// The file of settings; `twinlight.toml` of the working folder without this.
    #[arg(long, global = true, env = "TWINLIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Takes telemetry in, keeps it, and serves pages (the default).
    Serve(serve::Options),
    /// Publishes recordings over MQTT as a gateway would.
    Replay(replay::Options),
    /// Loads a server with publishers and viewers, and says what it could take.
    Load(load::Options),
    /// Compares what was acknowledged to `load` with what a server keeps.
    Verify(verify::Options),
    /// Prints every setting, its value, where that comes from, and its meaning.
    Config(config::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Command::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    let settings = || Loaded::load(command.config.as_deref());
    let start = || -> anyhow::Result<config::Config> {
        let config = settings()?.config;
        log::start(&config.log);
        Ok(config)
    };
    match command.action.unwrap_or(Action::Serve(serve::Options::default())) {
        Action::Serve(options) => serve::run(start()?, options).await,
        Action::Replay(options) => replay::run(start()?, options).await,
        Action::Load(options) => {
            start()?;
            load::run(options).await
        }
        Action::Verify(options) => {
            start()?;
            verify::run(options).await
        }
        Action::Config(options) => Ok(config::print(options, settings)?),
    }
}
