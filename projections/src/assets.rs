//! The assets of a tenant, the groups they lie in, and the resources they use.

use chrono::{DateTime, Utc};
use domain::{AssetId, AssetKind, Event, GroupId, ResourceId, ResourceKind, TenantId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static ASSETS: Table = Table {
    name: "assets_v2",
    columns: marked![
        Column::text("tenant"),
        Column::int("asset_id"),
        Column::text("name"),
        Column::text("kind"),
        Column::int("group_id"),
    ],
    key: 2,
    indexes: &[&["tenant", "group_id", "asset_id"]],
};

static RESOURCES: Table = Table {
    name: "asset_resources_v1",
    columns: &[
        Column::text("tenant"),
        Column::int("asset_id"),
        Column::int("resource_id"),
        Column::text("kind"),
        Column::text("name"),
        Column::int("modified_at"),
    ],
    key: 3,
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

/// One resource of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    pub resource: ResourceId,
    pub kind: ResourceKind,
    pub name: String,
    pub modified_at: DateTime<Utc>,
}

/// Keeps one row for each asset, and one for each of its resources.
#[derive(Debug)]
pub(crate) struct Assets;

impl Projection for Assets {
    fn name(&self) -> &'static str {
        ASSETS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ASSETS, &RESOURCES]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of assets")]
        match event {
            Event::AssetAdded(fact) => {
                let row =
                    values![tenant, fact.asset.0, &fact.name, word(&fact.kind)?, fact.group.0];
                changes.upsert(&ASSETS, row.into_iter().chain(made(recorded)))
            }
            Event::AssetMoved(fact) => {
                let set = [("group_id", fact.to.0.into())].into_iter().chain(modified(recorded));
                changes.update(&ASSETS, values![tenant, fact.asset.0], set)
            }
            Event::ResourceRegistered(fact) => {
                let key = values![tenant, fact.asset.0];
                changes.update(&ASSETS, key, modified(recorded))?;
                let (kind, at) = (word(&fact.kind)?, recorded.created_at);
                let row = values![tenant, fact.asset.0, fact.resource.0, kind, &fact.name, at];
                changes.upsert(&RESOURCES, row)
            }
            Event::AssetRemoved(fact) => {
                changes.delete(&ASSETS, values![tenant, fact.asset.0])?;
                changes.delete(&RESOURCES, values![tenant, fact.asset.0])
            }
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select asset_id, name, kind, group_id,
    created_by, created_at, modified_by, modified_at, sequence
    from assets_v2 where tenant = $1 and asset_id = $2";

const ALL: &str = "select asset_id, name, kind, group_id,
    created_by, created_at, modified_by, modified_at, sequence
    from assets_v2 where tenant = $1 order by asset_id";

const IN_GROUP: &str = "select asset_id, name, kind, group_id,
    created_by, created_at, modified_by, modified_at, sequence
    from assets_v2 where tenant = $1 and group_id = $2 order by asset_id";

const RESOURCES_OF: &str = "select resource_id, kind, name, modified_at
    from asset_resources_v1 where tenant = $1 and asset_id = $2 order by resource_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL, IN_GROUP, RESOURCES_OF];

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

/// The assets that lie in the group itself, by id.
pub async fn in_group(
    views: &Views,
    tenant: &TenantId,
    group: GroupId,
) -> Result<Vec<AssetRow>, ViewError> {
    let rows = views.rows(ASSETS.name, tenant, IN_GROUP, &values![group.0]).await?;
    rows.into_iter().map(read).collect()
}

/// What the asset uses, by id.
pub async fn resources_of(
    views: &Views,
    tenant: &TenantId,
    asset: AssetId,
) -> Result<Vec<ResourceRow>, ViewError> {
    let rows = views.rows(ASSETS.name, tenant, RESOURCES_OF, &values![asset.0]).await?;
    let read = |mut row: Row| {
        Ok(ResourceRow {
            resource: ResourceId(row.int()?),
            kind: row.word()?,
            name: row.text()?,
            modified_at: row.time()?,
        })
    };
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
    use domain::{Asset, AssetAdded, AssetMoved, AssetRemoved, ResourceRegistered};

    use super::*;
    use crate::sample::told;

    fn added() -> Event {
        let (asset, group, kind) = (AssetId(10), GroupId(2), AssetKind::Include);
        AssetAdded { asset, name: "site".to_owned(), kind, group }.into()
    }

    #[test]
    fn an_asset_has_a_row() {
        assert_eq!(told(Assets, &[added()]), ["assets_v2 + acme 10 site include 2 ada 1 ada 1 1"]);
    }

    #[test]
    fn an_asset_lies_where_it_was_moved() {
        let moved = AssetMoved { asset: AssetId(10), from: GroupId(2), to: GroupId(3) };
        let set = "group_id=3 modified_by=ada modified_at=1 sequence=1";
        assert_eq!(told(Assets, &[moved.into()]), [format!("assets_v2 ~ acme 10 {set}")]);
    }

    #[test]
    fn resources_have_rows_of_their_own_and_go_with_the_asset() {
        let (asset, resource) = (AssetId(10), ResourceId(7));
        let (kind, name) = (ResourceKind::Cpcode, "images".to_owned());
        let registered = ResourceRegistered { asset, resource, kind, name }.into();
        let rows = told(Assets, &[added(), registered]);
        let expected = [
            "asset_resources_v1 + acme 10 7 cpcode images 2",
            "assets_v2 + acme 10 site include 2 ada 1 ada 2 1",
        ];
        assert_eq!(rows, expected);
        let (name, kind, group) = ("site".to_owned(), AssetKind::Include, GroupId(2));
        let before = Asset { name, kind, group, resources: [].into() };
        let removed = AssetRemoved { asset, before, blocked: [].into() };
        let expected = ["asset_resources_v1 - acme 10", "assets_v2 - acme 10"];
        assert_eq!(told(Assets, &[removed.into()]), expected);
    }
}
