//! `chancery keys`: keys that records travel under.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use eventlog::RecipientKey;

use super::{Failure, out};
use crate::data_dir::write_private;

/// What keys can be made.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    Recipient(MakeRecipient),
}

/// Print the public key to which another installation may export a tenant's keys
///
/// The private half is drawn once and kept in a file for its owner alone; `events import` wants
/// that file. Give away the public half only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery keys recipient
  chancery events export --tenant acme --out acme.ndjson --recipient recipient-5d1f...
  chancery events import acme.ndjson --recipient-key recipient.key")]
pub(super) struct MakeRecipient {
    /// File of the private half; made if it is not there
    #[arg(long, value_name = "FILE", default_value = "recipient.key")]
    key: PathBuf,
}

impl Keys {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Recipient(recipient) => recipient.run(),
        }
    }
}

impl MakeRecipient {
    fn run(self) -> Result<(), Failure> {
        let key = if self.key.exists() { read(&self.key)? } else { self.draw()? };
        out::line(&key.public().to_string())
    }

    fn draw(&self) -> Result<RecipientKey, Failure> {
        let key = RecipientKey::draw()?;
        let text = format!("{}\n", key.expose());
        write_private(&self.key, text.as_bytes()).map_err(|error| {
            Failure::new(format!("{} cannot be written: {}", self.key.display(), error.kind()))
        })?;
        Ok(key)
    }
}

/// Reads the private half from its file.
pub(super) fn read(path: &std::path::Path) -> Result<RecipientKey, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| Failure::new(format!("{shown} cannot be read: {}", e.kind())))?;
    RecipientKey::parse(&text).map_err(|error| Failure::new(format!("{shown}: {error}")))
}
