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
