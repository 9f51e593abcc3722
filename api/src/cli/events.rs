//! `chancery events`: a tenant's record, newest last, and as a file.

mod export;
mod import;

use std::io::{IsTerminal, stdout};
use std::time::Duration;

use clap::{Args, Subcommand};
use domain::TenantId;
use eventlog::{EventLog, Filter, Keyring, Order, Placement};
use serde_json::Value;

use super::place::PlaceArgs;
use super::served::Served;
use super::{Failure, out};
use crate::native;

/// How often `--follow` looks for what is new.
const LOOK: Duration = Duration::from_millis(250);
/// Most events asked for at once.
const PAGE: usize = 500;

/// What can be asked about the record.
#[derive(Debug, Subcommand)]
pub(super) enum Events {
    Tail(Tail),
    Export(export::ExportEvents),
    Import(import::ImportEvents),
}

/// Show a tenant's newest events
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server.

Examples:
  chancery events tail
  chancery events tail --tenant partner --lines 100 --json | jq .type
  chancery events tail --follow")]
pub(super) struct Tail {
    /// Whose events
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// How many of the newest to show first
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u16).range(0..=500))]
    lines: u16,
    /// Go on with what is recorded from now on
    #[arg(long, short)]
    follow: bool,
    /// One JSON object a line, with the whole envelope
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
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

impl Tail {
    async fn run(self) -> Result<(), Failure> {
        let record = self.record().await?;
        let mut newest = 0;
        if self.lines > 0 {
            let mut events = record.newest(usize::from(self.lines)).await?;
            events.reverse();
            newest = self.show(&events)?.unwrap_or(newest);
        } else if self.follow {
            let events = record.newest(1).await?;
            newest = events.first().and_then(ordinal).unwrap_or(newest);
        }
        if self.follow { self.go_on(&record, newest).await } else { Ok(()) }
    }

    /// Shows what is recorded behind `newest`, until the program is stopped.
    async fn go_on(&self, record: &Record, mut newest: i64) -> Result<(), Failure> {
        loop {
            let events = record.after(newest).await?;
            newest = self.show(&events)?.unwrap_or(newest);
            if events.len() < PAGE {
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    async fn record(&self) -> Result<Record, Failure> {
        if let Some(served) = Served::find(&self.place)? {
            return Ok(Record::Served { served, tenant: self.tenant.clone() });
        }
        let opened = self.place.open_existing().await?;
        let place = opened.log.placement(&self.tenant).await?;
        let no_tenant = || Failure::new(format!("there is no tenant {}", self.tenant));
        let place = place.ok_or_else(no_tenant)?;
        Ok(Record::Opened { log: opened.log, keyring: opened.keyring, place })
    }

    /// Prints events; answers the ordinal of the last one.
    fn show(&self, events: &[Value]) -> Result<Option<i64>, Failure> {
        let is_colored = stdout().is_terminal();
        for event in events {
            out::line(&if self.json { event.to_string() } else { line(event, is_colored) })?;
        }
        Ok(events.last().and_then(ordinal))
    }
}

/// Where the events come from. Both ways show them as the native API does.
enum Record {
    Served { served: Served, tenant: TenantId },
    Opened { log: std::sync::Arc<dyn EventLog>, keyring: Keyring, place: Placement },
}

impl Record {
    /// Newest first.
    async fn newest(&self, count: usize) -> Result<Vec<Value>, Failure> {
        self.page(Filter { order: Order::Descending, ..Filter::default() }, count).await
    }

    async fn after(&self, ordinal: i64) -> Result<Vec<Value>, Failure> {
        self.page(Filter { after: Some(ordinal), ..Filter::default() }, PAGE).await
    }

    async fn page(&self, filter: Filter, limit: usize) -> Result<Vec<Value>, Failure> {
        match self {
            Self::Served { served, tenant } => {
                let order = if filter.order == Order::Descending { "desc" } else { "asc" };
                let after = filter.after.map(|after| format!("&after={after}")).unwrap_or_default();
                let path =
                    format!("/v1/tenants/{tenant}/events?order={order}&limit={limit}{after}");
                let mut page = served.get(&path).await?;
                match page.get_mut("events").map(Value::take) {
                    Some(Value::Array(events)) => Ok(events),
                    _ => Err(Failure::new("the server's answer cannot be read")),
                }
            }
            Self::Opened { log, keyring, place } => {
                let events = log.search(place, &filter, limit).await?;
                let keys = keyring.tenant(&place.tenant).await?;
                keyring.load(&keys).await?;
                Ok(events.iter().map(|event| native::envelope(event, Some(&keys))).collect())
            }
        }
    }
}

fn ordinal(event: &Value) -> Option<i64> {
    event.get("ordinal")?.as_i64()
}

/// An event on one line: when, where in the record, what, of what, by whom.
fn line(event: &Value, is_colored: bool) -> String {
    let text = |pointer: &str| match event.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) if !other.is_null() => other.to_string(),
        _ => String::new(),
    };
    let (bold, plain) = if is_colored { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    format!(
        "{}  {:>6}  {bold}{:<28}{plain}  {}:{}#{}  by {}:{}  {}",
        text("/createdAt"),
        text("/ordinal"),
        text("/type"),
        text("/aggregate/kind"),
        text("/aggregate/id"),
        text("/sequence"),
        text("/actor/kind"),
        text("/actor/id"),
        text("/payload"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_fits_on_a_line() {
        let event = json!({
            "ordinal": 7, "createdAt": "2026-01-01T00:00:00.000000Z", "type": "group.moved",
            "aggregate": {"kind": "group", "id": "4"}, "sequence": "2",
            "actor": {"kind": "user", "id": "u-1"}, "payload": {"group": 4},
        });
        let expected = "2026-01-01T00:00:00.000000Z       7  group.moved                   \
                        group:4#2  by user:u-1  {\"group\":4}";
        assert_eq!(line(&event, false), expected);
        assert_eq!(ordinal(&event), Some(7));
    }
}
