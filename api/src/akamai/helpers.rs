//! Helpers: what a client could be given, looked at through the user it would act for. Whom the
//! caller may not read of is not there.

mod allowed_apis;
mod allowed_cp_codes;
mod group_access;
mod list_users;

use axum::http::Method;
use domain::{Access, ClientKind, Permission};
use projections::users::{self, UserRow};
use serde_json::json;

use super::Akamai;
use super::forest::Forest;
use super::problem::Problem;
use super::users::Readable;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let read = Needs::Permission(Permission::Read);
    akamai
        .op("get-api-clients-users",                  Method::GET,  "/users",                            read, list_users::handle)
        .op("get-api-clients-users-allowed-apis",     Method::GET,  "/users/{username}/allowed-apis",    read, allowed_apis::handle)
        .op("post-api-clients-users-allowed-cpcodes", Method::POST, "/users/{username}/allowed-cpcodes", read, allowed_cp_codes::handle)
        .op("get-api-clients-users-group-access",     Method::GET,  "/users/{username}/group-access",    read, group_access::handle)
}

/// A user, and what the user holds on the account's groups.
struct Looked {
    user: UserRow,
    forest: Forest,
    access: Access,
}

/// The user that the path names, as far as the caller may know. Names are compared without regard
/// to case.
async fn named(call: &Call) -> Result<Looked, Problem> {
    let forest = Forest::of(call).await?;
    let name = call.request.param("username");
    let readable = Readable::of(call, &forest);
    let user = call.app.user_named(&call.views, &call.tenant, name).await?;
    let user = user.filter(|user| readable.includes(user));
    let user = user.ok_or_else(|| Problem::no_user(name))?;
    let access = Access::over(&forest.parents(), &user.grants);
    Ok(Looked { user, forest, access })
}

/// The users that the caller may know of, opened, by id.
async fn known(call: &Call, forest: &Forest) -> Result<Vec<UserRow>, Fault> {
    let users = users::all(&call.views, &call.tenant).await?;
    let readable = Readable::of(call, forest);
    let users = users.into_iter().filter(|user| readable.includes(user)).collect();
    call.app.opened(&call.tenant, users).await
}

/// Refuses what is no kind of client.
fn check_client_kind(text: &str) -> Result<(), Problem> {
    let wrong = "clientType is none of CLIENT, USER_CLIENT, SERVICE_ACCOUNT";
    let kind = serde_json::from_value::<ClientKind>(json!(text));
    kind.map(drop).map_err(|_| Problem::invalid("clientType", wrong))
}
