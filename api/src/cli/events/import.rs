//! `chancery events import`: a tenant's record from a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use eventlog::{Import, RecipientKey};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::json;

use crate::cli::place::PlaceArgs;
use crate::cli::served::Served;
use crate::cli::{Failure, keys, out, progress};
use crate::native::{ImportDone, ImportLine};

/// Most bytes of a line that tells how far the server is.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Bring a tenant's record from a file into this store
///
/// All of the file is proved first; what does not verify, and what clashes with what is here, is
/// refused by name. Ordinals, hashes and the tenant's name stay. An import that broke off is done
/// again from the start, and finds what is there.
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served takes the record in through its server, which reads the file
itself; a PostgreSQL store takes it in beside its servers, as another node's. The tenant is there
for everybody once all of it is.

Exit codes: 0 when all of it is here, 1 when it is refused or broke off, 2 for a wrong command line.

Examples:
  chancery events import acme.ndjson
  chancery events import acme.ndjson --recipient-key recipient.key --json")]
pub(in crate::cli) struct ImportEvents {
    /// What `events export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File of the private key that the tenant's keys were sealed for
    #[arg(long, value_name = "FILE")]
    recipient_key: Option<PathBuf>,
    /// A JSON object at the end instead of a progress bar
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl ImportEvents {
    pub(in crate::cli) async fn run(self) -> Result<(), Failure> {
        let (began, shown) = (Instant::now(), self.file.display());
        let recipient_key = self.recipient_key.as_deref().map(keys::read).transpose()?;
        let bar = progress::bar(self.json, &shown.to_string(), "events");
        let imported = match Served::find(&self.place)? {
            Some(served) => self.through(&served, recipient_key, &bar).await,
            None => self.beside(recipient_key, &bar).await,
        };
        bar.finish_and_clear();
        let imported = imported?;
        let (tenant, seconds) = (&imported.tenant, began.elapsed().as_secs_f64());
        if self.json {
            let done = json!(Timed { imported: &imported, seconds });
            return out::line(&done.to_string());
        }
        let keys = if imported.keys { "with its keys" } else { "without keys" };
        let (written, found) = (imported.written, imported.found);
        out::line(&format!(
            "{tenant} is here, {keys}: {written} events written in {seconds:.1} s, {found} found"
        ))
    }

    /// Has the server of the data directory do it.
    async fn through(
        &self,
        served: &Served,
        recipient_key: Option<RecipientKey>,
        bar: &ProgressBar,
    ) -> Result<ImportDone, Failure> {
        let shown = self.file.display();
        let file = std::path::absolute(&self.file);
        let file = file.map_err(|error| Failure::new(format!("{shown}: {}", error.kind())))?;
        let recipient_key = recipient_key.map(|key| key.expose());
        let body = json!({"file": file, "recipientKey": recipient_key});
        let mut answer = served.send("/v1/imports", &body).await?;
        while let Some(lines) = answer.next("the import", LINE_BYTES_MAX).await? {
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match serde_json::from_slice(line).map_err(|_| unreadable())? {
                    ImportLine::Done(done) => return Ok(done),
                    ImportLine::Error(error) => {
                        return Err(Failure::new(format!("{shown}: {error}")));
                    }
                    progress @ (ImportLine::Checked(_) | ImportLine::Written { .. }) => {
                        show(bar, &progress);
                    }
                }
            }
        }
        Err(unreadable())
    }

    /// Does it, beside whoever serves the store.
    async fn beside(
        &self,
        recipient_key: Option<RecipientKey>,
        bar: &ProgressBar,
    ) -> Result<ImportDone, Failure> {
        let opened = self.place.open().await?;
        let (log, keyring) = (Arc::clone(&opened.log), opened.keyring);
        let import = Import { log, keyring, file: self.file.clone(), recipient_key };
        let imported = import.run(|progress| show(bar, &progress.into())).await;
        let shown = self.file.display();
        let imported = imported.map_err(|error| Failure::new(format!("{shown}: {error}")))?;
        Ok(imported.into())
    }
}

/// What is told with `--json`.
#[derive(Serialize)]
struct Timed<'a> {
    #[serde(flatten)]
    imported: &'a ImportDone,
    seconds: f64,
}

fn unreadable() -> Failure {
    Failure::new("the server's answer cannot be read")
}

fn show(bar: &ProgressBar, line: &ImportLine) {
    match line {
        ImportLine::Checked(events) => bar.set_length(events.unsigned_abs()),
        ImportLine::Written { events, of } => {
            bar.set_length(of.unsigned_abs());
            bar.set_position(events.unsigned_abs());
        }
        ImportLine::Done(_) | ImportLine::Error(_) => {}
    }
}
