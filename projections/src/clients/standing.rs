//! All that a signed call needs to know of its sender, asked at once: every such call asks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    ClientAccess, ClientFeature, ClientId, ClientUsage, Credential, CredentialId, Grants, TenantId,
    UserId,
};

use super::credentials::{self, state};
use super::tables::CLIENTS;
use crate::{ViewError, Views, client_access, users, values};

/// A credential with its client, and with what the user holds that the client acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub tenant: TenantId,
    pub client: ClientId,
    pub credential: CredentialId,
    state: Credential,
    is_active: bool,
    is_locked: bool,
    pub features: BTreeSet<ClientFeature>,
    pub user: Option<UserId>,
    pub access: ClientAccess,
    pub usage: ClientUsage,
    /// `None` where the client acts for nobody, or for somebody who is gone.
    pub user_grants: Option<Grants>,
}

impl Standing {
    /// Whether calls are let in at that instant: neither credential nor client has ended.
    pub fn works(&self, at: DateTime<Utc>) -> bool {
        self.state.is_live(at) && self.is_active && !self.is_locked
    }
}

const BY_CLIENT_TOKEN: &str = "select k.tenant, k.client_id, k.credential_id, k.client_token,
    k.status, k.expires_at, k.description, k.ends_at, c.is_active, c.is_locked, c.features, c.authorized_user,
    a.access, a.usage, u.grants
    from client_credentials_v2 k
    join clients_v1 c on c.tenant = k.tenant and c.client_id = k.client_id
    join client_access_v1 a on a.tenant = k.tenant and a.client_id = k.client_id
    left join users_v2 u on u.tenant = c.tenant and u.user_id = c.authorized_user
    where k.client_token = $1";

pub(super) const STATEMENTS: &[&str] = &[BY_CLIENT_TOKEN];

/// What stands behind that client token, whosever it is.
pub async fn standing(views: &Views, client_token: &str) -> Result<Option<Standing>, ViewError> {
    let rows = views.any(BY_CLIENT_TOKEN, &values![client_token]).await?;
    let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
    let standing = Standing {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        credential: CredentialId(row.int()?),
        state: state(&mut row)?,
        is_active: row.flag()?,
        is_locked: row.flag()?,
        features: row.json()?,
        user: row.maybe_text()?.map(UserId),
        access: row.json()?,
        usage: row.json()?,
        user_grants: row.maybe_json()?,
    };
    for projection in [credentials::NAME, CLIENTS.name, client_access::NAME, users::NAME] {
        views.check(&standing.tenant, projection)?;
    }
    Ok(Some(standing))
}
