//! The roles of a tenant.

use std::collections::BTreeSet;

use domain::{Event, Permission, RoleId, RoleKind, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static ROLES: Table = Table {
    name: "roles_v1",
    columns: marked![
        Column::text("tenant"),
        Column::int("role_id"),
        Column::text("name"),
        Column::text("description"),
        Column::text("kind"),
        Column::text("permissions"),
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
        let Event::RoleCreated(fact) = event else { return Ok(()) };
        let row = values![
            &recorded.tenant,
            fact.role.0,
            &fact.name,
            &fact.description,
            word(&fact.kind)?,
            Value::json(&fact.permissions)?,
        ]
        .into_iter()
        .chain(made(recorded));
        changes.upsert(&ROLES, row)
    }
}

const ONE: &str = "select role_id, name, description, kind, permissions,
    created_by, created_at, modified_by, modified_at, sequence
    from roles_v1 where tenant = $1 and role_id = $2";

const ALL: &str = "select role_id, name, description, kind, permissions,
    created_by, created_at, modified_by, modified_at, sequence
    from roles_v1 where tenant = $1 order by role_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

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
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::RoleCreated;

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
        };
        let row = r#"12 Viewer sees standard ["read","asset.move"] ada 1 ada 1 1"#;
        assert_eq!(told(Roles, &[created.into()]), [format!("roles_v1 + acme {row}")]);
    }
}
