//! Lists the CP codes that a client of a user could purge with these groups: those that lie in the
//! groups and below, where neither the request nor the user's own grants block it. A query, though
//! it comes by POST.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::Response;
use domain::{GroupId, Permission};
use projections::catalog;
use serde_json::{Value, json};

use super::{Looked, check_client_kind, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

/// Groups by id, and whether each is listed as blocked.
type Listed = BTreeMap<GroupId, bool>;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    check_client_kind(&wire::body_text(&body, "clientType")?)?;
    let groups = body.get("groups").ok_or_else(|| malformed("groups is required"))?;
    let mut listed = Listed::new();
    list(groups, &mut listed)?;
    let looked = named(&call).await?;
    for (&group, is_blocked) in &listed {
        looked.forest.check(&call.caller, Permission::Read, group)?;
        if !is_blocked && looked.access.role_on(group).is_none() {
            return Err(no_access(group));
        }
    }
    let groups = reached(&looked, &listed);
    let codes = catalog::cp_codes(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let codes = codes.iter().filter(|code| groups.contains(&code.group));
    let shown = codes.map(|code| {
        let label = format!("{} ({})", code.name, code.id);
        json!({"name": label, "value": code.id})
    });
    Ok(wire::ok(shown.collect()))
}

/// Takes in a list of groups with those that hang below them. None at all is an empty list.
fn list(groups: &Value, listed: &mut Listed) -> Result<(), Problem> {
    if groups.is_null() {
        return Ok(());
    }
    for group in groups.as_array().ok_or_else(|| malformed("groups is not a list"))? {
        let id = group.get("groupId").and_then(Value::as_i64).map(GroupId);
        let id = id.ok_or_else(|| malformed("groups has an element without a groupId"))?;
        let is_blocked = group.get("isBlocked").and_then(Value::as_bool).unwrap_or_default();
        *listed.entry(id).or_default() |= is_blocked;
        // Clients spell it either way.
        for below in ["subGroups", "subgroups"] {
            list(group.get(below).unwrap_or(&Value::Null), listed)?;
        }
    }
    Ok(())
}

/// The groups that the user holds a role on, and that the nearest listed one does not block.
fn reached(looked: &Looked, listed: &Listed) -> BTreeSet<GroupId> {
    let held = looked.access.roles().map(|(group, _)| group);
    let is_listed = |group: &GroupId| {
        let nearest = looked.forest.line(*group).find_map(|above| listed.get(&above));
        nearest == Some(&false)
    };
    held.filter(is_listed).collect()
}

fn malformed(detail: &str) -> Problem {
    Problem::invalid("groups", detail)
}

/// The user holds nothing on a listed group.
fn no_access(group: GroupId) -> Problem {
    let detail = format!("The user holds no role on group {group}.");
    Problem::identity(StatusCode::FORBIDDEN, "7", "No access on groups", detail)
}
