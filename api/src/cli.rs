//! The command line: what can be asked of the program `chancery`, one file a subcommand.

mod call;
mod credentials;
mod diff;
mod events;
mod failure;
mod history;
mod http;
mod keys;
mod migrate;
mod out;
mod place;
mod progress;
mod projections;
mod record;
mod replay;
mod serve;
mod served;
mod signals;
mod tls;
mod token;
mod trust;
mod verify;

pub use failure::Failure;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done (for `call`: the server answered 2xx)
  1  failed; standard error says why in a sentence
  2  the command line is wrong

Examples:
  chancery serve
  chancery call --edgerc data/credentials/edgerc GET /identity-management/v3/user-admin/groups
  chancery token --tenant default --role admin";

/// How many partitions a new PostgreSQL database gets.
const PARTITIONS: i32 = 16;

/// Identity administration with a permanent record of who may do what.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    Serve(Box<serve::Serve>),
    Migrate(migrate::Migrate),
    /// Look after the read models
    #[command(subcommand)]
    Projections(projections::Projections),
    /// Look at the record
    #[command(subcommand)]
    Events(events::Events),
    History(history::History),
    Diff(diff::Diff),
    Replay(replay::ReplayTenant),
    /// Make keys
    #[command(subcommand)]
    Keys(keys::Keys),
    Verify(verify::Verify),
    Credentials(credentials::PrintCredentials),
    Call(call::Call),
    Token(token::Token),
    /// Make what TLS needs
    #[command(subcommand)]
    Tls(tls::Tls),
}

/// Runs the program on the process's own arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime
        .map_err(|error| Failure::new(format!("no threads can be started: {}", error.kind())))
        .and_then(|runtime| runtime.block_on(run(cli)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.code()
        }
    }
}

/// Runs one subcommand.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Subject::Serve(serve) => serve.run().await,
        Subject::Projections(projections) => projections.run().await,
        Subject::Events(events) => events.run().await,
        Subject::History(history) => history.run().await,
        Subject::Diff(diff) => diff.run().await,
        Subject::Migrate(migrate) => migrate.run().await,
        Subject::Replay(replay) => replay.run().await,
        Subject::Keys(keys) => keys.run(),
        Subject::Verify(verify) => verify.run().await,
        Subject::Credentials(credentials) => credentials.run(),
        Subject::Call(call) => call.run().await,
        Subject::Token(token) => token.run().await,
        Subject::Tls(tls) => tls.run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
