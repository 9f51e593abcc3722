//! Who is kept from which asset: a row for each pair, found from either side.

use domain::{AssetId, Event, TenantId, UserBlockedAssetsSet, UserId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static BLOCKED: Table = Table {
    name: "blocked_assets_v1",
    columns: &[Column::text("tenant"), Column::text("user_id"), Column::int("asset_id")],
    key: 3,
    indexes: &[&["tenant", "asset_id", "user_id"]],
};

/// Keeps one row for each block.
#[derive(Debug)]
pub(crate) struct BlockedAssets;

impl Projection for BlockedAssets {
    fn name(&self) -> &'static str {
        BLOCKED.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&BLOCKED]
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
            Event::UserBlockedAssetsSet(fact) => {
                let UserBlockedAssetsSet { user, before, after, .. } = fact;
                for asset in before.difference(after) {
                    changes.delete(&BLOCKED, values![tenant, user.as_str(), asset.0])?;
                }
                for asset in after.difference(before) {
                    changes.upsert(&BLOCKED, values![tenant, user.as_str(), asset.0])?;
                }
            }
            Event::UserDeleted(fact) => {
                changes.delete(&BLOCKED, values![tenant, fact.user.as_str()])?;
            }
            Event::AssetRemoved(fact) => {
                for user in &fact.blocked {
                    changes.delete(&BLOCKED, values![tenant, user.as_str(), fact.asset.0])?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

const OF_USER: &str =
    "select asset_id from blocked_assets_v1 where tenant = $1 and user_id = $2 order by asset_id";

const OF_ASSET: &str =
    "select user_id from blocked_assets_v1 where tenant = $1 and asset_id = $2 order by user_id";

pub(crate) const STATEMENTS: &[&str] = &[OF_USER, OF_ASSET];

/// All assets that the user is kept from, by id.
pub async fn of_user(
    views: &Views,
    tenant: &TenantId,
    user: &UserId,
) -> Result<Vec<AssetId>, ViewError> {
    let rows = views.rows(BLOCKED.name, tenant, OF_USER, &values![user.as_str()]).await?;
    rows.into_iter().map(|mut row| row.int().map(AssetId)).collect()
}

/// All users who are kept from the asset, by id.
pub async fn of_asset(
    views: &Views,
    tenant: &TenantId,
    asset: AssetId,
) -> Result<Vec<UserId>, ViewError> {
    let rows = views.rows(BLOCKED.name, tenant, OF_ASSET, &values![asset.0]).await?;
    rows.into_iter().map(|mut row| row.text().map(UserId)).collect()
}

#[cfg(test)]
mod tests {
    use domain::{Asset, AssetKind, AssetRemoved, GroupId, OrganizationId};

    use super::*;
    use crate::sample::told;

    fn set(before: &[i64], after: &[i64]) -> Event {
        let assets = |ids: &[i64]| ids.iter().copied().map(AssetId).collect();
        let (user, organization) = (UserId("A-B-1".to_owned()), OrganizationId("7".to_owned()));
        let (before, after) = (assets(before), assets(after));
        UserBlockedAssetsSet { user, organization, group: GroupId(2), before, after }.into()
    }

    #[test]
    fn what_is_no_longer_listed_goes_and_what_is_new_comes() {
        let rows = told(BlockedAssets, &[set(&[10, 11], &[11, 12])]);
        let expected = ["blocked_assets_v1 - acme A-B-1 10", "blocked_assets_v1 + acme A-B-1 12"];
        assert_eq!(rows, expected);
        let rows = told(BlockedAssets, &[set(&[], &[10]), set(&[10], &[])]);
        assert_eq!(rows, ["blocked_assets_v1 - acme A-B-1 10"]);
    }

    #[test]
    fn blocks_go_with_their_asset() {
        let (name, kind, group) = ("site".to_owned(), AssetKind::Property, GroupId(2));
        let before = Asset { name, kind, group, resources: [].into() };
        let blocked = ["A-B-1", "A-B-2"].map(|id| UserId(id.to_owned())).into();
        let removed = AssetRemoved { asset: AssetId(10), before, blocked };
        let expected = ["blocked_assets_v1 - acme A-B-1 10", "blocked_assets_v1 - acme A-B-2 10"];
        assert_eq!(told(BlockedAssets, &[removed.into()]), expected);
    }
}
