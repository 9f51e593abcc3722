//! Commands on assets, what they use, and who is kept from them.

mod add_asset;
mod block_users_on_asset;
mod move_asset;
mod register_resource;
mod remove_asset;
mod set_blocked_assets;

pub use add_asset::{AddAsset, AddAssetRejection};
pub use block_users_on_asset::{BlockUsersOnAsset, BlockUsersOnAssetRejection};
pub use move_asset::{MoveAsset, MoveAssetRejection};
pub use register_resource::{RegisterResource, RegisterResourceRejection};
pub use remove_asset::{RemoveAsset, RemoveAssetRejection};
pub use set_blocked_assets::{SetBlockedAssets, SetBlockedAssetsRejection};

use std::collections::BTreeSet;

use domain::{AssetId, GroupId, Tenant, UserId};

/// How many characters the name of an asset or a resource may have.
const NAME_MAX: usize = 256;

/// What the user is kept from among the assets of one group.
fn blocked_in(tenant: &Tenant, user: &UserId, group: GroupId) -> BTreeSet<AssetId> {
    let lies_there = |id: &AssetId| tenant.assets.get(*id).is_some_and(|it| it.group == group);
    tenant.blocked_assets.of_user(user).filter(lies_there).collect()
}

#[cfg(test)]
mod sample;
