//! The question when a reset of its secret ended what a client was handed before.

use chrono::{DateTime, Utc};
use domain::{ClientId, TenantId};

use super::tables::CLIENTS;
use crate::{ViewError, Views, values};

const ENDED_AT: &str = "select min(ends_at) from client_resets_v1
    where tenant = $1 and client_id = $2 and reset_at > $3";

pub(super) const STATEMENTS: &[&str] = &[ENDED_AT];

/// When something that the client was handed at `issued` ended with a reset of its secret, or will;
/// `None` while there was no reset since.
pub async fn ended_at(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
    issued: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ENDED_AT, &values![client.0, issued]).await?;
    rows.into_iter().next().map_or(Ok(None), |mut row| row.maybe_time())
}
