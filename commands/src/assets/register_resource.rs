//! Records that an asset uses a resource, such as a CP code. No published API does so: upstream it
//! follows from the asset's configuration.

use domain::{
    Aggregate, AssetId, Event, Resource, ResourceId, ResourceKind, ResourceRegistered, Right,
    Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::NAME_MAX;
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Whole numbers that every JSON reader keeps exact end below this one.
const ID_END: i64 = 1 << 53;

/// Records that an asset uses a resource. The same one may serve several assets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterResource {
    #[schemars(with = "i64")]
    pub asset: AssetId,
    /// Its id where it has one already; drawn if absent.
    #[schemars(with = "Option<i64>")]
    pub resource: Option<ResourceId>,
    #[schemars(with = "String", extend("enum" = ["arlfile", "cpcode", "storagegroup", "fpdomain", "edns", "cname"]))]
    pub kind: ResourceKind,
    /// 1 to 256 characters.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterResourceRejection {
    #[error("there is no asset {0}")]
    AssetUnknown(AssetId),
    #[error("a resource's id is a whole number from 1 to 2^53 - 1, not {0}")]
    IdInvalid(ResourceId),
    #[error("a resource's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("asset {asset} uses another resource {resource}")]
    ResourceTaken { asset: AssetId, resource: ResourceId },
}

impl Rejection for RegisterResourceRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::AssetUnknown(_) => Refusal::not_found("asset_unknown", "asset"),
            Self::IdInvalid(_) => Refusal::invalid("resource_invalid", "resource"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::ResourceTaken { asset, .. } => {
                let by = vec![Aggregate::asset(*asset)];
                Refusal::conflict("resource_taken", by).about("resource")
            }
        }
    }
}

impl Command for RegisterResource {
    type Rejection = RegisterResourceRejection;
    type Fresh = ResourceId;
    const NAME: &'static str = "RegisterResource";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<ResourceId, SealError> {
        let drawn = mint.number()?;
        Ok(self.resource.unwrap_or(ResourceId(drawn)))
    }

    fn target(&self, _: &Tenant, _: &Context<ResourceId>) -> Aggregate {
        Aggregate::asset(self.asset)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<ResourceId>,
    ) -> Result<Vec<Event>, RegisterResourceRejection> {
        use RegisterResourceRejection as No;

        let (asset, resource) = (self.asset, context.fresh);
        let found = tenant.assets.get(asset).ok_or(No::AssetUnknown(asset))?;
        if !(1..ID_END).contains(&resource.0) {
            return Err(No::IdInvalid(resource));
        }
        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        let asked = Resource { kind: self.kind, name: self.name.clone() };
        match found.resources.get(&resource) {
            Some(held) if *held == asked => Ok(Vec::new()),
            Some(_) => Err(No::ResourceTaken { asset, resource }),
            None => {
                let Resource { kind, name } = asked;
                Ok(vec![ResourceRegistered { asset, resource, kind, name }.into()])
            }
        }
    }

    fn reply(fresh: &ResourceId) -> Map<String, Value> {
        Map::from_iter([("resource".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::assets::sample::tenant;
    use crate::mint::sample;

    fn decide(body: Value) -> Result<Vec<Event>, RegisterResourceRejection> {
        let mut command: RegisterResource = serde_json::from_value(body).unwrap();
        let keys = sample::keys(&tenant().id);
        let fresh = command.draw(&mut sample::mint(&tenant().id, &keys, 41)).unwrap();
        command.decide(&tenant(), &Context::sample(fresh))
    }

    fn registered(resource: i64, kind: ResourceKind, name: &str) -> Vec<Event> {
        let (asset, resource, name) = (AssetId(21), ResourceId(resource), name.to_owned());
        vec![ResourceRegistered { asset, resource, kind, name }.into()]
    }

    #[test]
    fn a_resource_keeps_its_id_or_gets_one() {
        let drawn = decide(json!({"asset": 21, "kind": "cname", "name": "www.acme.com"}));
        assert_eq!(drawn, Ok(registered(41, ResourceKind::Cname, "www.acme.com")));
        let kept = json!({"asset": 21, "resource": 8, "kind": "storagegroup", "name": "films"});
        assert_eq!(decide(kept), Ok(registered(8, ResourceKind::Storagegroup, "films")));
        let again = json!({"asset": 21, "resource": 7, "kind": "cpcode", "name": "images"});
        assert_eq!(decide(again), Ok(vec![]));
    }

    #[test]
    fn refuses_what_no_resource_can_be() {
        use RegisterResourceRejection as No;
        let with = |asset: i64, resource: i64, name: &str| {
            decide(json!({"asset": asset, "resource": resource, "kind": "edns", "name": name}))
        };
        let (asset, resource) = (AssetId(21), ResourceId(7));
        assert_eq!(with(9, 8, "a"), Err(No::AssetUnknown(AssetId(9))));
        assert_eq!(with(21, 0, "a"), Err(No::IdInvalid(ResourceId(0))));
        assert_eq!(with(21, 1 << 53, "a"), Err(No::IdInvalid(ResourceId(1 << 53))));
        assert_eq!(with(21, 8, " "), Err(No::NameInvalid));
        assert_eq!(with(21, 7, "images"), Err(No::ResourceTaken { asset, resource }));
    }
}
