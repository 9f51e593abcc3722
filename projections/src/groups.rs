//! The forest of groups of a tenant, a row for each group.

use std::collections::BTreeMap;

use domain::{Event, GroupId, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static GROUPS: Table = Table {
    name: "groups_v1",
    columns: marked![
        Column::text("tenant"),
        Column::int("group_id"),
        Column::int("parent_id").nullable(),
        Column::text("name"),
    ],
    key: 2,
    indexes: &[],
};

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub group: GroupId,
    /// `None` for a root.
    pub parent: Option<GroupId>,
    pub name: String,
    pub marks: Marks,
}

/// Keeps one row for each group.
#[derive(Debug)]
pub(crate) struct Groups;

impl Projection for Groups {
    fn name(&self) -> &'static str {
        GROUPS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&GROUPS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of groups")]
        match event {
            Event::GroupCreated(fact) => {
                let parent = fact.parent.map(|parent| parent.0);
                let row = values![tenant, fact.group.0, parent, &fact.name]
                    .into_iter()
                    .chain(made(recorded));
                changes.upsert(&GROUPS, row)
            }
            Event::GroupRenamed(fact) => {
                let set = [("name", fact.to.as_str().into())].into_iter().chain(modified(recorded));
                changes.update(&GROUPS, values![tenant, fact.group.0], set)
            }
            Event::GroupMoved(fact) => {
                let set = [("parent_id", fact.to.0.into())].into_iter().chain(modified(recorded));
                changes.update(&GROUPS, values![tenant, fact.group.0], set)
            }
            Event::GroupDeleted(fact) => changes.delete(&GROUPS, values![tenant, fact.group.0]),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select group_id, parent_id, name,
    created_by, created_at, modified_by, modified_at, sequence
    from groups_v1 where tenant = $1 and group_id = $2";

const ALL: &str = "select group_id, parent_id, name,
    created_by, created_at, modified_by, modified_at, sequence
    from groups_v1 where tenant = $1 order by group_id";

const PARENTS: &str = "select group_id, parent_id from groups_v1 where tenant = $1";

pub(crate) const STATEMENTS: &[&str] = &[PARENTS, ONE, ALL];

/// The group of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    group: GroupId,
) -> Result<Option<GroupRow>, ViewError> {
    let rows = views.rows(GROUPS.name, tenant, ONE, &values![group.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// Each group of the tenant with its parent.
pub async fn parents(
    views: &Views,
    tenant: &TenantId,
) -> Result<BTreeMap<GroupId, Option<GroupId>>, ViewError> {
    let rows = views.rows(GROUPS.name, tenant, PARENTS, &[]).await?;
    let read = |mut row: Row| Ok((GroupId(row.int()?), row.maybe_int()?.map(GroupId)));
    rows.into_iter().map(read).collect()
}

/// All groups of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<GroupRow>, ViewError> {
    let rows = views.rows(GROUPS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<GroupRow, ViewError> {
    Ok(GroupRow {
        group: GroupId(row.int()?),
        parent: row.maybe_int()?.map(GroupId),
        name: row.text()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{GroupCreated, GroupDeleted, GroupMoved, GroupRenamed};

    use super::*;
    use crate::sample::told;

    fn created(group: i64, parent: Option<i64>, name: &str) -> Event {
        let (group, parent) = (GroupId(group), parent.map(GroupId));
        GroupCreated { group, parent, name: name.to_owned() }.into()
    }

    fn moved(group: i64, from: i64, to: i64) -> Event {
        GroupMoved { group: GroupId(group), from: GroupId(from), to: GroupId(to) }.into()
    }

    #[test]
    fn a_page_that_makes_and_moves_a_group_writes_its_row_once() {
        let rows =
            told(Groups, &[created(1, None, "acme"), created(2, Some(1), "emea"), moved(2, 1, 3)]);
        assert_eq!(
            rows,
            ["groups_v1 + acme 1 - acme ada 1 ada 1 1", "groups_v1 + acme 2 3 emea ada 2 ada 3 1"],
        );
    }

    #[test]
    fn what_was_there_before_the_page_is_updated_by_its_key() {
        let (from, to) = ("emea".to_owned(), "europe".to_owned());
        let renamed = GroupRenamed { group: GroupId(2), from, to };
        let rows = told(Groups, &[moved(2, 1, 3), renamed.into()]);
        let set = "parent_id=3 name=europe modified_by=ada modified_at=2 sequence=1";
        assert_eq!(rows, [format!("groups_v1 ~ acme 2 {set}")]);
    }

    #[test]
    fn a_deleted_group_has_no_row_whatever_the_page_did_with_it() {
        let (group, parent, name) = (GroupId(2), Some(GroupId(1)), "emea".to_owned());
        let deleted = GroupDeleted { group, parent, name };
        let rows = told(Groups, &[created(2, Some(1), "emea"), deleted.into(), moved(2, 1, 3)]);
        assert_eq!(rows, ["groups_v1 - acme 2"]);
    }
}
