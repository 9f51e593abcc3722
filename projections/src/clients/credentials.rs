//! Questions about the EdgeGrid credentials of API clients. Their secrets are only in the vault.

use chrono::{DateTime, Utc};
use domain::{ClientId, CredentialId, CredentialStatus, TenantId};

use super::tables::CLIENTS;
use crate::value::Row;
use crate::{ViewError, Views, values};

/// One EdgeGrid credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    pub tenant: TenantId,
    pub client: ClientId,
    pub credential: CredentialId,
    pub client_token: String,
    pub access_token: String,
    pub status: CredentialStatus,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// When a reset of the client's secret ended it, or will; before that, it may expire.
    pub ends_at: Option<DateTime<Utc>>,
}

impl CredentialRow {
    /// Whether it works at that instant, as far as it is concerned; the client may be locked.
    pub fn is_live(&self, at: DateTime<Utc>) -> bool {
        self.status == CredentialStatus::Active
            && at < self.expires_at
            && self.ends_at.is_none_or(|end| at < end)
    }
}

macro_rules! select {
    () => {
        "select k.tenant, k.client_id, k.credential_id, k.client_token, k.access_token, k.status,
        k.created_at, k.expires_at, k.ends_at
        from client_credentials_v1 k "
    };
}

const BY_CLIENT_TOKEN: &str = concat!(select!(), "where k.client_token = $1");
const OF_CLIENT: &str =
    concat!(select!(), "where k.tenant = $1 and k.client_id = $2 order by k.credential_id");

pub(super) const STATEMENTS: &[&str] = &[BY_CLIENT_TOKEN, OF_CLIENT];

/// The credential with that client token, whosever it is.
pub async fn by_client_token(
    views: &Views,
    client_token: &str,
) -> Result<Option<CredentialRow>, ViewError> {
    let rows = views.any(BY_CLIENT_TOKEN, &values![client_token]).await?;
    let Some(row) = rows.into_iter().next().map(read).transpose()? else { return Ok(None) };
    views.check(&row.tenant, CLIENTS.name)?;
    Ok(Some(row))
}

/// All credentials of a client, by id.
pub async fn credentials_of(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Vec<CredentialRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, OF_CLIENT, &values![client.0]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<CredentialRow, ViewError> {
    Ok(CredentialRow {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        credential: CredentialId(row.int()?),
        client_token: row.text()?,
        access_token: row.text()?,
        status: row.word()?,
        created_at: row.time()?,
        expires_at: row.time()?,
        ends_at: row.maybe_time()?,
    })
}
