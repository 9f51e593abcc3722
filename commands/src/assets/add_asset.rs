//! Takes a property or include under the tenant's care, in a group. No published API makes one:
//! upstream they come from a neighbouring product.

use domain::{Aggregate, AssetAdded, AssetId, AssetKind, Event, GroupId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::NAME_MAX;
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes a property or include under the tenant's care, in a group.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddAsset {
    /// 1 to 256 characters.
    pub name: String,
    #[schemars(with = "String", extend("enum" = ["property", "include"]))]
    pub kind: AssetKind,
    #[schemars(with = "i64")]
    pub group: GroupId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddAssetRejection {
    #[error("an asset's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
}

impl Rejection for AddAssetRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", "group"),
        }
    }
}

impl Command for AddAsset {
    type Rejection = AddAssetRejection;
    type Fresh = AssetId;
    const NAME: &'static str = "AddAsset";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<AssetId, SealError> {
        mint.number().map(AssetId)
    }

    fn target(&self, _: &Tenant, context: &Context<AssetId>) -> Aggregate {
        Aggregate::asset(context.fresh)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<AssetId>,
    ) -> Result<Vec<Event>, AddAssetRejection> {
        use AddAssetRejection as No;

        let (asset, kind, group) = (context.fresh, self.kind, self.group);
        tenant.groups.get(group).ok_or(No::GroupUnknown(group))?;
        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        Ok(vec![AssetAdded { asset, name: self.name.clone(), kind, group }.into()])
    }

    fn reply(fresh: &AssetId) -> Map<String, Value> {
        Map::from_iter([("asset".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::sample::tenant;

    fn check(name: &str, group: i64, expected: Result<AssetId, AddAssetRejection>) {
        let (name, kind, group) = (name.to_owned(), AssetKind::Property, GroupId(group));
        let command = AddAsset { name: name.clone(), kind, group };
        let fact = |asset| vec![AssetAdded { asset, name, kind, group }.into()];
        let decided = command.decide(&tenant(), &Context::sample(AssetId(7)));
        assert_eq!(decided, expected.map(fact));
    }

    #[test]
    fn an_asset_has_a_name_and_a_group() {
        check("www.acme.com", 1, Ok(AssetId(7)));
        check("", 1, Err(AddAssetRejection::NameInvalid));
        check("www.acme.com", 2, Err(AddAssetRejection::GroupUnknown(GroupId(2))));
    }
}
