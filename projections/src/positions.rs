//! How far the rows of each tenant are: the position that an answer from them shows, and the last
//! one at which somebody was erased, whose key no node may use any more.

use domain::{Event, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static POSITIONS: Table = Table {
    name: "positions_v2",
    columns: &[Column::text("tenant"), Column::int("ordinal"), Column::int("erased")],
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
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let (tenant, ordinal) = (&recorded.tenant, recorded.ordinal);
        if ordinal == 1 {
            return changes.upsert(&POSITIONS, values![tenant, ordinal, 0]);
        }
        let erased = matches!(event, Event::SubjectErased(_)).then(|| ("erased", ordinal.into()));
        let set = [("ordinal", ordinal.into())].into_iter().chain(erased);
        changes.update(&POSITIONS, values![tenant], set)
    }
}

const ONE: &str = "select ordinal, erased from positions_v2 where tenant = $1";

/// How far the rows of one tenant are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The newest ordinal that is in the rows; 0 when nothing is.
    pub ordinal: i64,
    /// The newest one by which somebody was erased; 0 when nobody was.
    pub erased: i64,
}

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// How far the rows of the tenant are.
pub async fn one(views: &Views, tenant: &TenantId) -> Result<Position, ViewError> {
    let rows = views.rows(POSITIONS.name, tenant, ONE, &[]).await?;
    let Some(mut row) = rows.into_iter().next() else { return Ok(Position::default()) };
    Ok(Position { ordinal: row.int()?, erased: row.int()? })
}

#[cfg(test)]
mod tests {
    use domain::{GroupCreated, GroupId, SubjectErased};

    use super::*;
    use crate::sample::told;

    #[test]
    fn the_newest_ordinal_of_a_tenant_stands() {
        let created = |group| {
            let (group, name) = (GroupId(group), "group".to_owned());
            Event::from(GroupCreated { group, parent: None, name })
        };
        assert_eq!(told(Positions, &[created(1), created(2)]), ["positions_v2 + acme 2 0"]);
        let erased = SubjectErased {
            subject: "A-B-1".to_owned(),
            about: domain::Aggregate { kind: "user".to_owned(), id: "A-B-1".to_owned() },
            organization: None,
            passwords: 0,
            mails: 0,
            tokens: 0,
        };
        let events = [created(1), erased.into(), created(2)];
        assert_eq!(told(Positions, &events), ["positions_v2 + acme 3 2"]);
    }
}
