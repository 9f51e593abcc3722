//! What a client is worth at this moment: whether it works, what it may call, and what it may do
//! where.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    AccessLevel, Actor, ActorKind, Api, ApiAccess, ClientFeature, ClientId, Grants, TenantId,
};
use projections::clients::{ClientRow, Standing};
use projections::{Views, catalog, clients, groups, roles};

use super::reach::{Given, Parents, RolePermissions};
use super::{Caller, CallingClient, Grant};
use crate::fault::Fault;

/// Where the API lies that manages identities, as the catalogue of an account names it.
const END_POINT: &str = "/identity-management";

/// Whether a client may call at all: a deleted one has no row.
pub(super) fn is_working(client: &ClientRow) -> bool {
    client.is_active && !client.is_locked
}

/// Whether what was handed to a client at `issued` still stands: each later reset of its secret
/// ends all that was handed out before, at once or after a time of grace.
pub(super) async fn outlived_resets(
    views: &Views,
    client: &ClientRow,
    issued: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let ends = clients::ended_at(views, &client.tenant, client.client, issued).await?;
    Ok(ends.is_none_or(|end| now < end))
}

/// The client as a caller by any means but a signature: its features are what counts.
pub(super) fn caller(client: &ClientRow, authenticated: &str) -> Caller {
    let calling = CallingClient::of(client.client, client.features.clone());
    calling_in(&client.tenant, calling, authenticated)
}

/// The client as a caller that signed, with what it may do.
pub(super) async fn signer(views: &Views, standing: Standing) -> Result<Caller, Fault> {
    let tenant = &standing.tenant;
    let (access, level) = tokio::try_join!(
        held(views, tenant, &standing),
        identity_level(views, tenant, &standing.access.apis),
    )?;
    let calling = CallingClient {
        access,
        credential: Some(standing.credential),
        level,
        user: standing.user.clone(),
        allows_account_switch: standing.usage.allows_account_switch,
        creates_credentials: standing.usage.creates_credentials,
        ..CallingClient::of(standing.client, standing.features.clone())
    };
    Ok(calling_in(tenant, calling, "edgegrid"))
}

fn calling_in(tenant: &TenantId, calling: CallingClient, authenticated: &str) -> Caller {
    let actor = Actor {
        home: tenant.clone(),
        kind: ActorKind::Client,
        id: calling.id.to_string(),
        authenticated: authenticated.to_owned(),
    };
    Caller { client: Some(calling), ..Caller::new(tenant.clone(), actor) }
}

/// What the client may do where.
async fn held(views: &Views, tenant: &TenantId, standing: &Standing) -> Result<Vec<Grant>, Fault> {
    let access = &standing.access.groups;
    let own = || Grants { groups: access.groups.clone(), ..Grants::default() };
    let own = (!access.clones_user).then(own);
    if own.as_ref().is_some_and(|own| own.groups.is_empty()) {
        return Ok(Vec::new());
    }
    // One whose user is gone is left with nothing, not with all it was given.
    let is_bound = standing.user.is_some();
    let user = standing.user_grants.clone().or_else(|| is_bound.then(Grants::default));
    let given = Given { own, user };
    let roles = async { roles::permissions(views, tenant).await.map_err(Fault::from) };
    let forest = async {
        if given.takes_forest() {
            groups::parents(views, tenant).await.map_err(Fault::from)
        } else {
            Ok(Parents::new())
        }
    };
    let (roles, forest): (RolePermissions, Parents) = tokio::try_join!(roles, forest)?;
    Ok(given.held(&roles, &forest))
}

/// How far the client may use this API; `None` where it may not.
async fn identity_level(
    views: &Views,
    tenant: &TenantId,
    access: &ApiAccess,
) -> Result<Option<AccessLevel>, Fault> {
    if access.all {
        return Ok(Some(AccessLevel::ReadWrite));
    }
    if access.apis.is_empty() {
        return Ok(None);
    }
    let is_this = |api: &Api| api.end_point.trim_end_matches('/') == END_POINT;
    let apis = catalog::apis(views, tenant).await?;
    let levels = apis.iter().filter(|api| is_this(api)).filter_map(|api| access.level_of(api.id));
    Ok(levels.max())
}

impl CallingClient {
    /// A client that may do nothing but what its features let it.
    pub(super) fn of(id: ClientId, features: BTreeSet<ClientFeature>) -> Self {
        Self {
            id,
            features,
            access: Vec::new(),
            credential: None,
            level: None,
            user: None,
            allows_account_switch: false,
            creates_credentials: false,
        }
    }
}
