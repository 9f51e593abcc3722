//! Lists the users that the caller may read of.

use std::collections::HashSet;

use axum::response::Response;
use domain::{GroupId, Lineage, Permission};
use projections::users::{self, UserRow};
use serde_json::Value;

use super::show::{Sections, Setting};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let setting = Setting::of_all(&call, Sections::asked(&call)).await?;
    let line = asked_group(&call, &setting.forest)?;
    let readable = Readable::of(&call, &setting.forest);
    let rows = users::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let is_asked = |row: &UserRow| line.as_ref().is_none_or(|line| line.reaches(&row.grants));
    let rows: Vec<_> =
        rows.into_iter().filter(|row| is_asked(row) && readable.includes(row)).collect();
    let rows = call.app.opened(&call.tenant, rows).await?;
    Ok(wire::ok(rows.iter().map(|row| Value::Object(setting.item(row))).collect()))
}

/// The group that the request asks for, with those above it: only users who have access to it are
/// shown.
fn asked_group(call: &Call, forest: &Forest) -> Result<Option<Lineage>, Problem> {
    let Some(text) = call.request.query_value("groupId").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let malformed = |_| Problem::invalid("groupId", format!("groupId is not an integer: {text}"));
    let group = GroupId(text.parse().map_err(malformed)?);
    forest.check(&call.caller, Permission::Read, group)?;
    Ok(Some(forest.lineage(group)))
}

/// Whom the caller may read of: everybody who was given something on a group it may read, and,
/// where it administers users at the top, those who were given nothing on any.
pub(in crate::akamai) struct Readable {
    groups: HashSet<GroupId>,
    with_homeless: bool,
}

impl Readable {
    pub(in crate::akamai) fn of(call: &Call, forest: &Forest) -> Self {
        let administered = forest.reached(&call.caller, Permission::UserAdmin);
        Self {
            groups: forest.reached(&call.caller, Permission::Read),
            with_homeless: forest.roots().any(|root| administered.contains(&root)),
        }
    }

    pub(in crate::akamai) fn includes(&self, row: &UserRow) -> bool {
        let grants = &row.grants.groups;
        let reaches = grants.iter().any(|grant| self.groups.contains(&grant.group));
        reaches || (grants.is_empty() && self.with_homeless)
    }
}
