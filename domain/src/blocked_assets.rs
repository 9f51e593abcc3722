//! Who is kept from which asset, whatever their roles say. It is one fact about a user and an
//! asset, written and read from either side (Akamai IAM v3, "Blocked assets" and "Block users from
//! a property or include"). The group in the one path only says where the asset lies, so a block
//! goes with its asset when that is moved.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{AssetId, AssetRemoved, GroupId, OrganizationId, UserId};

/// What a user is kept from in one group was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserBlockedAssetsSet {
    pub user: UserId,
    /// Where the user belongs.
    pub organization: OrganizationId,
    /// Where all these assets lie.
    pub group: GroupId,
    pub before: BTreeSet<AssetId>,
    pub after: BTreeSet<AssetId>,
}

/// All blocks of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedAssets {
    by_user: BTreeMap<UserId, BTreeSet<AssetId>>,
    n_blocks: usize,
}

impl BlockedAssets {
    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.n_blocks
    }

    pub fn is_empty(&self) -> bool {
        self.by_user.is_empty()
    }

    /// What the user is kept from, in whatever group it lies.
    pub fn of_user(&self, user: &UserId) -> impl Iterator<Item = AssetId> + '_ {
        self.by_user.get(user).into_iter().flatten().copied()
    }

    /// The users who are kept from the asset.
    pub fn of_asset(&self, asset: AssetId) -> impl Iterator<Item = &UserId> {
        self.by_user.iter().filter(move |(_, blocked)| blocked.contains(&asset)).map(|(id, _)| id)
    }

    pub fn set(&mut self, fact: &UserBlockedAssetsSet) {
        let blocked = self.by_user.entry(fact.user.clone()).or_default();
        self.n_blocks -= blocked.len();
        blocked.retain(|asset| !fact.before.contains(asset));
        blocked.extend(&fact.after);
        self.n_blocks += blocked.len();
        if blocked.is_empty() {
            self.by_user.remove(&fact.user);
        }
    }

    /// The user is no more.
    pub fn forget(&mut self, user: &UserId) {
        self.n_blocks -= self.by_user.remove(user).map_or(0, |blocked| blocked.len());
    }

    pub fn asset_removed(&mut self, fact: &AssetRemoved) {
        self.by_user.retain(|_, blocked| {
            self.n_blocks -= usize::from(blocked.remove(&fact.asset));
            !blocked.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Asset, AssetKind};

    fn set(user: &str, before: &[i64], after: &[i64]) -> UserBlockedAssetsSet {
        let assets = |ids: &[i64]| ids.iter().copied().map(AssetId).collect();
        UserBlockedAssetsSet {
            user: UserId(user.to_owned()),
            organization: OrganizationId("5".to_owned()),
            group: GroupId(1),
            before: assets(before),
            after: assets(after),
        }
    }

    #[test]
    fn a_group_is_replaced_and_the_others_stay() {
        let mut blocked = BlockedAssets::default();
        for (user, before, after) in [
            ("ada", &[][..], &[1, 2][..]),
            ("ada", &[], &[7]),
            ("bob", &[], &[2]),
            ("ada", &[1, 2], &[2, 3]),
        ] {
            blocked.set(&set(user, before, after));
        }
        let ada = UserId("ada".to_owned());
        assert_eq!(blocked.of_user(&ada).collect::<Vec<_>>(), [2, 3, 7].map(AssetId));
        assert_eq!(blocked.of_asset(AssetId(2)).count(), 2);
        assert_eq!(blocked.of_asset(AssetId(1)).count(), 0);
        assert_eq!(blocked.len(), 4);
    }

    #[test]
    fn nothing_is_left_of_an_asset_that_is_gone() {
        let mut blocked = BlockedAssets::default();
        blocked.set(&set("ada", &[], &[1, 2]));
        blocked.set(&set("bob", &[], &[2]));
        let (name, kind, group) = (String::new(), AssetKind::Property, GroupId(1));
        let before = Asset { name, kind, group, resources: BTreeMap::new() };
        let removed = AssetRemoved { asset: AssetId(2), before, blocked: BTreeSet::new() };
        blocked.asset_removed(&removed);
        let mut expected = BlockedAssets::default();
        expected.set(&set("ada", &[], &[1]));
        assert_eq!((&blocked, blocked.len()), (&expected, 1));
    }
}
