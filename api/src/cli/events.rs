//! `chancery events`: a tenant's record, newest last, and as a file.

mod export;
mod import;
mod tail;

use clap::Subcommand;

use super::Failure;

/// What can be asked about the record.
#[derive(Debug, Subcommand)]
pub(super) enum Events {
    Tail(tail::Tail),
    Export(export::ExportEvents),
    Import(import::ImportEvents),
}

impl Events {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Tail(tail) => tail.run().await,
            Self::Export(export) => export.run().await,
            Self::Import(import) => import.run().await,
        }
    }
}
