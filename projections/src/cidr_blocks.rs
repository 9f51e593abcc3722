//! The blocks of a tenant's allow list.

use domain::{CidrBlock, CidrBlockId, Event, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static CIDR_BLOCKS: Table = Table {
    name: "cidr_blocks_v1",
    columns: marked![
        Column::text("tenant"),
        Column::int("block_id"),
        Column::text("cidr"),
        Column::int("is_enabled"),
        Column::text("comments").nullable(),
    ],
    key: 2,
    indexes: &[],
};

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrBlockRow {
    pub id: CidrBlockId,
    pub block: CidrBlock,
    pub marks: Marks,
}

/// Keeps one row for each block.
#[derive(Debug)]
pub(crate) struct CidrBlocks;

impl Projection for CidrBlocks {
    fn name(&self) -> &'static str {
        CIDR_BLOCKS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&CIDR_BLOCKS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of blocks")]
        match event {
            Event::CidrBlockAdded(fact) => {
                let CidrBlock { cidr, enabled, comments } = &fact.after;
                let row = values![tenant, fact.block.0, cidr, *enabled, comments.clone()];
                changes.upsert(&CIDR_BLOCKS, row.into_iter().chain(made(recorded)))
            }
            Event::CidrBlockChanged(fact) => {
                let CidrBlock { cidr, enabled, comments } = &fact.after;
                let set = [
                    ("cidr", cidr.into()),
                    ("is_enabled", (*enabled).into()),
                    ("comments", comments.clone().into()),
                ];
                let set = set.into_iter().chain(modified(recorded));
                changes.update(&CIDR_BLOCKS, values![tenant, fact.block.0], set)
            }
            Event::CidrBlockRemoved(fact) => {
                changes.delete(&CIDR_BLOCKS, values![tenant, fact.block.0])
            }
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select block_id, cidr, is_enabled, comments,
    created_by, created_at, modified_by, modified_at, sequence
    from cidr_blocks_v1 where tenant = $1 and block_id = $2";

const ALL: &str = "select block_id, cidr, is_enabled, comments,
    created_by, created_at, modified_by, modified_at, sequence
    from cidr_blocks_v1 where tenant = $1 order by block_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The block of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    block: CidrBlockId,
) -> Result<Option<CidrBlockRow>, ViewError> {
    let rows = views.rows(CIDR_BLOCKS.name, tenant, ONE, &values![block.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All blocks of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<CidrBlockRow>, ViewError> {
    let rows = views.rows(CIDR_BLOCKS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<CidrBlockRow, ViewError> {
    Ok(CidrBlockRow {
        id: CidrBlockId(row.int()?),
        block: CidrBlock { cidr: row.text()?, enabled: row.flag()?, comments: row.maybe_text()? },
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{CidrBlockAdded, CidrBlockChanged, CidrBlockRemoved};

    use super::*;
    use crate::sample::told;

    const BLOCK: CidrBlockId = CidrBlockId(10);

    fn states() -> (CidrBlock, CidrBlock) {
        let before = CidrBlock { cidr: "1.2.3.4/8".to_owned(), enabled: true, comments: None };
        let comments = Some("Berlin".to_owned());
        (before, CidrBlock { cidr: "::1".to_owned(), enabled: false, comments })
    }

    #[test]
    fn a_block_has_a_row_as_it_was_changed_last() {
        let (before, after) = states();
        let added = Event::from(CidrBlockAdded { block: BLOCK, after: before.clone() });
        let rows = told(CidrBlocks, std::slice::from_ref(&added));
        assert_eq!(rows, ["cidr_blocks_v1 + acme 10 1.2.3.4/8 1 - ada 1 ada 1 1"]);
        let changed = CidrBlockChanged { block: BLOCK, before, after };
        let rows = told(CidrBlocks, &[added, changed.into()]);
        assert_eq!(rows, ["cidr_blocks_v1 + acme 10 ::1 0 Berlin ada 1 ada 2 1"]);
    }

    #[test]
    fn a_removed_block_has_no_row() {
        let removed = CidrBlockRemoved { block: BLOCK, before: states().0 };
        assert_eq!(told(CidrBlocks, &[removed.into()]), ["cidr_blocks_v1 - acme 10"]);
    }
}
