//! `chancery events import`: a tenant's record from a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use eventlog::{Import, ImportProgress};
use serde_json::json;

use crate::cli::place::PlaceArgs;
use crate::cli::{Failure, keys, out, progress};

/// Bring a tenant's record from a file into this store
///
/// All of the file is proved first; what does not verify, and what clashes with what is here, is
/// refused by name. Ordinals, hashes and the tenant's name stay. An import that broke off is done
/// again from the start, and finds what is there.
#[derive(Debug, Args)]
#[command(after_help = "\
A store that is being served takes the record in beside its server, as another node's. The tenant
is there for everybody once all of it is.

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
        let opened = self.place.open().await?;
        let (log, keyring) = (Arc::clone(&opened.log), opened.keyring);
        let import = Import { log, keyring, file: self.file.clone(), recipient_key };
        let bar = progress::bar(self.json, &shown.to_string(), "events");
        let report = |progress| match progress {
            ImportProgress::Checked(events) => bar.set_length(events.unsigned_abs()),
            ImportProgress::Written { events, of } => {
                bar.set_length(of.unsigned_abs());
                bar.set_position(events.unsigned_abs());
            }
        };
        let imported = import.run(report).await;
        bar.finish_and_clear();
        let imported = imported.map_err(|error| Failure::new(format!("{shown}: {error}")))?;
        let (tenant, seconds) = (&imported.tenant, began.elapsed().as_secs_f64());
        if self.json {
            let leaf_hash = imported.leaf_hash.map(|hash| hash.to_string());
            let done = json!({
                "tenant": tenant, "written": imported.written, "found": imported.found,
                "ordinal": imported.ordinal, "leafHash": leaf_hash, "keys": imported.has_keys,
                "seconds": seconds,
            });
            return out::line(&done.to_string());
        }
        let keys = if imported.has_keys { "with its keys" } else { "without keys" };
        let (written, found) = (imported.written, imported.found);
        out::line(&format!(
            "{tenant} is here, {keys}: {written} events written in {seconds:.1} s, {found} found"
        ))
    }
}
