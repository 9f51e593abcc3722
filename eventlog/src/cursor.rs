//! How far the deliveries of each webhook have come, kept in the log's own store: neither a fact
//! nor a read model, since what a receiver took cannot be told from events.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{TenantId, WebhookId};
use uuid::Uuid;

use crate::LogError;

/// Where the deliveries of a webhook stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub tenant: TenantId,
    pub webhook: WebhookId,
    /// Sequence of the webhook's event that placed it.
    pub placed_by: i64,
    /// Everything up to this ordinal was taken, or is not wanted.
    pub ordinal: i64,
    /// How often in a row the next event was not taken.
    pub failures: i64,
    /// Why not, in a few fixed words.
    pub last_error: Option<String>,
    /// When an event was taken last.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it is tried again, where it failed.
    pub next_try_at: Option<DateTime<Utc>>,
}

/// Which node sees to a webhook, and until when it does unless it says so again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    pub holder: Uuid,
    pub until: DateTime<Utc>,
}

/// A store of cursors. Every [`crate::EventLog`] of events is one.
///
/// Of several nodes, one at a time holds a cursor. That spares receivers; what is delivered at least
/// once does not rest on it.
#[async_trait]
pub trait CursorStore: Send + Sync {
    /// The cursors of a tenant's webhooks.
    async fn cursors(&self, tenant: &TenantId) -> Result<Vec<Cursor>, LogError>;

    /// The cursor of one webhook.
    async fn cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
    ) -> Result<Option<Cursor>, LogError>;

    /// Places a cursor at an ordinal, unless the same event or a later one has placed it.
    async fn place_cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
        placed_by: i64,
        ordinal: i64,
    ) -> Result<(), LogError>;

    /// Takes hold of a cursor, or goes on holding it. `None` where another node holds it at `now`,
    /// or where there is none.
    async fn hold_cursor(
        &self,
        tenant: &TenantId,
        webhook: WebhookId,
        holding: Holding,
        now: DateTime<Utc>,
    ) -> Result<Option<Cursor>, LogError>;

    /// Saves how far a cursor has come, and goes on holding it or lets it go. `false` where another
    /// node holds it now, or another event has placed it: then nothing is saved.
    async fn save_cursor(&self, cursor: &Cursor, holding: Holding) -> Result<bool, LogError>;
}
