//! The account's groups as this dialect shows them: trees, as far as the caller's roles reach.

use std::collections::{BTreeMap, HashSet};
use std::iter::successors;

use domain::{GroupId, Lineage, Permission};
use projections::groups::{self, GroupRow};
use serde_json::{Map, Value, json};

use super::names::Names;
use super::problem::Problem;
use super::wire::date;
use crate::call::Call;
use crate::caller::Caller;
use crate::fault::Fault;

/// All groups of the account.
pub(super) struct Forest {
    by_id: BTreeMap<GroupId, GroupRow>,
    children: BTreeMap<Option<GroupId>, Vec<GroupId>>,
}

/// What the caller could do with a group, shown where a request asks for it.
pub(super) type Actions<'a> = &'a (dyn Fn(GroupId) -> Value + Sync);

impl Forest {
    /// The account's groups as they stand.
    pub(super) async fn of(call: &Call) -> Result<Self, Fault> {
        Ok(Self::from(groups::all(&call.views, &call.tenant).await?))
    }

    pub(super) fn contains(&self, group: GroupId) -> bool {
        self.by_id.contains_key(&group)
    }

    pub(super) fn is_root(&self, group: GroupId) -> bool {
        self.by_id.get(&group).is_some_and(|row| row.parent.is_none())
    }

    pub(super) fn roots(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.children.get(&None).into_iter().flatten().copied()
    }

    /// The group's name, empty when there is no such group.
    pub(super) fn name(&self, group: GroupId) -> &str {
        self.by_id.get(&group).map_or("", |row| &row.name)
    }

    /// The groups right below, by id.
    pub(super) fn children(&self, group: GroupId) -> impl Iterator<Item = GroupId> + '_ {
        self.children.get(&Some(group)).into_iter().flatten().copied()
    }

    /// Each group with its parent.
    pub(super) fn parents(&self) -> BTreeMap<GroupId, Option<GroupId>> {
        self.by_id.iter().map(|(id, row)| (*id, row.parent)).collect()
    }

    pub(super) fn has_children(&self, group: GroupId) -> bool {
        self.children.contains_key(&Some(group))
    }

    /// `group` and its ancestors, nearest first.
    pub(super) fn line(&self, group: GroupId) -> impl Iterator<Item = GroupId> + '_ {
        successors(Some(group), |id| self.by_id.get(id).and_then(|row| row.parent))
    }

    /// The root of the hierarchy that `group` is in.
    pub(super) fn root_of(&self, group: GroupId) -> GroupId {
        self.line(group).last().unwrap_or(group)
    }

    /// `group` with its ancestors, to see what grants come to there.
    pub(super) fn lineage(&self, group: GroupId) -> Lineage {
        Lineage::new(self.line(group))
    }

    /// How many groups lie above this one.
    pub(super) fn depth(&self, group: GroupId) -> usize {
        self.line(group).skip(1).count()
    }

    /// All groups on which the caller may do this. Each is looked at once.
    pub(super) fn reached(&self, caller: &Caller, permission: Permission) -> HashSet<GroupId> {
        let mut open: Vec<_> = self.roots().map(|root| (root, false)).collect();
        let mut reached = HashSet::new();
        while let Some((group, above)) = open.pop() {
            let may = caller.may_just_on(permission, group).unwrap_or(above);
            if may {
                reached.insert(group);
            }
            let below = self.children.get(&Some(group)).into_iter().flatten();
            open.extend(below.map(|child| (*child, may)));
        }
        reached
    }

    /// Whether the caller may do this on the group.
    pub(super) fn reaches(&self, caller: &Caller, permission: Permission, group: GroupId) -> bool {
        caller.may_on(permission, self.line(group))
    }

    /// Refuses a group that is not there, or one that the caller's roles do not reach.
    pub(super) fn check(
        &self,
        caller: &Caller,
        permission: Permission,
        group: GroupId,
    ) -> Result<(), Problem> {
        if !self.contains(group) {
            return Err(Problem::no_group(group));
        }
        if !self.reaches(caller, permission, group) {
            let lacking = format!("It takes {} on group {group}.", permission.as_str());
            return Err(Problem::not_authorized(&lacking));
        }
        Ok(())
    }

    /// The tops of all trees whose every group the caller may read.
    pub(super) fn readable_tops(&self, caller: &Caller) -> Vec<GroupId> {
        let readable = |id: &GroupId| self.reaches(caller, Permission::Read, *id);
        let is_top = |row: &&GroupRow| row.parent.is_none_or(|parent| !readable(&parent));
        let rows = self.by_id.values().filter(|row| readable(&row.group));
        rows.filter(is_top).map(|row| row.group).collect()
    }

    /// Whoever made or changed a group.
    pub(super) fn actors(&self) -> impl Iterator<Item = &str> {
        let marks = self.by_id.values().map(|row| &row.marks);
        marks.flat_map(|marks| [marks.created_by.as_str(), &marks.modified_by])
    }

    /// A group with all that lies below it.
    pub(super) fn tree(
        &self,
        group: GroupId,
        names: &Names,
        actions: Option<Actions<'_>>,
    ) -> Value {
        let Some(row) = self.by_id.get(&group) else { return Value::Null };
        let children = self.children.get(&Some(group)).into_iter().flatten();
        let below: Vec<_> = children.map(|child| self.tree(*child, names, actions)).collect();
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("groupId", json!(row.group));
        put("groupName", json!(row.name));
        if let Some(parent) = row.parent {
            put("parentGroupId", json!(parent));
        }
        put("createdBy", json!(names.get(&row.marks.created_by)));
        put("createdDate", json!(date(row.marks.created_at)));
        put("modifiedBy", json!(names.get(&row.marks.modified_by)));
        put("modifiedDate", json!(date(row.marks.modified_at)));
        put("subGroups", Value::Array(below));
        if let Some(actions) = actions {
            put("actions", actions(group));
        }
        Value::Object(shown)
    }
}

impl From<Vec<GroupRow>> for Forest {
    fn from(rows: Vec<GroupRow>) -> Self {
        let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in &rows {
            children.entry(row.parent).or_default().push(row.group);
        }
        Self { by_id: rows.into_iter().map(|row| (row.group, row)).collect(), children }
    }
}
