//! Webhooks: where a tenant's events are sent, and which. How far each has come is not here: that
//! is no consequence of events.

use chrono::{DateTime, Utc};
use domain::{Event, PauseReason, TenantId, WebhookContent, WebhookId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static WEBHOOKS: Table = Table {
    name: "webhooks_v1",
    columns: marked![
        Column::text("tenant"),
        Column::text("webhook_id"),
        Column::text("url"),
        Column::text("description"),
        Column::text("event_types"),
        Column::text("aggregate_kinds"),
        Column::text("pause_reason").nullable(),
        Column::int("secret_generation"),
        Column::int("grace_until").nullable(),
        Column::int("begins_after"),
        Column::int("placed_by"),
    ],
    key: 2,
    indexes: &[],
};

/// One webhook, as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    pub tenant: TenantId,
    pub webhook: WebhookId,
    pub content: WebhookContent,
    /// Why it rests, if it does.
    pub paused: Option<PauseReason>,
    /// Number of the newest secret.
    pub secret_generation: i64,
    /// Until then the secret before signs too.
    pub grace_until: Option<DateTime<Utc>>,
    /// Behind which ordinal it was placed last.
    pub begins_after: i64,
    /// Sequence of the event that placed it there: a later one counts more than all that was sent.
    pub placed_by: i64,
    pub marks: Marks,
}

/// Keeps one row for each webhook.
#[derive(Debug)]
pub(crate) struct Webhooks;

impl Projection for Webhooks {
    fn name(&self) -> &'static str {
        WEBHOOKS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&WEBHOOKS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let mut set = |webhook: WebhookId, columns: Vec<(&'static str, Value)>| {
            let columns = columns.into_iter().chain(modified(recorded));
            changes.update(&WEBHOOKS, values![&recorded.tenant, webhook.0], columns)
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of webhooks")]
        match event {
            Event::WebhookAdded(fact) => {
                let WebhookContent { url, description, event_types, aggregate_kinds } =
                    &fact.content;
                let row = values![
                    &recorded.tenant,
                    fact.webhook.0,
                    url,
                    description,
                    Value::json(event_types)?,
                    Value::json(aggregate_kinds)?,
                    Value::Null,
                    1,
                    Value::Null,
                    fact.after,
                    recorded.sequence,
                ];
                changes.upsert(&WEBHOOKS, row.into_iter().chain(made(recorded)))
            }
            Event::WebhookUpdated(fact) => {
                let after = &fact.after;
                let columns = vec![
                    ("url", Value::from(&after.url)),
                    ("description", Value::from(&after.description)),
                    ("event_types", Value::json(&after.event_types)?),
                    ("aggregate_kinds", Value::json(&after.aggregate_kinds)?),
                ];
                set(fact.webhook, columns)
            }
            Event::WebhookSecretReset(fact) => {
                let (generation, grace) = (fact.generation.into(), fact.grace_until.into());
                let columns = vec![("secret_generation", generation), ("grace_until", grace)];
                set(fact.webhook, columns)
            }
            Event::WebhookRewound(fact) => {
                let (after, by) = (fact.after.into(), recorded.sequence.into());
                set(fact.webhook, vec![("begins_after", after), ("placed_by", by)])
            }
            Event::WebhookPaused(fact) => {
                set(fact.webhook, vec![("pause_reason", word(&fact.reason)?)])
            }
            Event::WebhookResumed(fact) => set(fact.webhook, vec![("pause_reason", Value::Null)]),
            Event::WebhookRemoved(fact) => {
                changes.delete(&WEBHOOKS, values![&recorded.tenant, fact.webhook.0])
            }
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select tenant, webhook_id, url, description, event_types, aggregate_kinds,
    pause_reason, secret_generation, grace_until, begins_after, placed_by,
    created_by, created_at, modified_by, modified_at, sequence
    from webhooks_v1 where tenant = $1 and webhook_id = $2";

const ALL: &str = "select tenant, webhook_id, url, description, event_types, aggregate_kinds,
    pause_reason, secret_generation, grace_until, begins_after, placed_by,
    created_by, created_at, modified_by, modified_at, sequence
    from webhooks_v1 where tenant = $1 order by webhook_id";

/// Those of all tenants, each with the newest ordinal of its tenant that is in the rows.
const EVERY: &str = "select w.tenant, w.webhook_id, w.url, w.description, w.event_types,
    w.aggregate_kinds, w.pause_reason, w.secret_generation, w.grace_until, w.begins_after,
    w.placed_by, w.created_by, w.created_at, w.modified_by, w.modified_at, w.sequence, p.ordinal
    from webhooks_v1 w join positions_v2 p on p.tenant = w.tenant
    order by w.tenant, w.webhook_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL, EVERY];

/// The webhook of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    webhook: WebhookId,
) -> Result<Option<WebhookRow>, ViewError> {
    let rows = views.rows(WEBHOOKS.name, tenant, ONE, &values![webhook.0]).await?;
    rows.into_iter().next().map(|mut row| read(&mut row)).transpose()
}

/// All webhooks of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<WebhookRow>, ViewError> {
    let rows = views.rows(WEBHOOKS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// The webhooks of all tenants, each with the newest ordinal of its tenant that the rows show.
pub async fn every(views: &Views) -> Result<Vec<(WebhookRow, i64)>, ViewError> {
    let rows = views.any(EVERY, &[]).await?;
    rows.into_iter().map(|mut row| Ok((read(&mut row)?, row.int()?))).collect()
}

fn read(row: &mut Row) -> Result<WebhookRow, ViewError> {
    Ok(WebhookRow {
        tenant: row.tenant()?,
        webhook: WebhookId(row.uuid()?),
        content: WebhookContent {
            url: row.text()?,
            description: row.text()?,
            event_types: row.json()?,
            aggregate_kinds: row.json()?,
        },
        paused: row.maybe_word()?,
        secret_generation: row.int()?,
        grace_until: row.maybe_time()?,
        begins_after: row.int()?,
        placed_by: row.int()?,
        marks: Marks::read(row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        WebhookAdded, WebhookPaused, WebhookRemoved, WebhookResumed, WebhookRewound,
        WebhookSecretReset, WebhookUpdated,
    };
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const ID: &str = "00000000-0000-0000-0000-000000000007";

    fn id() -> WebhookId {
        WebhookId(Uuid::from_u128(7))
    }

    fn content() -> WebhookContent {
        let (url, event_types) = ("https://a.example/".to_owned(), ["group.*".to_owned()].into());
        WebhookContent { url, event_types, ..WebhookContent::default() }
    }

    fn added() -> Event {
        WebhookAdded { webhook: id(), content: content(), after: 5 }.into()
    }

    #[test]
    fn a_webhook_has_a_row_while_it_is_there() {
        let row = format!(r#"acme {ID} https://a.example/  ["group.*"] []"#);
        let expected = format!("webhooks_v1 + {row} - 1 - 5 1 ada 1 ada 1 1");
        assert_eq!(told(Webhooks, &[added()]), [expected]);
        let removed = WebhookRemoved { webhook: id(), before: content() };
        let rows = told(Webhooks, &[added(), removed.into()]);
        assert_eq!(rows, [format!("webhooks_v1 - acme {ID}")]);
    }

    #[test]
    fn what_changes_changes_its_columns() {
        let check = |event: Event, expected: &str| {
            let marks = "modified_by=ada modified_at=1 sequence=1";
            let expected = format!("webhooks_v1 ~ acme {ID} {expected} {marks}");
            assert_eq!(told(Webhooks, &[event]), [expected]);
        };
        let after = WebhookContent { url: "https://b.example/".to_owned(), ..content() };
        let updated = WebhookUpdated { webhook: id(), before: content(), after };
        let columns = r#"description= event_types=["group.*"] aggregate_kinds=[]"#;
        check(updated.into(), &format!("url=https://b.example/ {columns}"));
        let grace_until = DateTime::from_timestamp_micros(9);
        let reset = WebhookSecretReset { webhook: id(), generation: 2, grace_until };
        check(reset.into(), "secret_generation=2 grace_until=9");
        let rewound = WebhookRewound { webhook: id(), after: 3 };
        check(rewound.into(), "begins_after=3 placed_by=1");
        let reason = PauseReason::Gone;
        check(WebhookPaused { webhook: id(), reason }.into(), "pause_reason=gone");
        check(WebhookResumed { webhook: id() }.into(), "pause_reason=-");
    }
}
