//! Users: who they are, what they may do, and a user's own profile.
//!
//! Known quirks: what is left out of `basic-info` is forgotten, but for the address mail goes to,
//! the user name, and the second factor; an address that was never given reads as `TBD`, the word
//! this API has for what is not known, since the document promises one; grants come back in the
//! tree they were sent in, by group id.

mod basic_info;
mod create_user;
mod delete_user;
mod get_user;
mod grants;
mod list_users;
mod own_profile;
mod replace_basic_info;
mod set_grants;
mod show;

pub(super) use own_profile::own;

use axum::http::Method;
use commands::GrantFault;
use domain::{Permission, UserId};
use projections::users::{self, UserRow};

pub(super) use list_users::Readable;

use super::Akamai;
use super::problem::Problem;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::UserAdmin));
    let known = Needs::SignedIn;
    akamai
        .op("get-ui-identities",          Method::GET,    "/user-admin/ui-identities",                             read,  list_users::handle)
        .op("post-ui-identity",           Method::POST,   "/user-admin/ui-identities",                             admin, create_user::handle)
        .op("get-ui-identity",            Method::GET,    "/user-admin/ui-identities/{uiIdentityId}",              read,  get_user::handle)
        .op("delete-ui-identity",         Method::DELETE, "/user-admin/ui-identities/{uiIdentityId}",              admin, delete_user::handle)
        .op("put-ui-identity-basic-info", Method::PUT,    "/user-admin/ui-identities/{uiIdentityId}/basic-info",   admin, replace_basic_info::handle)
        .op("put-ui-uiidentity-auth-grants", Method::PUT, "/user-admin/ui-identities/{uiIdentityId}/auth-grants", admin, set_grants::handle)
        .op("get-user-profile",           Method::GET,    "/user-profile",                                         known, own_profile::get)
        .op("put-user-profile-info",      Method::PUT,    "/user-profile/basic-info",                              known, own_profile::replace_basic_info)
}

/// The user that the path names, sealed.
async fn named(call: &Call) -> Result<UserRow, Problem> {
    found(call, &UserId(call.request.param("uiIdentityId").to_owned())).await
}

/// The user of that id, sealed.
pub(super) async fn found(call: &Call, user: &UserId) -> Result<UserRow, Problem> {
    let row = users::one(&call.views, &call.tenant, user).await.map_err(Fault::from)?;
    row.ok_or_else(|| Problem::no_user(user))
}

/// The same with what is known of the person.
async fn opened(call: &Call, row: UserRow) -> Result<UserRow, Problem> {
    let rows = call.app.opened(&call.tenant, vec![row]).await?;
    rows.into_iter().next().ok_or_else(|| Fault::Internal.into())
}

/// Grants that the rules do not take.
fn grants_invalid(fault: &GrantFault) -> Problem {
    Problem::invalid("authGrants", fault.to_string())
}
