//! Lists the groups that a user holds a role on, as trees: each from the topmost such group on. What
//! is blocked, and what the caller may not read, is left out with all that hangs below it; where a
//! grant holds again further down, another tree begins.

use axum::response::Response;
use domain::{GroupId, Permission, RoleId};
use projections::roles::{self, RoleRow};
use serde_json::{Map, Value, json};

use super::{Looked, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let looked = named(&call).await?;
    let roles = roles::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let trees = Trees { call: &call, looked: &looked, roles: &roles };
    let tops = looked.access.roles().map(|(group, _)| group).filter(|group| trees.begin_at(*group));
    Ok(wire::ok(tops.filter_map(|top| trees.from(top, None)).collect()))
}

struct Trees<'a> {
    call: &'a Call,
    looked: &'a Looked,
    /// By id.
    roles: &'a [RoleRow],
}

impl Trees<'_> {
    /// The role that is held on a group which the caller may read.
    fn role_on(&self, group: GroupId) -> Option<RoleId> {
        let role = self.looked.access.role_on(group)?;
        self.looked.forest.reaches(&self.call.caller, Permission::Read, group).then_some(role)
    }

    fn begin_at(&self, group: GroupId) -> bool {
        let above = self.looked.forest.line(group).nth(1);
        self.role_on(group).is_some() && above.is_none_or(|above| self.role_on(above).is_none())
    }

    /// A group with all that is held below it. Only those below another name their parent.
    fn from(&self, group: GroupId, parent: Option<GroupId>) -> Option<Value> {
        let (role, forest) = (self.role_on(group)?, &self.looked.forest);
        let found = self.roles.iter().find(|row| row.role == role);
        let below = forest.children(group).filter_map(|child| self.from(child, Some(group)));
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("groupId", json!(group));
        put("groupName", json!(forest.name(group)));
        if let Some(parent) = parent {
            put("parentGroupId", json!(parent));
        }
        put("roleId", json!(role));
        put("roleName", json!(found.map_or("", |row| &row.name)));
        put("roleDescription", json!(found.map_or("", |row| &row.description)));
        put("isBlocked", json!(false));
        put("subGroups", below.collect());
        Some(Value::Object(shown))
    }
}
