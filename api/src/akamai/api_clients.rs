//! API clients.

mod body;
mod create_client;
mod delete_client;
mod edit_client;
mod get_client;
mod list_clients;
mod list_switch_keys;
mod lock_client;
mod sections;
mod show;
mod unlock_client;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use domain::{AkamaiClientId, Permission};
use projections::clients::{self, ClientRow};
use serde_json::Value;

use super::Akamai;
use super::forest::Forest;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::ClientAdmin));
    let known = Needs::SignedIn;
    akamai
        .op("get-api-clients",          Method::GET,    "/api-clients",                   read,  list_clients::handle)
        .op("post-api-clients",         Method::POST,   "/api-clients",                   admin, create_client::handle)
        .op("put-api-clients-self",     Method::PUT,    "/api-clients/self",              known, edit_client::of_self)
        .op("delete-api-client-self",   Method::DELETE, "/api-clients/self",              known, delete_client::of_self)
        .op("get-api-client-self",      Method::GET,    "/api-clients/self",              known, get_client::of_self)
        .op("put-lock-api-client-self", Method::PUT,    "/api-clients/self/lock",         known, lock_client::of_self)
        .op("get-self-account-switch-keys",   Method::GET,    "/api-clients/self/account-switch-keys",       known, list_switch_keys::of_self)
        .op("get-client-account-switch-keys", Method::GET,    "/api-clients/{clientId}/account-switch-keys", read,  list_switch_keys::handle)
        .op("get-api-client",           Method::GET,    "/api-clients/{clientId}",        read,  get_client::handle)
        .op("put-api-clients",          Method::PUT,    "/api-clients/{clientId}",        admin, edit_client::handle)
        .op("delete-api-client",        Method::DELETE, "/api-clients/{clientId}",        admin, delete_client::handle)
        .op("put-lock-api-client",      Method::PUT,    "/api-clients/{clientId}/lock",   admin, lock_client::handle)
        .op("put-unlock-api-client",    Method::PUT,    "/api-clients/{clientId}/unlock", admin, unlock_client::handle)
}

/// The client that the path names, if the caller's roles reach it.
pub(super) async fn named(call: &Call, permission: Permission) -> Result<ClientRow, Problem> {
    let id = AkamaiClientId(call.request.param("clientId").to_owned());
    let found = clients::by_akamai_id(&call.views, &call.tenant, &id).await;
    let client = found.map_err(Fault::from)?.ok_or_else(Problem::no_client)?;
    let forest = Forest::of(call).await?;
    if !reaches(call, &forest, permission, &client) {
        let needed = permission.as_str();
        return Err(Problem::no_access(format!(
            "It takes {needed} on the groups that API client {id} has access to."
        )));
    }
    Ok(client)
}

/// The calling client itself.
pub(super) async fn itself(call: &Call) -> Result<ClientRow, Problem> {
    let calling = call.caller.client.as_ref().ok_or_else(Problem::no_client)?;
    let found = clients::one(&call.views, &call.tenant, calling.id).await;
    found.map_err(Fault::from)?.ok_or_else(Problem::no_client)
}

/// Whether the caller's roles let it do this to a client: read it where they reach one of its
/// groups, else reach all of them. A client without groups of its own is in the care of those who
/// hold the permission on a root: one that clones its user may be given more at any time.
pub(super) fn reaches(
    call: &Call,
    forest: &Forest,
    permission: Permission,
    client: &ClientRow,
) -> bool {
    let is_self = call.caller.client.as_ref().is_some_and(|calling| calling.id == client.client);
    let reached = |group| forest.reaches(&call.caller, permission, group);
    let mut groups = client.access.iter().map(|held| held.group);
    match permission {
        Permission::Read if is_self => true,
        _ if client.access.is_empty() => forest.roots().any(reached),
        Permission::Read => groups.any(reached),
        Permission::GroupAdmin
        | Permission::UserAdmin
        | Permission::RoleAdmin
        | Permission::AssetMove
        | Permission::ClientAdmin => groups.all(reached),
    }
}

/// A client as it stands after a command, in the form of lists.
async fn answer(call: &Call, client: &ClientRow) -> Result<Response, Problem> {
    let found = clients::one(&call.views, &call.tenant, client.client).await;
    let client = found.map_err(Fault::from)?.ok_or_else(Problem::no_client)?;
    let known = show::Known::of(call, &client).await?.ok_or_else(Problem::no_client)?;
    let behind = show::Behind::of(call, [(&client, &known)]).await?;
    Ok(wire::ok(Value::Object(behind.item(&client, &known)?)))
}

/// The last client that can administer all others may not be put out of use.
fn last_owner(text: String) -> Problem {
    Problem::identity(StatusCode::CONFLICT, "last_owner", "Conflict", text)
}
