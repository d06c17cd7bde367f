//! The command line: `twinlight serve` and its companions.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::{config::Config, data_check, load, maintain, replay, serve, verify};

/// A digital-twin dashboard whose twin runs in the browser.
#[derive(Parser)]
#[command(version)]
struct Command {
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
    Load(load::Options),
    /// Compares what was acknowledged to `load` with what a server keeps.
    Verify(verify::Options),
    /// Looks at files of data.
    #[command(subcommand)]
    Data(data_check::Action),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TWINLIGHT_LOG").unwrap_or_else(|_| "info".into());
    // A closed terminal must not take the server's tasks down with what they wanted to say.
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false).init();
    match run(Command::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    let config = Config::load()?;
    match command.action.unwrap_or(Action::Serve(serve::Options::default())) {
        Action::Serve(options) => serve::run(config, options).await,
        Action::Replay(options) => replay::run(config, options).await,
        Action::Backup(options) => maintain::take(&config, &options),
        Action::Restore(options) => maintain::put_back(&config, &options),
        Action::Store(action) => maintain::store(&config, &action),
        Action::Load(options) => load::run(options).await,
        Action::Verify(options) => verify::run(options).await,
        Action::Data(action) => data_check::run(&config, action),
    }
}
