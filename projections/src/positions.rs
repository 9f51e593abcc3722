//! How far the rows of each tenant are: the position that an answer from them shows.

use domain::{Event, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static POSITIONS: Table = Table {
    name: "positions_v1",
    columns: &[Column::text("tenant"), Column::int("ordinal")],
    key: 1,
    indexes: &[],
};

/// Keeps the newest ordinal of each tenant.
#[derive(Debug)]
pub(crate) struct Positions;

impl Projection for Positions {
    fn name(&self) -> &'static str {
        POSITIONS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&POSITIONS]
    }

    fn project(
        &self,
        _: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        changes.upsert(&POSITIONS, values![&recorded.tenant, recorded.ordinal])
    }
}

const ONE: &str = "select ordinal from positions_v1 where tenant = $1";

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// The newest ordinal of the tenant that is in the rows; `None` when nothing is.
pub async fn one(views: &Views, tenant: &TenantId) -> Result<Option<i64>, ViewError> {
    let rows = views.rows(POSITIONS.name, tenant, ONE, &[]).await?;
    rows.into_iter().next().map(|mut row| row.int()).transpose()
}

#[cfg(test)]
mod tests {
    use domain::{GroupCreated, GroupId};

    use super::*;
    use crate::sample::told;

    #[test]
    fn the_newest_ordinal_of_a_tenant_stands() {
        let created = |group| {
            let (group, name) = (GroupId(group), "group".to_owned());
            Event::from(GroupCreated { group, parent: None, name })
        };
        assert_eq!(told(Positions, &[created(1), created(2)]), ["positions_v1 + acme 2"]);
    }
}
