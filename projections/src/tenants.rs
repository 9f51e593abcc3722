//! The tenants of the installation.

use domain::{Event, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static TENANTS: Table = Table {
    name: "tenants_v1",
    columns: marked![
        Column::text("tenant"),
        Column::text("name"),
        Column::int("signing_generation"),
    ],
    key: 1,
    indexes: &[],
};

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    pub tenant: TenantId,
    pub name: String,
    /// Number of the secret its JSON web tokens are signed with, 0 when there is none.
    pub signing_generation: i64,
    pub marks: Marks,
}

/// Keeps one row for each tenant.
#[derive(Debug)]
pub(crate) struct Tenants;

impl Projection for Tenants {
    fn name(&self) -> &'static str {
        TENANTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&TENANTS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "only what is told of the tenant itself"
        )]
        match event {
            Event::TenantCreated(fact) => {
                let row = values![tenant, &fact.name, 0].into_iter().chain(made(recorded));
                changes.upsert(&TENANTS, row)
            }
            Event::SigningSecretSet(fact) => {
                let set = [("signing_generation", fact.generation.into())];
                let set = set.into_iter().chain(modified(recorded));
                changes.update(&TENANTS, values![tenant], set)
            }
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select tenant, name, signing_generation,
    created_by, created_at, modified_by, modified_at, sequence
    from tenants_v1 where tenant = $1";

const ALL: &str = "select tenant, name, signing_generation,
    created_by, created_at, modified_by, modified_at, sequence
    from tenants_v1 order by tenant";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The tenant of that id.
pub async fn one(views: &Views, tenant: &TenantId) -> Result<Option<TenantRow>, ViewError> {
    let rows = views.rows(TENANTS.name, tenant, ONE, &[]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All tenants, by id.
pub async fn all(views: &Views) -> Result<Vec<TenantRow>, ViewError> {
    views.any(ALL, &[]).await?.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<TenantRow, ViewError> {
    Ok(TenantRow {
        tenant: row.tenant()?,
        name: row.text()?,
        signing_generation: row.int()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{SigningSecretSet, TenantCreated};

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_tenant_has_a_row_with_its_newest_signing_secret() {
        let tenant = TenantId::new("acme").unwrap();
        let created = TenantCreated { tenant: tenant.clone(), name: "Acme".to_owned() };
        let set = SigningSecretSet { tenant, generation: 1 };
        let rows = told(Tenants, &[created.into(), set.into()]);
        assert_eq!(rows, ["tenants_v1 + acme Acme 1 ada 1 ada 2 1"]);
    }
}
