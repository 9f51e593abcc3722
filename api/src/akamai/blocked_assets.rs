//! What a user is kept from in one group, whatever their roles say: the blocks of an asset, seen
//! from the user's side. So they go with an asset that moves to another group.

mod get_blocked_assets;
mod set_blocked_assets;

use std::collections::HashSet;

use axum::http::Method;
use domain::{AssetId, GroupId, Permission, UserId};
use projections::{assets, blocked_assets, users};
use serde_json::{Value, json};

use super::Akamai;
use super::forest::Forest;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::UserAdmin));
    akamai
        .op("get-blocked-properties", Method::GET, "/user-admin/ui-identities/{uiIdentityId}/groups/{groupId}/blocked-properties", read,  get_blocked_assets::handle)
        .op("put-blocked-properties", Method::PUT, "/user-admin/ui-identities/{uiIdentityId}/groups/{groupId}/blocked-properties", admin, set_blocked_assets::handle)
}

/// The user and the group that the path names, if the caller has the permission there.
async fn found(call: &Call, permission: Permission) -> Result<(UserId, GroupId), Problem> {
    let group = GroupId(wire::path_id(&call.request, "groupId")?);
    let user = UserId(call.request.param("uiIdentityId").to_owned());
    let row = users::one(&call.views, &call.tenant, &user).await.map_err(Fault::from)?;
    let user = row.ok_or_else(|| Problem::no_user(&user))?.user;
    Forest::of(call).await?.check(&call.caller, permission, group)?;
    Ok((user, group))
}

/// The assets of the group that the user is kept from, by id.
async fn shown(call: &Call, user: &UserId, group: GroupId) -> Result<Value, Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    let blocked: HashSet<AssetId> =
        blocked_assets::of_user(views, tenant, user).await?.into_iter().collect();
    let rows = assets::in_group(views, tenant, group).await?;
    let rows = rows.iter().filter(|row| blocked.contains(&row.asset));
    Ok(rows.map(|row| json!(row.asset)).collect())
}
