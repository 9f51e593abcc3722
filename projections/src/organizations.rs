//! The organizations of a tenant.

use domain::{Event, OrganizationId, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked};
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static ORGANIZATIONS: Table = Table {
    name: "organizations_v1",
    columns: marked![Column::text("tenant"), Column::text("organization_id"), Column::text("name"),],
    key: 2,
    indexes: &[],
};

/// One organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationRow {
    pub organization: OrganizationId,
    pub name: String,
    pub marks: Marks,
}

/// Keeps one row for each organization.
#[derive(Debug)]
pub(crate) struct Organizations;

impl Projection for Organizations {
    fn name(&self) -> &'static str {
        ORGANIZATIONS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ORGANIZATIONS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let Event::OrganizationCreated(fact) = event else { return Ok(()) };
        let row = values![&recorded.tenant, fact.organization.as_str(), &fact.name]
            .into_iter()
            .chain(made(recorded));
        changes.upsert(&ORGANIZATIONS, row)
    }
}

const ONE: &str = "select organization_id, name,
    created_by, created_at, modified_by, modified_at, sequence
    from organizations_v1 where tenant = $1 and organization_id = $2";

const ALL: &str = "select organization_id, name,
    created_by, created_at, modified_by, modified_at, sequence
    from organizations_v1 where tenant = $1 order by organization_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The organization of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    organization: &OrganizationId,
) -> Result<Option<OrganizationRow>, ViewError> {
    let rows = views.rows(ORGANIZATIONS.name, tenant, ONE, &values![organization.as_str()]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All organizations of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<OrganizationRow>, ViewError> {
    let rows = views.rows(ORGANIZATIONS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<OrganizationRow, ViewError> {
    Ok(OrganizationRow {
        organization: OrganizationId(row.text()?),
        name: row.text()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::OrganizationCreated;

    use super::*;
    use crate::sample::told;

    #[test]
    fn an_organization_has_a_row() {
        let organization = OrganizationId("69629023906488334".to_owned());
        let created = OrganizationCreated { organization, name: "Sales".to_owned() };
        let rows = told(Organizations, &[created.into()]);
        assert_eq!(rows, ["organizations_v1 + acme 69629023906488334 Sales ada 1 ada 1 1"]);
    }
}
