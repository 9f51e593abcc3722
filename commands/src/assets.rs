//! Commands on assets.

mod add_asset;

pub use add_asset::{AddAsset, AddAssetRejection};
