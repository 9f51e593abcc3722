//! The program's own log: lines on standard error, as text for people or JSON for machines.

mod lines;

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::SubscriberInitExt;

use lines::Lines;
pub use lines::Written;

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// What is logged unless `CHANCERY_LOG` says otherwise. sqlx would log statements that are slow,
/// with their text.
const DEFAULT_FILTER: &str = "info,sqlx=error";

/// Begins logging. What is logged is on its way until the value that this returns is dropped. A
/// second call does nothing, so that several servers may share a process.
pub fn begin(format: LogFormat) -> Written {
    let filter = EnvFilter::try_from_env("CHANCERY_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let (lines, written) = Lines::to(io::stderr());
    let log = fmt().with_env_filter(filter).with_writer(lines);
    let log = log.with_ansi(io::stderr().is_terminal());
    let _ = match format {
        LogFormat::Text => log.finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    log_panics();
    written
}

/// A panic becomes a log line like any other, without what the message might quote of a request.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
