//! Moves an asset to another group of the same hierarchy (Akamai IAM v3, "Move a property or
//! include"). Whoever was blocked from it stays blocked: a block is about the user and the asset,
//! and goes where the asset goes.

use domain::{Aggregate, AssetId, AssetMoved, Event, GroupId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Moves an asset to another group of the same hierarchy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveAsset {
    #[schemars(with = "i64")]
    pub asset: AssetId,
    /// The group it lies in: nobody moves what somebody else moved meanwhile.
    #[schemars(with = "i64")]
    pub from: GroupId,
    /// The group it goes to.
    #[schemars(with = "i64")]
    pub to: GroupId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveAssetRejection {
    #[error("there is no asset {0}")]
    AssetUnknown(AssetId),
    #[error("asset {asset} does not lie in group {from}")]
    NotInSource { asset: AssetId, from: GroupId },
    #[error("there is no group {0}")]
    DestinationUnknown(GroupId),
    #[error("group {to} belongs to another hierarchy than group {from}")]
    OtherHierarchy { from: GroupId, to: GroupId },
}

impl Rejection for MoveAssetRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::AssetUnknown(_) => Refusal::not_found("asset_unknown", "asset"),
            Self::NotInSource { .. } => Refusal::invalid("asset_not_in_group", "from"),
            Self::DestinationUnknown(_) => Refusal::not_found("group_unknown", "to"),
            Self::OtherHierarchy { .. } => Refusal::invalid("other_hierarchy", "to"),
        }
    }
}

impl Command for MoveAsset {
    type Rejection = MoveAssetRejection;
    type Fresh = ();
    const NAME: &'static str = "MoveAsset";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::asset(self.asset)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, MoveAssetRejection> {
        use MoveAssetRejection as No;

        let &Self { asset, from, to } = self;
        let found = tenant.assets.get(asset).ok_or(No::AssetUnknown(asset))?;
        if found.group != from {
            return Err(No::NotInSource { asset, from });
        }
        tenant.groups.get(to).ok_or(No::DestinationUnknown(to))?;
        if tenant.groups.line(from).last() != tenant.groups.line(to).last() {
            return Err(No::OtherHierarchy { from, to });
        }
        if from == to {
            return Ok(Vec::new());
        }
        Ok(vec![AssetMoved { asset, from, to }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::sample::{assets, tenant, user};
    use crate::assets::{blocked_in, set_blocked_assets::SetBlockedAssets};
    use crate::groups::DeleteGroup;

    fn decide(asset: i64, from: i64, to: i64) -> Result<Vec<Event>, MoveAssetRejection> {
        let (asset, from, to) = (AssetId(asset), GroupId(from), GroupId(to));
        MoveAsset { asset, from, to }.decide(&tenant(), &Context::sample(()))
    }

    #[test]
    fn an_asset_goes_anywhere_in_its_hierarchy() {
        let fact = |to| AssetMoved { asset: AssetId(21), from: GroupId(2), to: GroupId(to) };
        assert_eq!(decide(21, 2, 3), Ok(vec![fact(3).into()]));
        assert_eq!(decide(21, 2, 1), Ok(vec![fact(1).into()]));
        assert_eq!(decide(21, 2, 2), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_unknown_elsewhere_or_another_hierarchy() {
        use MoveAssetRejection as No;
        let (asset, from) = (AssetId(21), GroupId(2));
        assert_eq!(decide(7, 2, 3), Err(No::AssetUnknown(AssetId(7))));
        assert_eq!(decide(21, 3, 1), Err(No::NotInSource { asset, from: GroupId(3) }));
        assert_eq!(decide(21, 7, 1), Err(No::NotInSource { asset, from: GroupId(7) }));
        assert_eq!(decide(21, 2, 7), Err(No::DestinationUnknown(GroupId(7))));
        assert_eq!(decide(21, 2, 9), Err(No::OtherHierarchy { from, to: GroupId(9) }));
    }

    #[test]
    fn blocks_go_with_it_and_its_group_can_be_deleted_once_it_is_empty() {
        let mut tenant = tenant();
        let delete = DeleteGroup { group: GroupId(2) };
        assert!(delete.decide(&tenant, &Context::sample(())).is_err());
        for asset in [21, 22] {
            let (asset, from, to) = (AssetId(asset), GroupId(2), GroupId(3));
            let events = MoveAsset { asset, from, to }.decide(&tenant, &Context::sample(()));
            events.unwrap().iter().for_each(|event| tenant.apply(event));
        }
        assert!(delete.decide(&tenant, &Context::sample(())).is_ok());
        assert_eq!(blocked_in(&tenant, &user("ada"), GroupId(3)), assets(&[21, 31]));
        let same =
            SetBlockedAssets { user: user("ada"), group: GroupId(3), assets: assets(&[21, 31]) };
        assert_eq!(same.decide(&tenant, &Context::sample(())), Ok(vec![]));
    }
}
