//! Keeps users from an asset (Akamai IAM v3, "Block users from a property or include"). It adds to
//! the blocks there are: the published example answers with users that are blocked and others that
//! are not, which would make no sense if the list replaced all.

use std::collections::BTreeSet;

use domain::{Aggregate, AssetId, Event, Right, Tenant, UserBlockedAssetsSet, UserId};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::blocked_in;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Keeps users from an asset, whatever their roles say. Others who are kept from it stay so.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlockUsersOnAsset {
    #[schemars(with = "i64")]
    pub asset: AssetId,
    #[schemars(with = "Vec<String>")]
    pub users: Vec<UserId>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockUsersOnAssetRejection {
    #[error("there is no asset {0}")]
    AssetUnknown(AssetId),
    #[error("there is no user {0}")]
    UserUnknown(UserId),
}

impl Rejection for BlockUsersOnAssetRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::AssetUnknown(_) => Refusal::not_found("asset_unknown", "asset"),
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "users"),
        }
    }
}

impl Command for BlockUsersOnAsset {
    type Rejection = BlockUsersOnAssetRejection;
    type Fresh = ();
    const NAME: &'static str = "BlockUsersOnAsset";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        let ids = self.users.iter().map(|user| user.as_str().len());
        size_of_val(self) + size_of_val(self.users.as_slice()) + ids.sum::<usize>()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::asset(self.asset)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context,
    ) -> Result<Vec<Event>, BlockUsersOnAssetRejection> {
        use BlockUsersOnAssetRejection as No;

        let asset = self.asset;
        let group = tenant.assets.get(asset).ok_or(No::AssetUnknown(asset))?.group;
        let mut events = Vec::new();
        for user in self.users.iter().collect::<BTreeSet<_>>() {
            let found = tenant.users.get(user).ok_or_else(|| No::UserUnknown(user.clone()))?;
            let before = blocked_in(tenant, user, group);
            let after: BTreeSet<_> = before.iter().copied().chain([asset]).collect();
            if before != after {
                let (user, organization) = (user.clone(), found.organization.clone());
                let fact = UserBlockedAssetsSet { user, organization, group, before, after };
                events.push(fact.into());
            }
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::sample::{blocked, tenant, user};

    fn decide(asset: i64, names: &[&str]) -> Result<Vec<Event>, BlockUsersOnAssetRejection> {
        let users = names.iter().map(|name| user(name)).collect();
        let command = BlockUsersOnAsset { asset: AssetId(asset), users };
        command.decide(&tenant(), &Context::sample(()))
    }

    #[test]
    fn blocks_are_added_to_those_there_are() {
        let facts = vec![blocked("ada", 2, &[21], &[21, 22]), blocked("cy", 2, &[], &[22])];
        assert_eq!(decide(22, &["cy", "ada", "cy"]), Ok(facts));
    }

    #[test]
    fn whoever_is_blocked_already_stays_so() {
        assert_eq!(decide(21, &["ada"]), Ok(vec![]));
        assert_eq!(decide(21, &["ada", "bob"]), Ok(vec![blocked("bob", 2, &[], &[21])]));
        assert_eq!(decide(21, &[]), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_unknown_as_a_whole() {
        use BlockUsersOnAssetRejection as No;
        assert_eq!(decide(7, &["ada"]), Err(No::AssetUnknown(AssetId(7))));
        assert_eq!(decide(22, &["bob", "dan"]), Err(No::UserUnknown(user("dan"))));
    }
}
