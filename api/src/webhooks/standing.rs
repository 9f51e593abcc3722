//! How the webhooks of a tenant stand, as they are shown.

use std::collections::HashMap;

use domain::TenantId;
use eventlog::{Cursor, LogError, VaultKind};
use projections::webhooks::WebhookRow;

use crate::app::App;
use commands::webhooks::secret_id;

/// How a webhook does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Active,
    Paused,
    /// The newest try failed.
    Failing,
    /// It has nothing to sign with here.
    NoSecret,
}

impl Health {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Failing => "failing",
            Self::NoSecret => "no_secret",
        }
    }
}

/// How the deliveries of a webhook stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) health: Health,
    /// Everything up to here was taken, or is not wanted.
    pub(crate) ordinal: i64,
    /// Where it stands in the store; `None` while no node has looked at it since it was placed.
    pub(crate) cursor: Option<Cursor>,
}

/// How each of these webhooks of a tenant stands.
pub(crate) async fn standings(
    app: &App,
    tenant: &TenantId,
    rows: &[WebhookRow],
) -> Result<Vec<Standing>, LogError> {
    let cursors = app.log.cursors()?.cursors(tenant).await?;
    let mut cursors: HashMap<_, _> = cursors.into_iter().map(|it| (it.webhook, it)).collect();
    let secrets = app.log.vault_of(VaultKind::WebhookSecret, tenant).await?;
    let has_secret = |row: &WebhookRow| {
        let id = secret_id(tenant, row.webhook, row.secret_generation);
        secrets.iter().any(|secret| secret.public_id == id)
    };
    let standing = |row: &WebhookRow| {
        // One that an earlier event placed says nothing any more.
        let cursor = cursors.remove(&row.webhook).filter(|it| it.placed_by >= row.placed_by);
        let health = if row.paused.is_some() {
            Health::Paused
        } else if !has_secret(row) {
            Health::NoSecret
        } else if cursor.as_ref().is_some_and(|it| it.failures > 0) {
            Health::Failing
        } else {
            Health::Active
        };
        let ordinal = cursor.as_ref().map_or(row.begins_after, |it| it.ordinal);
        Standing { health, ordinal, cursor }
    };
    Ok(rows.iter().map(standing).collect())
}
