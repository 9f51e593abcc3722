//! `chancery replay`: the read models as they were, in a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{DateTime, Utc};
use clap::Args;
use domain::TenantId;
use eventlog::{ExportCheck, ExportLine, ExportRange, ExportUntil};
use indicatif::ProgressBar;
use projections::{Replay, Replayed};
use serde_json::json;

use super::place::PlaceArgs;
use super::record::Record;
use super::{Failure, out, progress};
use crate::data_dir::create_private;

/// Write the read models of a tenant as they were into a file
///
/// The file is an SQLite database with the tables and views of views.db, and the table `replayed`,
/// which says how far it goes. What the tenant inherits from `system` is in it as it was then.
/// What is known of persons stays sealed; ask the server as of then to see it.
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server.

Exit codes: 0 when the file is whole, 1 when there is none, 2 for a wrong command line.

Examples:
  chancery replay --tenant default --until 2026-01-01T00:00:00Z --into then.sqlite
  sqlite3 then.sqlite 'select name from groups_v1'
  chancery replay --until 250 --into then.sqlite --force --json")]
pub(super) struct ReplayTenant {
    /// Whose read models
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// With the last event recorded by then, or with the one that has this ordinal; with the
    /// newest one if absent
    #[arg(long, value_name = "INSTANT|ORDINAL")]
    until: Option<ExportUntil>,
    /// Where to write
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// A JSON object at the end instead of a progress bar
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl ReplayTenant {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (began, shown) = (Instant::now(), self.into.display());
        if self.into.exists() && !self.force {
            return Err(Failure::new(format!("{shown} is there already; --force replaces it")));
        }
        let unfinished = self.into.with_added_extension(format!("{}.new", std::process::id()));
        let filled = self.fill(&unfinished).await;
        let placed = filled.and_then(|replayed| {
            put_in_place(&unfinished, &self.into).map(|()| replayed).map_err(|error| {
                Failure::new(format!("{shown} cannot be written: {}", error.kind()))
            })
        });
        if placed.is_err() {
            // Nothing to add to the first error if this fails too.
            let _ = fs::remove_file(&unfinished);
        }
        let Replayed { ordinal, at, parked } = placed?;
        for (tenant, projection) in &parked {
            out::aside(&format!(
                "chancery: {projection} stands still for {tenant}: it cannot take one of its events"
            ));
        }
        let at = at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
        let (tenant, seconds) = (&self.tenant, began.elapsed().as_secs_f64());
        if !self.json {
            let at = at.map(|at| format!(", recorded at {at}")).unwrap_or_default();
            return out::line(&format!("{shown} shows {tenant} as of event {ordinal}{at}"));
        }
        let file = shown.to_string();
        let done = json!({
            "tenant": tenant, "file": file, "ordinal": ordinal, "recordedAt": at,
            "parked": parked, "seconds": seconds,
        });
        out::line(&done.to_string())
    }

    async fn fill(&self, file: &Path) -> Result<Replayed, Failure> {
        let record = self.record(&self.tenant, self.until).await?;
        let no_tenant = || Failure::new(format!("there is no tenant {}", self.tenant));
        let record = record.ok_or_else(no_tenant)?;
        create_private(file).map_err(|error| {
            Failure::new(format!("{} cannot be created: {}", file.display(), error.kind()))
        })?;
        let mut replay = Replay::into_file(file).await?;
        let bar = progress::bar(self.json, self.tenant.as_str(), "events");
        bar.set_length(record.events().unsigned_abs());
        let at = take(&mut replay, record, &bar).await?;
        if !self.tenant.is_system() {
            // As it was at that instant, since features are inherited from there.
            let until = match (self.until, at) {
                (Some(ExportUntil::Instant(at)), _) | (Some(ExportUntil::Ordinal(_)), Some(at)) => {
                    Some(ExportUntil::Instant(at))
                }
                (Some(ExportUntil::Ordinal(_)), None) => Some(ExportUntil::Ordinal(0)),
                (None, _) => None,
            };
            if let Some(record) = self.record(&TenantId::system(), until).await? {
                take(&mut replay, record, &bar).await?;
            }
        }
        bar.finish_and_clear();
        Ok(replay.finish(&self.tenant).await?)
    }

    async fn record(
        &self,
        tenant: &TenantId,
        until: Option<ExportUntil>,
    ) -> Result<Option<Record>, Failure> {
        let range = ExportRange { until, ..ExportRange::default() };
        Record::open(&self.place, tenant, range).await
    }
}

/// Folds a record; answers when its last event was recorded.
async fn take(
    replay: &mut Replay,
    mut record: Record,
    bar: &ProgressBar,
) -> Result<Option<DateTime<Utc>>, Failure> {
    let (mut check, mut at) = (ExportCheck::default(), None);
    while let Some(lines) = record.lines().await? {
        let mut events = Vec::new();
        let whole = lines.strip_suffix(b"\n").unwrap_or(&lines);
        for line in whole.split(|byte| *byte == b'\n') {
            if let ExportLine::Event(event) = check.take(line)? {
                at = Some(event.created_at);
                events.push(*event);
            }
        }
        replay.take(&events).await?;
        bar.inc(u64::try_from(events.len()).unwrap_or_default());
    }
    check.finish()?;
    Ok(at)
}

/// It takes its name only once its bytes are on disk.
fn put_in_place(unfinished: &Path, file: &Path) -> std::io::Result<()> {
    fs::File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, file)
}
