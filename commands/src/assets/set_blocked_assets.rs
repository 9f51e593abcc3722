//! Replaces what a user is kept from in one group (Akamai IAM v3, "Update blocked properties and
//! includes"). What they are kept from in other groups stays.

use std::collections::BTreeSet;

use domain::{Aggregate, AssetId, Event, GroupId, Right, Tenant, UserBlockedAssetsSet, UserId};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::blocked_in;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces what a user is kept from in one group, whatever their roles say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetBlockedAssets {
    #[schemars(with = "String")]
    pub user: UserId,
    /// Where the assets lie.
    #[schemars(with = "i64")]
    pub group: GroupId,
    /// All assets of the group that the user is kept from, from now on.
    #[schemars(with = "Vec<i64>")]
    pub assets: Vec<AssetId>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetBlockedAssetsRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
    #[error("there is no asset {asset} in group {group}")]
    NotInGroup { asset: AssetId, group: GroupId },
}

impl Rejection for SetBlockedAssetsRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", "group"),
            Self::NotInGroup { .. } => Refusal::invalid("asset_not_in_group", "assets"),
        }
    }
}

impl Command for SetBlockedAssets {
    type Rejection = SetBlockedAssetsRejection;
    type Fresh = ();
    const NAME: &'static str = "SetBlockedAssets";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + size_of_val(self.assets.as_slice())
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context,
    ) -> Result<Vec<Event>, SetBlockedAssetsRejection> {
        use SetBlockedAssetsRejection as No;

        let (user, group) = (self.user.clone(), self.group);
        let found = tenant.users.get(&user).ok_or_else(|| No::UserUnknown(user.clone()))?;
        tenant.groups.get(group).ok_or(No::GroupUnknown(group))?;
        let lies_elsewhere =
            |id: &&AssetId| tenant.assets.get(**id).is_none_or(|it| it.group != group);
        if let Some(asset) = self.assets.iter().find(lies_elsewhere) {
            return Err(No::NotInGroup { asset: *asset, group });
        }
        let before = blocked_in(tenant, &user, group);
        let after: BTreeSet<_> = self.assets.iter().copied().collect();
        if before == after {
            return Ok(Vec::new());
        }
        let organization = found.organization.clone();
        Ok(vec![UserBlockedAssetsSet { user, organization, group, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::sample::{assets, blocked, tenant, user};

    fn decide(
        name: &str,
        group: i64,
        ids: &[i64],
    ) -> Result<Vec<Event>, SetBlockedAssetsRejection> {
        let command =
            SetBlockedAssets { user: user(name), group: GroupId(group), assets: assets(ids) };
        command.decide(&tenant(), &Context::sample(()))
    }

    #[test]
    fn one_group_is_replaced() {
        assert_eq!(decide("bob", 2, &[22, 21, 22]), Ok(vec![blocked("bob", 2, &[], &[21, 22])]));
        assert_eq!(decide("ada", 2, &[22]), Ok(vec![blocked("ada", 2, &[21], &[22])]));
        assert_eq!(decide("ada", 2, &[]), Ok(vec![blocked("ada", 2, &[21], &[])]));
    }

    #[test]
    fn nothing_happens_when_nothing_changes() {
        assert_eq!(decide("ada", 2, &[21, 21]), Ok(vec![]));
        assert_eq!(decide("bob", 2, &[]), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_unknown_or_lies_elsewhere() {
        use SetBlockedAssetsRejection as No;
        let elsewhere = |asset| Err(No::NotInGroup { asset: AssetId(asset), group: GroupId(2) });
        assert_eq!(decide("dan", 2, &[]), Err(No::UserUnknown(user("dan"))));
        assert_eq!(decide("ada", 7, &[]), Err(No::GroupUnknown(GroupId(7))));
        assert_eq!(decide("ada", 2, &[21, 31]), elsewhere(31));
        assert_eq!(decide("ada", 2, &[99]), elsewhere(99));
    }
}
