//! The command line of learning alone: `learn train`, `learn predict` and `learn detect`, as `twinlight` has them.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use learn::{predict, streams, train};

/// Learns from recordings, and says what was learned of others.
#[derive(Parser)]
#[command(version)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Learns from recordings, and seals what was learned into a file.
    Train(train::Options),
    /// Follows recordings with what was learned, one row at a time.
    Predict(predict::Options),
    /// Follows recordings with a detector that fits, and says where they are not as ever.
    Detect(streams::Options),
}

fn main() -> ExitCode {
    let done = match Command::parse().action {
        Action::Train(options) => train::run(&options),
        Action::Predict(options) => predict::run(&options),
        Action::Detect(options) => streams::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
