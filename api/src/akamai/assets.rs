//! Assets: properties and includes, what they use, and who may reach them.

mod block_users;
mod get_asset;
mod list_asset_users;
mod list_assets;
mod list_resources;
mod move_asset;

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use domain::{AssetId, GroupId, Permission, UserId};
use projections::assets::{self, AssetRow};
use projections::blocked_assets;
use projections::users::UserRow;
use serde_json::{Value, json};

use super::Akamai;
use super::forest::Forest;
use super::persons::named;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, moves) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::AssetMove));
    let users = Needs::Permission(Permission::UserAdmin);
    akamai
        .op("get-properties",           Method::GET, "/user-admin/properties",                       read,  list_assets::handle)
        .op("get-property",             Method::GET, "/user-admin/properties/{assetId}",             read,  get_asset::handle)
        .op("put-property",             Method::PUT, "/user-admin/properties/{assetId}",             moves, move_asset::handle)
        .op("get-property-resources",   Method::GET, "/user-admin/properties/{assetId}/resources",   read,  list_resources::handle)
        .op("get-property-users",       Method::GET, "/user-admin/properties/{assetId}/users",       read,  list_asset_users::handle)
        .op("put-property-users-block", Method::PUT, "/user-admin/properties/{assetId}/users/block", users, block_users::handle)
}

/// No such asset, or not one of this account, or not in the group it is asked for in.
fn no_asset() -> Problem {
    Problem::user_admin(StatusCode::NOT_FOUND, "1806", "Property not found", "Property not found")
}

/// The asset that the path names.
async fn found(call: &Call) -> Result<AssetRow, Problem> {
    let asset = AssetId(wire::path_id(&call.request, "assetId")?);
    let found = assets::one(&call.views, &call.tenant, asset).await.map_err(Fault::from)?;
    found.ok_or_else(no_asset)
}

/// The asset that the path names, in the group that the query must name, if the caller may read
/// there.
async fn found_in_group(call: &Call) -> Result<(AssetRow, Forest), Problem> {
    let group = group_asked(call)?;
    let group = group.ok_or_else(|| Problem::invalid("groupId", "groupId is required"))?;
    let asset = found(call).await?;
    if asset.group != group {
        return Err(no_asset());
    }
    let forest = Forest::of(call).await?;
    forest.check(&call.caller, Permission::Read, group)?;
    Ok((asset, forest))
}

/// The group that the query names, if it names one.
fn group_asked(call: &Call) -> Result<Option<GroupId>, Problem> {
    let text = call.request.query_value("groupId").filter(|text| !text.is_empty());
    let read = |text: String| {
        let malformed =
            |_| Problem::invalid("groupId", format!("groupId is not an integer: {text}"));
        text.parse().map(GroupId).map_err(malformed)
    };
    text.map(read).transpose()
}

/// Who is kept from the asset.
async fn blocked_from(call: &Call, asset: AssetId) -> Result<HashSet<UserId>, Fault> {
    let blocked = blocked_assets::of_asset(&call.views, &call.tenant, asset).await?;
    Ok(blocked.into_iter().collect())
}

/// Users, opened, as the lists of an asset show them.
async fn show_users(
    call: &Call,
    users: Vec<UserRow>,
    blocked: &HashSet<UserId>,
) -> Result<Value, Problem> {
    let opened = call.app.opened(&call.tenant, users).await?;
    let show = |row: &UserRow| {
        let mut shown = named(row);
        shown.insert("isBlocked".to_owned(), json!(blocked.contains(&row.user)));
        Value::Object(shown)
    };
    Ok(opened.iter().map(show).collect())
}
