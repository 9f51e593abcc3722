//! Takes an asset out of the tenant's care, with its resources and the blocks on it. No published
//! API removes one: upstream that happens in a neighbouring product.

use domain::{Aggregate, AssetId, AssetRemoved, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes an asset out of the tenant's care, with its resources and the blocks on it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveAsset {
    #[schemars(with = "i64")]
    pub asset: AssetId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveAssetRejection {
    #[error("there is no asset {0}")]
    AssetUnknown(AssetId),
}

impl Rejection for RemoveAssetRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::AssetUnknown(_) => Refusal::not_found("asset_unknown", "asset"),
        }
    }
}

impl Command for RemoveAsset {
    type Rejection = RemoveAssetRejection;
    type Fresh = ();
    const NAME: &'static str = "RemoveAsset";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::asset(self.asset)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, RemoveAssetRejection> {
        let asset = self.asset;
        let found = tenant.assets.get(asset);
        let before = found.cloned().ok_or(RemoveAssetRejection::AssetUnknown(asset))?;
        let blocked = tenant.blocked_assets.of_asset(asset).cloned().collect();
        Ok(vec![AssetRemoved { asset, before, blocked }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::sample::{tenant, user};

    #[test]
    fn an_asset_goes_with_all_that_hangs_on_it() {
        let mut tenant = tenant();
        let command = RemoveAsset { asset: AssetId(21) };
        let events = command.decide(&tenant, &Context::sample(())).unwrap();
        let before = tenant.assets.get(AssetId(21)).unwrap().clone();
        assert_eq!(before.resources.len(), 1);
        let blocked = [user("ada")].into();
        assert_eq!(events, [AssetRemoved { asset: AssetId(21), before, blocked }.into()]);
        for event in &events {
            tenant.apply(event);
        }
        assert_eq!(tenant.blocked_assets.len(), 1, "what Ada is kept from elsewhere stays");
        let gone = RemoveAssetRejection::AssetUnknown(AssetId(21));
        assert_eq!(command.decide(&tenant, &Context::sample(())), Err(gone));
    }
}
