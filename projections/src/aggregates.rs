//! Where every aggregate stands: its sequence, when it changed last, and whose it is. Commands
//! answer this, and so do the queries that show one thing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Details, Event, TenantId};
use eventlog::Recorded;

use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static AGGREGATES: Table = Table {
    name: "aggregates_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("kind"),
        Column::text("id"),
        Column::int("sequence"),
        Column::int("changed_at"),
        Column::text("resource_owner"),
    ],
    key: 3,
    indexes: &[],
};

/// Keeps one row for each aggregate, for ever.
#[derive(Debug)]
pub(crate) struct Aggregates;

impl Projection for Aggregates {
    fn name(&self) -> &'static str {
        AGGREGATES.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&AGGREGATES]
    }

    fn project(
        &self,
        _: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let row = values![
            &recorded.tenant,
            &recorded.aggregate.kind,
            &recorded.aggregate.id,
            recorded.sequence,
            recorded.created_at,
            &recorded.resource_owner,
        ];
        changes.upsert(&AGGREGATES, row)
    }
}

const ONE: &str = "select sequence, changed_at, resource_owner
    from aggregates_v1 where tenant = $1 and kind = $2 and id = $3";

const NEXT_KIND: &str = "select kind from aggregates_v1
    where tenant = $1 and kind > $2 order by kind limit 1";

/// Asked of one tenant's past alone, which is in memory.
const OWNED: &str = "select kind, id from aggregates_v1 where tenant = $1 and resource_owner = $2";

pub(crate) const STATEMENTS: &[&str] = &[ONE, NEXT_KIND, OWNED];

/// The kinds of aggregates that there are in the tenant: a step along the key for each of them.
pub async fn kinds(views: &Views, tenant: &TenantId) -> Result<Vec<String>, ViewError> {
    let mut kinds = Vec::<String>::new();
    loop {
        let last = kinds.last().cloned().unwrap_or_default();
        let rows = views.rows(AGGREGATES.name, tenant, NEXT_KIND, &values![last]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(kinds) };
        kinds.push(row.text()?);
    }
}

/// The aggregates of a resource owner, in a past. Which are whose is told by their events.
pub async fn owned_by(
    views: &Views,
    tenant: &TenantId,
    owner: &str,
) -> Result<BTreeSet<Aggregate>, ViewError> {
    let rows = views.rows(AGGREGATES.name, tenant, OWNED, &values![owner]).await?;
    let read = |mut row: Row| Ok(Aggregate { kind: row.text()?, id: row.text()? });
    rows.into_iter().map(read).collect()
}

/// Where an aggregate stands; `None` when nothing was ever recorded of it.
pub async fn details(
    views: &Views,
    tenant: &TenantId,
    aggregate: &Aggregate,
) -> Result<Option<Details>, ViewError> {
    let key = values![&aggregate.kind, &aggregate.id];
    let rows = views.rows(AGGREGATES.name, tenant, ONE, &key).await?;
    let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
    let (sequence, change_date): (i64, DateTime<Utc>) = (row.int()?, row.time()?);
    Ok(Some(Details { sequence, change_date, resource_owner: row.text()? }))
}

#[cfg(test)]
mod tests {
    use domain::{GroupCreated, GroupId, GroupRenamed};

    use super::*;
    use crate::sample::told;

    #[test]
    fn every_event_moves_its_aggregate_on() {
        let (group, name) = (GroupId(1), "acme".to_owned());
        let created = GroupCreated { group, parent: None, name: name.clone() };
        let renamed = GroupRenamed { group, from: name, to: "ACME".to_owned() };
        let rows = told(Aggregates, &[created.into(), renamed.into()]);
        assert_eq!(rows, ["aggregates_v1 + acme group 1 1 2 acme"]);
    }
}
