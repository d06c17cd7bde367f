//! The command line: `twinlight serve` and its companions.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use server::{
    backtest, calibrate,
    config::{self, Loaded},
    data_check, load, log, maintain, model, replay, serve, simulate, verify,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Writes the store to a file, while the server goes on.
    Backup(maintain::BackupOptions),
    /// Puts a backup in the place of the store.
    Restore(maintain::RestoreOptions),
    /// Looks after the store's file.
    #[command(subcommand)]
    Store(maintain::StoreAction),
    /// Loads a server with publishers and viewers, and says what it could take.
    Load(Box<load::Options>),
    /// Compares what was acknowledged to `load` with what a server keeps.
    Verify(verify::Options),
    /// Looks at files of data.
    #[command(subcommand)]
    Data(data_check::Action),
    /// Looks at model files.
    #[command(subcommand)]
    Model(model::Action),
    /// Steps a model file ahead under scenarios, without a server.
    Simulate(Box<simulate::Options>),
    /// Follows a recording as it would have come, and says what the twin would have said of it.
    Backtest(Box<backtest::Options>),
    /// Proposes the parameters that make a model do what a recording says.
    Calibrate(calibrate::Options),
    /// Learns from recordings, and seals what was learned into a file.
    #[cfg(feature = "learn")]
    Train(learn::train::Options),
    /// Follows recordings with what was learned, one row at a time.
    #[cfg(feature = "learn")]
    Predict(learn::predict::Options),
    /// Follows recordings with a detector that fits, and says where they are not as ever.
    #[cfg(feature = "learn")]
    Detect(learn::streams::Options),
    #[cfg(not(feature = "learn"))]
    #[command(hide = true)]
    Train(Elsewhere),
    #[cfg(not(feature = "learn"))]
    #[command(hide = true)]
    Predict(Elsewhere),
    #[cfg(not(feature = "learn"))]
    #[command(hide = true)]
    Detect(Elsewhere),
    /// Prints every setting, its value, where that comes from, and its meaning.
    Config(config::Options),
}

/// Whatever is asked of a command that this program was built without.
#[cfg(not(feature = "learn"))]
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
struct Elsewhere {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _asked: Vec<std::ffi::OsString>,
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
        Action::Backup(options) => maintain::take(&start()?, &options),
        Action::Restore(options) => maintain::put_back(&start()?, &options),
        Action::Store(action) => maintain::store(&start()?, action).await,
        Action::Data(action) => data_check::run(&start()?, action).await,
        Action::Model(action) => model::run(&start()?, action),
        Action::Simulate(options) => simulate::run(&start()?, *options).await,
        Action::Backtest(options) => backtest::run(&start()?, *options).await,
        Action::Calibrate(options) => calibrate::run(&start()?, options).await,
        #[cfg(feature = "learn")]
        Action::Train(options) => learn::train::run(&options),
        #[cfg(feature = "learn")]
        Action::Predict(options) => learn::predict::run(&options),
        #[cfg(feature = "learn")]
        Action::Detect(options) => learn::streams::run(&options),
        #[cfg(not(feature = "learn"))]
        Action::Train(_) | Action::Predict(_) | Action::Detect(_) => anyhow::bail!(
            "this program was built without what learns: `cargo build --release -p server --features learn` builds one that has \
             `train`, `predict` and `detect`, and `cargo run --release -p learn --` does the same without a server"
        ),
        Action::Load(options) => {
            start()?;
            load::run(*options).await
        }
        Action::Verify(options) => {
            start()?;
            verify::run(options).await
        }
        Action::Config(options) => Ok(config::print(options, settings)?),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Command;

    #[test]
    fn every_action_and_its_options_have_names_of_their_own() {
        Command::command().debug_assert();
    }
}
