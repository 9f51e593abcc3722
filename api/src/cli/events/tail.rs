//! `chancery events tail`: the newest events of a tenant, and those that follow. A server is listened
//! to; a store that nobody serves is looked at again and again.

mod record;
mod stream;
mod wanted;

use std::io::{IsTerminal, stdout};
use std::time::Duration;

use clap::Args;
use domain::TenantId;
use serde_json::Value;

use crate::cli::place::PlaceArgs;
use crate::cli::signals::Signals;
use crate::cli::{Failure, out};
use record::Record;
use stream::Listener;
use wanted::Wanted;

/// How often `--follow` looks for what is new, where nobody tells.
const LOOK: Duration = Duration::from_millis(250);

/// Show a tenant's newest events
///
/// Of one filter any value may hold, of several filters all must.
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server. --follow then goes on when the
connection breaks or the server is started again, behind the last event that it showed; it ends
with 1 where the server lets it look no more, and with 0 when it is interrupted.

Examples:
  chancery events tail
  chancery events tail --tenant partner --lines 100 --json | jq .type
  chancery events tail --follow --type group.moved --type group.renamed")]
pub(in crate::cli) struct Tail {
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
    wanted: Wanted,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Tail {
    pub(in crate::cli) async fn run(self) -> Result<(), Failure> {
        if !self.follow {
            return self.tell().await.map(drop);
        }
        // Before anything else, so that whoever interrupts is heard.
        let mut signals = Signals::listen()?;
        tokio::select! {
            failed = self.go_on() => failed,
            () = signals.next() => Ok(()),
        }
    }

    /// Shows the newest events; where they come from, and up to where they were looked at.
    async fn tell(&self) -> Result<(Record, i64), Failure> {
        let record = Record::open(&self.place, &self.tenant, &self.wanted).await?;
        let newest = if self.follow { record.last().await? } else { 0 };
        let mut events = record.newest(usize::from(self.lines)).await?;
        events.reverse();
        self.show(&events)?;
        Ok((record, events.last().and_then(ordinal).unwrap_or_default().max(newest)))
    }

    /// Shows what is recorded behind the newest ones too, until something is in the way.
    async fn go_on(&self) -> Result<(), Failure> {
        let (record, mut newest) = self.tell().await?;
        match record {
            Record::Served { served, .. } => {
                let path =
                    format!("/v1/tenants/{}/events/live{}", self.tenant, self.wanted.query('?'));
                let listener = Listener::new(self.place.clone(), path, newest);
                listener.listen(served, |event| self.show(std::slice::from_ref(event))).await
            }
            Record::Opened(opened) => loop {
                let (events, reached) = opened.behind(newest).await?;
                self.show(&events)?;
                if reached == newest {
                    tokio::time::sleep(LOOK).await;
                }
                newest = reached;
            },
        }
    }

    fn show(&self, events: &[Value]) -> Result<(), Failure> {
        let is_colored = stdout().is_terminal();
        let line =
            |event| if self.json { Value::to_string(event) } else { line(event, is_colored) };
        events.iter().try_for_each(|event| out::line(&line(event)))
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
