//! The roles of a tenant.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, GrantedRoleId, Permission, RoleContent, RoleId, RoleKind, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static ROLES: Table = Table {
    name: "roles_v2",
    columns: marked![
        Column::text("tenant"),
        Column::int("role_id"),
        Column::text("name"),
        Column::text("description"),
        Column::text("kind"),
        Column::text("permissions"),
        Column::text("granted_roles"),
    ],
    key: 2,
    indexes: &[],
};

/// One role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    pub role: RoleId,
    pub name: String,
    pub description: String,
    pub kind: RoleKind,
    pub permissions: BTreeSet<Permission>,
    /// In the order of their ids.
    pub granted_roles: BTreeSet<GrantedRoleId>,
    pub marks: Marks,
}

/// Keeps one row for each role.
#[derive(Debug)]
pub(crate) struct Roles;

impl Projection for Roles {
    fn name(&self) -> &'static str {
        ROLES.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ROLES]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of roles")]
        match event {
            Event::RoleCreated(fact) => {
                let row = values![
                    tenant,
                    fact.role.0,
                    &fact.name,
                    &fact.description,
                    word(&fact.kind)?,
                    Value::json(&fact.permissions)?,
                    Value::json(&fact.granted_roles)?,
                ];
                changes.upsert(&ROLES, row.into_iter().chain(made(recorded)))
            }
            Event::RoleEdited(fact) => {
                let RoleContent { name, description, permissions, granted_roles } = &fact.after;
                let set = [
                    ("name", name.into()),
                    ("description", description.into()),
                    ("permissions", Value::json(permissions)?),
                    ("granted_roles", Value::json(granted_roles)?),
                ];
                let set = set.into_iter().chain(modified(recorded));
                changes.update(&ROLES, values![tenant, fact.role.0], set)
            }
            Event::RoleDeleted(fact) => changes.delete(&ROLES, values![tenant, fact.role.0]),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select role_id, name, description, kind, permissions, granted_roles,
    created_by, created_at, modified_by, modified_at, sequence
    from roles_v2 where tenant = $1 and role_id = $2";

const ALL: &str = "select role_id, name, description, kind, permissions, granted_roles,
    created_by, created_at, modified_by, modified_at, sequence
    from roles_v2 where tenant = $1 order by role_id";

const PERMISSIONS: &str = "select role_id, permissions from roles_v2 where tenant = $1";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL, PERMISSIONS];

/// What each role of the tenant lets its holders do.
pub async fn permissions(
    views: &Views,
    tenant: &TenantId,
) -> Result<BTreeMap<RoleId, BTreeSet<Permission>>, ViewError> {
    let rows = views.rows(ROLES.name, tenant, PERMISSIONS, &[]).await?;
    rows.into_iter().map(|mut row| Ok((RoleId(row.int()?), row.json()?))).collect()
}

/// The role of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    role: RoleId,
) -> Result<Option<RoleRow>, ViewError> {
    let rows = views.rows(ROLES.name, tenant, ONE, &values![role.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All roles of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<RoleRow>, ViewError> {
    let rows = views.rows(ROLES.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<RoleRow, ViewError> {
    Ok(RoleRow {
        role: RoleId(row.int()?),
        name: row.text()?,
        description: row.text()?,
        kind: row.word()?,
        permissions: row.json()?,
        granted_roles: row.json()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{RoleCreated, RoleDeleted, RoleEdited};

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_role_has_a_row_with_its_permissions() {
        let created = RoleCreated {
            role: RoleId(12),
            name: "Viewer".to_owned(),
            description: "sees".to_owned(),
            kind: RoleKind::Standard,
            permissions: [Permission::Read, Permission::AssetMove].into(),
            granted_roles: [GrantedRoleId(1001), GrantedRoleId(1005)].into(),
        };
        let row = r#"12 Viewer sees standard ["read","asset.move"] [1001,1005] ada 1 ada 1 1"#;
        assert_eq!(told(Roles, &[created.into()]), [format!("roles_v2 + acme {row}")]);
    }

    fn content(name: &str, permission: Permission, granted: i64) -> RoleContent {
        RoleContent {
            name: name.to_owned(),
            description: "does".to_owned(),
            permissions: [permission].into(),
            granted_roles: [GrantedRoleId(granted)].into(),
        }
    }

    #[test]
    fn what_a_role_is_changes_and_goes_with_it() {
        let before = content("Viewer", Permission::Read, 1001);
        let after = content("Mover", Permission::AssetMove, 1005);
        let role = RoleId(12);
        let edited = RoleEdited { role, before, after: after.clone() };
        let set = r#"name=Mover description=does permissions=["asset.move"] granted_roles=[1005]"#;
        let marks = "modified_by=ada modified_at=1 sequence=1";
        let told_of = |event: Event| told(Roles, &[event]);
        assert_eq!(told_of(edited.into()), [format!("roles_v2 ~ acme 12 {set} {marks}")]);
        let deleted = RoleDeleted { role, before: after };
        assert_eq!(told_of(deleted.into()), ["roles_v2 - acme 12"]);
    }
}
