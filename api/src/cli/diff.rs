//! `chancery diff`: what changed in a tenant between two instants.

use chrono::{DateTime, Utc};
use clap::Args;
use domain::TenantId;
use eventlog::EventLog;
use projections::{Past, Until, as_of, things};
use serde_json::Value;

use super::history::{change, escaped, text};
use super::place::PlaceArgs;
use super::served::Served;
use super::{Failure, out};
use crate::native;

/// Show what changed between two instants, thing by thing
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server.

Examples:
  chancery diff --from 20
  chancery diff --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --json | jq .thing")]
pub(super) struct Diff {
    /// Since when: an RFC 3339 instant, or the ordinal of an event
    #[arg(long, value_name = "INSTANT|ORDINAL")]
    from: String,
    /// Until when; now, if absent
    #[arg(long, value_name = "INSTANT|ORDINAL")]
    to: Option<String>,
    /// Whose record
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Diff {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let changes = match Served::find(&self.place)? {
            Some(served) => self.served(&served).await?,
            None => self.opened().await?,
        };
        for changed in &changes {
            out::line(&if self.json { changed.to_string() } else { lines(changed) })?;
        }
        Ok(())
    }

    async fn served(&self, served: &Served) -> Result<Vec<Value>, Failure> {
        let (tenant, from) = (&self.tenant, escaped(&self.from));
        let to = self.to.as_deref().map(|to| format!("&to={}", escaped(to))).unwrap_or_default();
        let path = format!("/v1/tenants/{tenant}/diff?limit=1000&from={from}{to}");
        served.all(&path, "changes", "cursor").await
    }

    /// From the log alone, folded twice.
    async fn opened(&self) -> Result<Vec<Value>, Failure> {
        let opened = self.place.open_existing().await?;
        let log = opened.log.as_ref();
        let before = self.past(log, Some(&self.from)).await?;
        let after = self.past(log, self.to.as_deref()).await?;
        if before.ordinal > after.ordinal {
            return Err(Failure::usage("--from lies behind --to"));
        }
        let keys = opened.keyring.tenant(&self.tenant).await?;
        let changed = things::compare(&before.views, &after.views, &self.tenant).await?;
        Ok(changed.iter().map(|it| native::changed(it, Some(&keys))).collect())
    }

    async fn past(&self, log: &dyn EventLog, end: Option<&str>) -> Result<Past, Failure> {
        let until = end.map_or(Ok(Until::Now), until)?;
        let past = as_of(log, &self.tenant, until).await?;
        match until {
            Until::Ordinal(ordinal) if past.ordinal < ordinal => {
                let newest = past.ordinal;
                Err(Failure::usage(format!("{ordinal} lies beyond the newest event, {newest}")))
            }
            Until::Ordinal(_) | Until::Instant(_) | Until::Position(_) | Until::Now => Ok(past),
        }
    }
}

/// An end as it is given.
fn until(text: &str) -> Result<Until, Failure> {
    if let Some(ordinal) = text.parse().ok().filter(|ordinal| *ordinal >= 0) {
        return Ok(Until::Ordinal(ordinal));
    }
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    match at {
        Ok(at) if at > Utc::now() => Err(Failure::usage(format!("{text} is yet to come"))),
        Ok(at) => Ok(Until::Instant(at)),
        Err(_) => {
            let what = format!("{text:?} is neither an RFC 3339 instant nor an ordinal");
            Err(Failure::usage(what))
        }
    }
}

/// A thing on one line, and each member that changed on another.
fn lines(changed: &Value) -> String {
    let thing = |name: &str| text(changed.pointer(&format!("/thing/{name}")));
    let head = format!("{} {} {}", thing("kind"), thing("id"), text(changed.get("change")));
    let members = changed.get("members").and_then(Value::as_array);
    [head]
        .into_iter()
        .chain(members.into_iter().flatten().map(change))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_end_is_an_instant_that_was_or_an_ordinal() {
        assert_eq!(until("17"), Ok(Until::Ordinal(17)));
        let at = DateTime::from_timestamp(900, 0).unwrap();
        assert_eq!(until("1970-01-01T00:15:00Z"), Ok(Until::Instant(at)));
        for bad in ["", "-1", "yesterday", "2999-01-01T00:00:00Z"] {
            assert!(until(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_thing_is_shown_with_what_changed_in_it() {
        let changed = json!({
            "thing": {"kind": "group", "id": "7"}, "change": "changed",
            "members": [{"member": "name", "before": "a", "after": "b"}],
        });
        let expected = "group 7 changed\n    name                              \"a\" -> \"b\"";
        assert_eq!(lines(&changed), expected);
    }
}
