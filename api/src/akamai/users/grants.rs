//! What a user may do, as a tree: in requests, and in replies, which show the tree that was sent.
//!
//! Facts hold the grants in a row. The tree is in their order: each stands below the last one
//! before it whose group lies above its own. So that no grant gets below one it was sent beside,
//! of those sent side by side the deeper groups come first.

use std::cmp::Reverse;
use std::collections::HashMap;

use commands::users::UserGrant;
use domain::{Grants, GroupGrant, GroupId, RoleId};
use projections::roles::RoleRow;
use serde_json::{Value, json};

use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;

const MEMBER: &str = "authGrants";

/// What a request wants granted.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Wanted {
    pub(super) groups: Vec<UserGrant>,
    pub(super) account_roles: Vec<RoleId>,
}

/// An element of a request with what was sent below it.
struct Node {
    grant: UserGrant,
    below: Vec<Node>,
}

/// Reads the list of grants. A user needs a role on one group at least, says the document.
pub(super) fn wanted(list: &Value, forest: &Forest) -> Result<Wanted, Problem> {
    let elements = list.as_array().ok_or_else(|| invalid("authGrants is not a list"))?;
    let mut wanted = Wanted::default();
    let mut nodes = Vec::new();
    for element in elements {
        // Clients that mean the account send 0, or no group at all.
        if integer(element, "groupId")?.is_none_or(|group| group == 0) {
            wanted.account_roles.push(account_role(element)?);
        } else {
            nodes.push(node(element)?);
        }
    }
    flatten(nodes, None, forest, &mut wanted.groups)?;
    if wanted.groups.iter().any(|grant| grant.role.is_some()) {
        return Ok(wanted);
    }
    Err(invalid("authGrants has no role on a group: a user needs one at least"))
}

fn node(element: &Value) -> Result<Node, Problem> {
    let group = integer(element, "groupId")?.ok_or_else(|| invalid("groupId is required"))?;
    let role = integer(element, "roleId")?.map(RoleId);
    let is_blocked = match element.get("isBlocked") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(_) => return Err(invalid("isBlocked is not true or false")),
    };
    let below = below(element)?.iter().map(node).collect::<Result<_, _>>()?;
    Ok(Node { grant: UserGrant { group: GroupId(group), role, is_blocked }, below })
}

fn account_role(element: &Value) -> Result<RoleId, Problem> {
    if !below(element)?.is_empty() {
        return Err(invalid("groupId is required where there are subGroups"));
    }
    let role = integer(element, "roleId")?.map(RoleId);
    role.ok_or_else(|| invalid("roleId is required where there is no groupId"))
}

/// What was sent below an element. One list in this API is spelled `subgroups`; both are taken.
fn below(element: &Value) -> Result<&[Value], Problem> {
    match element.get("subGroups").or_else(|| element.get("subgroups")) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(elements)) => Ok(elements),
        Some(_) => Err(invalid("subGroups is not a list")),
    }
}

fn integer(element: &Value, name: &str) -> Result<Option<i64>, Problem> {
    match element.get(name) {
        None | Some(Value::Null) if element.is_object() => Ok(None),
        Some(value) if value.is_i64() => Ok(value.as_i64()),
        Some(_) => Err(invalid(&format!("{name} is not an integer"))),
        None => Err(invalid("authGrants has an element that is not an object")),
    }
}

/// Puts the nodes and all below them in a row.
fn flatten(
    mut nodes: Vec<Node>,
    above: Option<GroupId>,
    forest: &Forest,
    row: &mut Vec<UserGrant>,
) -> Result<(), Problem> {
    nodes.sort_by_key(|node| Reverse(forest.depth(node.grant.group)));
    for Node { grant, below } in nodes {
        let group = grant.group;
        if !forest.contains(group) {
            return Err(invalid(&format!("there is no group {group}")));
        }
        if let Some(above) = above
            && !forest.line(group).skip(1).any(|id| id == above)
        {
            return Err(invalid(&format!("group {group} does not lie below group {above}")));
        }
        row.push(grant);
        flatten(below, Some(group), forest, row)?;
    }
    Ok(())
}

/// The grants as the tree they were sent in, with the names of groups and roles; roles for the
/// account come last.
pub(super) fn show(grants: &Grants, forest: &Forest, roles: &[RoleRow]) -> Value {
    let row = grants.groups.iter().map(|grant| grant.group).enumerate();
    let places: HashMap<_, _> = row.clone().map(|(at, group)| (group, at)).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); grants.groups.len()];
    let mut tops = Vec::new();
    for (at, group) in row {
        let above = forest.line(group).skip(1).filter_map(|id| places.get(&id).copied());
        match above.filter(|place| *place < at).max().and_then(|place| children.get_mut(place)) {
            Some(siblings) => siblings.push(at),
            None => tops.push(at),
        }
    }
    let tree = Tree { grants: &grants.groups, children, forest, roles };
    let mut shown = tree.list(&tops);
    shown.extend(grants.account_roles.iter().map(|role| named(*role, roles)));
    Value::Array(shown)
}

struct Tree<'a> {
    grants: &'a [GroupGrant],
    /// By place in the row, the places of those below.
    children: Vec<Vec<usize>>,
    forest: &'a Forest,
    roles: &'a [RoleRow],
}

impl Tree<'_> {
    fn list(&self, places: &[usize]) -> Vec<Value> {
        let held = |at: &usize| Some((*at, self.grants.get(*at)?));
        let mut held: Vec<_> = places.iter().filter_map(held).collect();
        held.sort_by_key(|(_, grant)| grant.group);
        held.into_iter().map(|(at, grant)| self.show(at, grant)).collect()
    }

    fn show(&self, at: usize, grant: &GroupGrant) -> Value {
        let role = grant.role.and_then(|role| find(role, self.roles));
        let below = self.children.get(at).map(|places| self.list(places)).unwrap_or_default();
        json!({
            "groupId": grant.group,
            "groupName": self.forest.name(grant.group),
            "isBlocked": grant.is_blocked,
            "roleId": grant.role,
            "roleName": role.map(|role| &role.name),
            "roleDescription": role.map(|role| &role.description).filter(|it| !it.is_empty()),
            "subGroups": below,
        })
    }
}

fn find(role: RoleId, roles: &[RoleRow]) -> Option<&RoleRow> {
    roles.iter().find(|row| row.role == role)
}

/// A role that is held for the account.
fn named(role: RoleId, roles: &[RoleRow]) -> Value {
    let row = find(role, roles);
    json!({
        "roleId": role,
        "roleName": row.map(|row| &row.name),
        "roleDescription": row.map(|row| &row.description).filter(|it| !it.is_empty()),
    })
}

fn invalid(text: &str) -> Problem {
    Problem::invalid(MEMBER, text)
}

#[cfg(test)]
mod tests;
