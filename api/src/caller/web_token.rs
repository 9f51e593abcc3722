//! JSON web tokens: signed with the tenant's own secret, and, where they name one of its clients,
//! good only as long as that client works.

use chrono::{DateTime, Utc};
use domain::{
    Actor, ActorKind, AkamaiClientId, CaptureClientId, ClientId, MemberRole, OrganizationId, Right,
    Rights, TenantId,
};
use eventlog::VaultKind;
use projections::Views;
use projections::clients::{self, ClientRow};

use super::bearer::BearerError;
use super::members::with_roles;
use super::standing::{caller, is_working, outlived_resets};
use super::{ADMIN_ROLES, Caller};
use crate::app::App;
use crate::fault::Fault;
use crate::jwt::{self, Claims};

/// Rights that reach beyond a tenant.
const INSTALLATION: [Right; 6] = [
    Right::TenantAdmin,
    Right::SystemFeatureRead,
    Right::SystemFeatureWrite,
    Right::SystemFeatureDelete,
    Right::ProjectionRead,
    Right::ProjectionAdmin,
];

/// The party behind a web token.
pub(super) async fn web_token(
    app: &App,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Caller, BearerError> {
    let tenant = jwt::claimed_tenant(token)?;
    let tenant = TenantId::new(&tenant).map_err(|_| BearerError::NoTenant)?;
    let secret = signing_secret(app, &tenant).await?;
    let secret = secret.ok_or(BearerError::Invalid("its signature does not match"))?;
    let claims = jwt::verify(token, &secret, app.settings.jwt_issuer.as_deref(), now)?;
    let views = app.reads.current(&tenant).await.map_err(Fault::from)?.views;
    let party = match claims.client_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => of_client(&views, &tenant, id, &claims, now).await?,
        None => Caller::new(tenant.clone(), of_user(&tenant, &claims)?),
    };
    let organization = claims.org_id.clone().filter(|id| !id.is_empty()).map(OrganizationId);
    let rights = rights(&claims);
    let party = Caller { rights, organization, claims: Some(claims), ..party };
    Ok(with_roles(&views, party).await?)
}

/// The secret that the tenant's tokens are signed with. Only the newest one is kept.
pub(crate) async fn signing_secret(app: &App, tenant: &TenantId) -> Result<Option<String>, Fault> {
    let rows = app.log.vault_of(VaultKind::SigningSecret, tenant).await?;
    let Some(row) = rows.last() else { return Ok(None) };
    let clear = app.keyring.tenant(tenant).await?.open(row)?;
    Ok(String::from_utf8(clear).ok())
}

/// The client a token names, by whichever of its ids, if it works and the token is young enough.
async fn of_client(
    views: &Views,
    tenant: &TenantId,
    id: &str,
    claims: &Claims,
    now: DateTime<Utc>,
) -> Result<Caller, BearerError> {
    let client = named(views, tenant, id).await?.filter(is_working).ok_or(BearerError::Ended)?;
    // One that does not say when it was issued is taken to be older than any reset.
    let issued = claims.iat.and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_default();
    if !outlived_resets(views, &client, issued, now).await? {
        return Err(BearerError::Ended);
    }
    Ok(caller(&client, "jwt"))
}

async fn named(views: &Views, tenant: &TenantId, id: &str) -> Result<Option<ClientRow>, Fault> {
    if let Ok(uuid) = id.parse() {
        return Ok(clients::one(views, tenant, ClientId(uuid)).await?);
    }
    let akamai_id = AkamaiClientId(id.to_owned());
    if let Some(client) = clients::by_akamai_id(views, tenant, &akamai_id).await? {
        return Ok(Some(client));
    }
    let client = clients::by_capture_id(views, &CaptureClientId(id.to_owned())).await?;
    Ok(client.filter(|client| client.tenant == *tenant))
}

fn of_user(tenant: &TenantId, claims: &Claims) -> Result<Actor, BearerError> {
    let subject = claims.subject().ok_or(BearerError::Invalid("it does not say whose it is"))?;
    let (home, id) = (tenant.clone(), subject.to_owned());
    Ok(Actor { home, kind: ActorKind::User, id, authenticated: "jwt".to_owned() })
}

/// What the claims come to outside the dialect they are made for. A tenant's own signature says
/// nothing of other tenants, of the system, or of the installation.
pub(super) fn rights(claims: &Claims) -> Rights {
    let is_admin = ADMIN_ROLES.iter().any(|role| claims.has_role(role));
    let holds = |right: &Right| {
        claims.has_permission(right.as_str())
            || (*right == Right::ClientAdmin && claims.has_permission("clients:admin"))
            || (matches!(right, Right::ClientAdmin | Right::ClientRead) && is_admin)
            || (*right == Right::ClientRead
                && ["clients:admin", "clients:read"].iter().any(|held| claims.has_permission(held)))
    };
    let of_roles = MemberRole::ALL.into_iter().filter(|role| claims.has_role(role.as_str()));
    let of_roles: Rights = of_roles.flat_map(MemberRole::rights).collect();
    let is_local = |right: &Right| !INSTALLATION.contains(right);
    let is_held = |right: &Right| holds(right) || of_roles.contains(right);
    Right::ALL.into_iter().filter(is_local).filter(is_held).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<'a>(
        roles: &[&str],
        permissions: &[&str],
        expected: impl IntoIterator<Item = &'a Right>,
    ) {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (roles, permissions) = (list(roles), list(permissions));
        let claims = Claims { roles, permissions, ..Claims::default() };
        assert_eq!(rights(&claims), expected.into_iter().copied().collect(), "{claims:?}");
    }

    #[test]
    fn claims_come_to_rights_but_never_to_those_beyond_the_tenant() {
        check(&["Admin"], &[], &[Right::ClientAdmin, Right::ClientRead]);
        check(&[], &["clients:read"], &[Right::ClientRead]);
        check(&[], &["clients:activate"], &[]);
        check(&["ORG_SETTINGS_MANAGER"], &[], &MemberRole::OrganizationSettingsManager.rights());
        check(&["SYSTEM_OWNER"], &[], &[]);
        check(&[], &["events.read", "tenant.admin", "system.feature.write"], &[Right::EventsRead]);
    }
}
