//! The assets of a tenant, and the groups they lie in.

use domain::{AssetId, AssetKind, Event, GroupId, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static ASSETS: Table = Table {
    name: "assets_v1",
    columns: marked![
        Column::text("tenant"),
        Column::int("asset_id"),
        Column::text("name"),
        Column::text("kind"),
        Column::int("group_id"),
    ],
    key: 2,
    indexes: &[],
};

/// One asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRow {
    pub asset: AssetId,
    pub name: String,
    pub kind: AssetKind,
    pub group: GroupId,
    pub marks: Marks,
}

/// Keeps one row for each asset.
#[derive(Debug)]
pub(crate) struct Assets;

impl Projection for Assets {
    fn name(&self) -> &'static str {
        ASSETS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ASSETS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let Event::AssetAdded(fact) = event else { return Ok(()) };
        let (tenant, kind) = (&recorded.tenant, word(&fact.kind)?);
        let row = values![tenant, fact.asset.0, &fact.name, kind, fact.group.0]
            .into_iter()
            .chain(made(recorded));
        changes.upsert(&ASSETS, row)
    }
}

const ONE: &str = "select asset_id, name, kind, group_id,
    created_by, created_at, modified_by, modified_at, sequence
    from assets_v1 where tenant = $1 and asset_id = $2";

const ALL: &str = "select asset_id, name, kind, group_id,
    created_by, created_at, modified_by, modified_at, sequence
    from assets_v1 where tenant = $1 order by asset_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The asset of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    asset: AssetId,
) -> Result<Option<AssetRow>, ViewError> {
    let rows = views.rows(ASSETS.name, tenant, ONE, &values![asset.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All assets of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<AssetRow>, ViewError> {
    let rows = views.rows(ASSETS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<AssetRow, ViewError> {
    Ok(AssetRow {
        asset: AssetId(row.int()?),
        name: row.text()?,
        kind: row.word()?,
        group: GroupId(row.int()?),
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::AssetAdded;

    use super::*;
    use crate::sample::told;

    #[test]
    fn an_asset_has_a_row() {
        let (asset, group, kind) = (AssetId(10), GroupId(2), AssetKind::Include);
        let added = AssetAdded { asset, name: "site".to_owned(), kind, group };
        assert_eq!(
            told(Assets, &[added.into()]),
            ["assets_v1 + acme 10 site include 2 ada 1 ada 1 1"]
        );
    }
}
