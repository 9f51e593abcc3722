//! `chancery events export`: a tenant's record as a file.

mod file;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use domain::TenantId;
use eventlog::{ExportRange, ExportUntil, Recipient};
use serde_json::json;

use crate::cli::place::PlaceArgs;
use crate::cli::record::Record;
use crate::cli::{Failure, out, progress};
use file::Target;

/// Write a tenant's record to a file that `events import` and `verify` read
///
/// One JSON object a line: who exported what, every event, and last how many there were. What is
/// sealed stays sealed; keys travel only where a recipient is named, sealed for that one.
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server. A file that was cut off is gone
on with by --resume, and one that is whole is brought up to date by it.

Exit codes: 0 when the file is whole, 1 when it is not, 2 for a wrong command line.

Examples:
  chancery events export --out acme.ndjson --tenant acme
  chancery events export --out acme.ndjson --tenant acme --resume
  chancery events export --out - --until 2026-01-01T00:00:00Z | gzip > default.ndjson.gz
  chancery events export --out acme.ndjson --tenant acme --recipient \"$(chancery keys recipient)\"")]
pub(in crate::cli) struct ExportEvents {
    /// Whose record
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// Begin behind the event with this ordinal
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(i64).range(0..))]
    after: i64,
    /// End with the last event recorded by then, or with the one that has this ordinal
    #[arg(long, value_name = "INSTANT|ORDINAL")]
    until: Option<ExportUntil>,
    /// Where to write; - is standard output
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Go on behind the last whole event of the file
    #[arg(long)]
    resume: bool,
    /// Let the tenant's keys and secrets travel, sealed for the owner of this public key
    #[arg(long, value_name = "PUBLIC KEY")]
    recipient: Option<Recipient>,
    /// A JSON object at the end instead of a progress bar
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl ExportEvents {
    pub(in crate::cli) async fn run(self) -> Result<(), Failure> {
        let began = Instant::now();
        let mut target = self.target()?;
        let after = target.reached().unwrap_or(self.after);
        let range = ExportRange { after, until: self.until, recipient: self.recipient };
        let no_tenant = || Failure::new(format!("there is no tenant {}", self.tenant));
        let record = Record::open(&self.place, &self.tenant, range).await?;
        let mut record = record.ok_or_else(no_tenant)?;
        let bar = progress::bar(self.json, self.tenant.as_str(), "events");
        bar.set_length(record.events().unsigned_abs());
        while let Some(lines) = record.lines().await? {
            bar.inc(target.take(&lines)?);
        }
        bar.finish_and_clear();
        let end = target.finish()?;
        let (events, seconds) = (end.events, began.elapsed().as_secs_f64());
        let file = self.out.display().to_string();
        let tenant = &self.tenant;
        let said = if self.json {
            let leaf_hash = end.leaf_hash.map(|hash| hash.to_string());
            let (ordinal, checkpoint) = (end.ordinal, end.checkpoint);
            json!({
                "tenant": tenant, "file": file, "events": events, "ordinal": ordinal,
                "leafHash": leaf_hash, "checkpoint": checkpoint, "seconds": seconds,
            })
            .to_string()
        } else {
            format!("{file} has {events} events of {tenant}, written in {seconds:.1} s")
        };
        if self.is_to_standard_output() {
            out::aside(&said);
            return Ok(());
        }
        out::line(&said)
    }

    fn is_to_standard_output(&self) -> bool {
        self.out.as_os_str() == "-"
    }

    fn target(&self) -> Result<Target, Failure> {
        if !self.is_to_standard_output() {
            return Target::file(&self.out, self.resume, &self.tenant, self.after);
        }
        if self.resume {
            return Err(Failure::usage("what went to standard output cannot be gone on with"));
        }
        Ok(Target::new(Box::new(std::io::stdout())))
    }
}
