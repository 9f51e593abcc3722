//! Roles, and what they can be put together from.

mod create_role;
mod delete_role;
mod edit_role;
mod get_role;
mod list_grantable_roles;
mod list_roles;
mod show;

use axum::http::{Method, StatusCode};
use domain::{GrantedRoleId, Permission, RoleId};
use projections::roles::{self, RoleRow};
use serde_json::Value;

use super::Akamai;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::RoleAdmin));
    akamai
        .op("get-roles",           Method::GET,    "/user-admin/roles",                 read,  list_roles::handle)
        .op("post-role",           Method::POST,   "/user-admin/roles",                 admin, create_role::handle)
        .op("get-grantable-roles", Method::GET,    "/user-admin/roles/grantable-roles", read,  list_grantable_roles::handle)
        .op("get-role",            Method::GET,    "/user-admin/roles/{roleId}",        read,  get_role::handle)
        .op("put-role",            Method::PUT,    "/user-admin/roles/{roleId}",        admin, edit_role::handle)
        .op("delete-role",         Method::DELETE, "/user-admin/roles/{roleId}",        admin, delete_role::handle)
}

/// The role of that id as it stands.
async fn found(call: &Call, role: RoleId) -> Result<RoleRow, Problem> {
    let found = roles::one(&call.views, &call.tenant, role).await.map_err(Fault::from)?;
    found.ok_or_else(|| no_role("Role ID not found", role))
}

/// No such role, or not one of this account; the vendor has a title of its own for reads.
fn no_role(title: &str, role: RoleId) -> Problem {
    Problem::user_admin(StatusCode::NOT_FOUND, "1311", title, format!("There is no role {role}."))
}

/// Another role has the name.
fn name_taken(text: String) -> Problem {
    Problem::user_admin(StatusCode::BAD_REQUEST, "1301", "Validation Exception", text)
}

/// A member of the body as text, if it is there.
fn text(body: &Value, name: &'static str) -> Result<Option<String>, Problem> {
    let is_there = body.get(name).is_some_and(|value| !value.is_null());
    is_there.then(|| wire::body_text(body, name)).transpose()
}

/// What describes the role, if it is there: unlike the rules, this dialect wants it to say
/// something.
fn description(body: &Value) -> Result<Option<String>, Problem> {
    let description = text(body, "roleDescription")?;
    match &description {
        Some(text) if text.trim().is_empty() => {
            Err(Problem::invalid("roleDescription", "roleDescription is empty"))
        }
        Some(_) | None => Ok(description),
    }
}

/// The ids of `grantedRoles`, if it is there.
fn granted_roles(body: &Value) -> Result<Option<Vec<GrantedRoleId>>, Problem> {
    let member = "grantedRoles";
    let Some(value) = body.get(member).filter(|value| !value.is_null()) else { return Ok(None) };
    let malformed =
        || Problem::invalid(member, "grantedRoles is not a list of {\"grantedRoleId\": integer}");
    let elements = value.as_array().ok_or_else(malformed)?.iter();
    let ids = elements.map(|element| element.get("grantedRoleId").and_then(Value::as_i64));
    let ids: Option<Vec<_>> = ids.map(|id| id.map(GrantedRoleId)).collect();
    ids.map(Some).ok_or_else(malformed)
}

/// What a create or an edit must bring along.
fn required<T>(value: Option<T>, name: &'static str) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::invalid(name, format!("{name} is required")))
}
