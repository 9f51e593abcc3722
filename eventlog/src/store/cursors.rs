//! What is kept of deliveries, over any store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{TenantId, WebhookId};

use super::decode::Reader;
use super::log::{all, at};
use super::{Cells, Store, Value};
use crate::LogError;
use crate::cursor::{Cursor, CursorStore, Holding};

macro_rules! columns {
    () => {
        "tenant, webhook, placed_by, ordinal, failures, last_error, delivered_at, next_try_at"
    };
}

const ALL: &str =
    concat!("SELECT ", columns!(), " FROM webhook_cursors WHERE tenant = $1 ORDER BY webhook");

const ONE: &str =
    concat!("SELECT ", columns!(), " FROM webhook_cursors WHERE tenant = $1 AND webhook = $2");

const PLACE: &str = "INSERT INTO webhook_cursors (tenant, webhook, placed_by, ordinal) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, webhook) DO UPDATE \
     SET placed_by = excluded.placed_by, ordinal = excluded.ordinal, \
     failures = 0, last_error = '', next_try_at = 0 \
     WHERE webhook_cursors.placed_by < excluded.placed_by RETURNING ordinal";

const HOLD: &str = concat!(
    "UPDATE webhook_cursors SET holder = $3, held_until = $4 \
     WHERE tenant = $1 AND webhook = $2 AND (holder = $3 OR held_until <= $5) RETURNING ",
    columns!()
);

const SAVE: &str = "UPDATE webhook_cursors SET ordinal = $5, failures = $6, last_error = $7, \
     delivered_at = $8, next_try_at = $9, held_until = $10 \
     WHERE tenant = $1 AND webhook = $2 AND holder = $3 AND placed_by = $4 AND ordinal <= $5 \
     RETURNING ordinal";

#[async_trait]
impl<S: Store> CursorStore for S {
    async fn cursors(&self, tenant: &TenantId) -> Result<Vec<Cursor>, LogError> {
        all(&self.fetch(ALL, &[Value::Text(tenant.as_str())]).await?, cursor)
    }

    async fn cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
    ) -> Result<Option<Cursor>, LogError> {
        let rows = self.fetch(ONE, &key(tenant, &webhook)).await?;
        rows.first().map(cursor).transpose()
    }

    async fn place_cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
        placed_by: i64,
        ordinal: i64,
    ) -> Result<(), LogError> {
        let [tenant, webhook] = key(tenant, &webhook);
        let values = [tenant, webhook, Value::Int(placed_by), Value::Int(ordinal)];
        self.change(PLACE, &values).await.map(drop)
    }

    async fn hold_cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
        holding: Holding,
        now: DateTime<Utc>,
    ) -> Result<Option<Cursor>, LogError> {
        let [tenant, webhook] = key(tenant, &webhook);
        let holder = Value::Bytes(holding.holder.as_bytes());
        let values = [tenant, webhook, holder, at(holding.until), at(now)];
        self.change(HOLD, &values).await?.first().map(cursor).transpose()
    }

    async fn save_cursor(&self, cursor: &Cursor, holding: Holding) -> Result<bool, LogError> {
        let [tenant, webhook] = key(&cursor.tenant, &cursor.webhook);
        let values = [
            tenant,
            webhook,
            Value::Bytes(holding.holder.as_bytes()),
            Value::Int(cursor.placed_by),
            Value::Int(cursor.ordinal),
            Value::Int(cursor.failures),
            Value::Text(cursor.last_error.as_deref().unwrap_or_default()),
            at(cursor.delivered_at.unwrap_or_default()),
            at(cursor.next_try_at.unwrap_or_default()),
            at(holding.until),
        ];
        Ok(!self.change(SAVE, &values).await?.is_empty())
    }
}

fn key<'a>(tenant: &'a TenantId, webhook: &'a WebhookId) -> [Value<'a>; 2] {
    [Value::Text(tenant.as_str()), Value::Bytes(webhook.0.as_bytes())]
}

fn cursor(row: &impl Cells) -> Result<Cursor, LogError> {
    let cell = Reader(row);
    let instant = |index| -> Result<Option<DateTime<Utc>>, LogError> {
        Ok(Some(cell.instant(index)?).filter(|at| *at != DateTime::UNIX_EPOCH))
    };
    Ok(Cursor {
        tenant: cell.tenant(0)?,
        webhook: WebhookId(cell.uuid(1)?),
        placed_by: cell.int(2)?,
        ordinal: cell.int(3)?,
        failures: cell.int(4)?,
        last_error: Some(cell.text(5)?).filter(|text| !text.is_empty()),
        delivered_at: instant(6)?,
        next_try_at: instant(7)?,
    })
}
