//! `chancery history`: what happened to one thing, and what it was before and after.

use clap::Args;
use domain::{Aggregate, TenantId};
use projections::things::{Chapter, Tale};
use serde_json::Value;

use super::place::PlaceArgs;
use super::served::Served;
use super::{Failure, out};
use crate::native;

/// Events read at once from a store that this process opened itself.
const PAGE: usize = 2_000;

/// Show what happened to one thing: who changed what, when, and from what to what
#[derive(Debug, Args)]
#[command(after_help = "\
Kinds are tenant, organization, group, asset, role, user, client, record, token, membership,
cidr_block, allow_list, catalog, client_defaults, feature.instance, feature.organization, ...

A data directory that is being served is asked through its server.

Examples:
  chancery history group 1007
  chancery history client 0197a2f4-7d0c-7c1e-8a55-2f1f7a3b9c10 --json | jq .changes")]
pub(super) struct History {
    /// What kind of thing
    kind: String,
    /// Its id
    id: String,
    /// Whose record
    #[arg(long, default_value = "default")]
    tenant: TenantId,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl History {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let chapters = match Served::find(&self.place)? {
            Some(served) => self.served(&served).await?,
            None => self.opened().await?,
        };
        if chapters.is_empty() {
            return Err(Failure::new(format!("nothing is known of {} {}", self.kind, self.id)));
        }
        for chapter in &chapters {
            let text = if self.json { chapter.to_string() } else { lines(chapter) };
            out::line(&text)?;
        }
        Ok(())
    }

    async fn served(&self, served: &Served) -> Result<Vec<Value>, Failure> {
        let (tenant, kind, id) = (&self.tenant, escaped(&self.kind), escaped(&self.id));
        let path = format!("/v1/tenants/{tenant}/history/{kind}/{id}?limit=1000");
        served.all(&path, "history", "after").await
    }

    /// From the log alone, whose events are all looked at.
    async fn opened(&self) -> Result<Vec<Value>, Failure> {
        let opened = self.place.open_existing().await?;
        let place = opened.log.placement(&self.tenant).await?;
        let no_tenant = || Failure::new(format!("there is no tenant {}", self.tenant));
        let place = place.ok_or_else(no_tenant)?;
        let keys = opened.keyring.tenant(&self.tenant).await?;
        let mut tale = Tale::new(Aggregate { kind: self.kind.clone(), id: self.id.clone() });
        let (mut chapters, mut ordinal) = (Vec::new(), 0);
        loop {
            let page = opened.log.read_tenant(&place, ordinal, PAGE).await?;
            let Some(last) = page.last() else { return Ok(chapters) };
            ordinal = last.ordinal;
            for event in page {
                if tale.is_about(&event) {
                    let changes = tale.tell(&event);
                    chapters.push(native::chapter(&Chapter { event, changes }, Some(&keys)));
                }
            }
        }
    }
}

/// A part of a path, whatever it holds.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(escape).collect()
}

/// An event on one line, and each member that it changed on another.
fn lines(chapter: &Value) -> String {
    let text = |pointer: &str| text(chapter.pointer(pointer));
    let head = format!(
        "{}  {:>6}  {:<28}  {} by {}:{}",
        text("/createdAt"),
        text("/ordinal"),
        text("/type"),
        text("/command"),
        text("/actor/kind"),
        text("/actor/id"),
    );
    let changes = chapter.get("changes").and_then(Value::as_array);
    [head]
        .into_iter()
        .chain(changes.into_iter().flatten().map(change))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A member before and after.
pub(super) fn change(change: &Value) -> String {
    let member = text(change.get("member"));
    let value = |name: &str| match change.get(name) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(value) => value.to_string(),
    };
    format!("    {member:<32}  {} -> {}", value("before"), value("after"))
}

/// Text as it is, and anything else as JSON.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_chapter_is_an_event_and_what_it_changed() {
        let chapter = json!({
            "ordinal": 7, "createdAt": "2026-01-01T00:00:00.000000Z", "type": "group.moved",
            "command": "MoveGroup", "actor": {"kind": "user", "id": "u-1"},
            "changes": [{"member": "parent", "before": 1, "after": null}],
        });
        let expected = "2026-01-01T00:00:00.000000Z       7  group.moved                   \
                        MoveGroup by user:u-1\n    parent                            1 -> -";
        assert_eq!(lines(&chapter), expected);
        assert_eq!(escaped("user:u 1@ö"), "user%3Au%201%40%C3%B6");
    }
}
