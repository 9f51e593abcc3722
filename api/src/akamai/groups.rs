//! Groups and moves.

mod affected_users;
mod create_group;
mod delete_group;
mod get_group;
mod list_groups;
mod move_group;
mod rename_group;

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use domain::{GroupId, Permission};
use projections::{assets, clients, users};
use serde_json::{Value, json};

use super::Akamai;
use super::forest::Forest;
use super::names::Names;
use super::problem::Problem;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::GroupAdmin));
    akamai
        .op("get-groups",       Method::GET,    "/user-admin/groups",           read,  list_groups::handle)
        .op("get-group",        Method::GET,    "/user-admin/groups/{groupId}", read,  get_group::handle)
        .op("post-group",       Method::POST,   "/user-admin/groups/{groupId}", admin, create_group::handle)
        .op("put-group",        Method::PUT,    "/user-admin/groups/{groupId}", admin, rename_group::handle)
        .op("delete-group",     Method::DELETE, "/user-admin/groups/{groupId}", admin, delete_group::handle)
        .op("post-groups-move", Method::POST,   "/user-admin/groups/move",      admin, move_group::handle)
        .op("get-move-affected-users", Method::GET, "/user-admin/groups/move/{sourceGroupId}/{destinationGroupId}/affected-users", read, affected_users::handle)
}

/// A name the rules do not take.
fn name_invalid(text: String) -> Problem {
    Problem::invalid("groupName", text)
}

/// The groups that something hangs in beside other groups, or that somebody holds a role on:
/// they cannot be deleted.
async fn groups_in_use(call: &Call) -> Result<BTreeSet<GroupId>, Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    let mut used: BTreeSet<_> =
        assets::all(views, tenant).await?.iter().map(|asset| asset.group).collect();
    let users = users::all(views, tenant).await?;
    used.extend(users.iter().flat_map(|user| &user.grants.groups).map(|grant| grant.group));
    let clients = clients::all(views, tenant).await?;
    used.extend(clients.iter().flat_map(|client| &client.access).map(|held| held.group));
    Ok(used)
}

/// Trees from these groups down, with what the caller could do if the request asks for that.
async fn trees(call: &Call, forest: &Forest, tops: &[GroupId]) -> Result<Vec<Value>, Fault> {
    let names = Names::of(call, forest.actors()).await?;
    if !call.request.query_flag("actions") {
        return Ok(tops.iter().map(|top| forest.tree(*top, &names, None)).collect());
    }
    let used = groups_in_use(call).await?;
    let actions = |group: GroupId| {
        let edit = forest.reaches(&call.caller, Permission::GroupAdmin, group);
        let in_use = forest.has_children(group) || used.contains(&group);
        json!({"edit": edit, "delete": edit && !in_use && !forest.is_root(group)})
    };
    Ok(tops.iter().map(|top| forest.tree(*top, &names, Some(&actions))).collect())
}

/// A state that stands against the request.
fn conflict(code: &str, text: String) -> Problem {
    Problem::user_admin(StatusCode::CONFLICT, code, "Conflict", text)
}
