//! Assets: the properties and includes that access to groups is about, and the resources they use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{AssetId, GroupId, ResourceId, UserId};

/// What an asset is, in the vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Property,
    Include,
}

/// What a resource is, in the vendor's words (Akamai IAM v3, "Get asset's resources"). Where its
/// list of values says `enable`, its text and the product say `cname`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    Arlfile,
    Cpcode,
    Storagegroup,
    Fpdomain,
    Edns,
    Cname,
}

/// An asset came under the tenant's care, in `group`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetAdded {
    pub asset: AssetId,
    pub name: String,
    pub kind: AssetKind,
    pub group: GroupId,
}

/// An asset lies in another group from now on. Whoever was blocked from it stays blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetMoved {
    pub asset: AssetId,
    pub from: GroupId,
    pub to: GroupId,
}

/// An asset is no longer in the tenant's care, nor are its resources and the blocks on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRemoved {
    pub asset: AssetId,
    pub before: Asset,
    /// Who was blocked from it.
    pub blocked: BTreeSet<UserId>,
}

/// An asset uses a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRegistered {
    pub asset: AssetId,
    pub resource: ResourceId,
    pub kind: ResourceKind,
    pub name: String,
}

/// Something that an asset uses. The same one may serve several assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub kind: ResourceKind,
    pub name: String,
}

/// What decisions need of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub name: String,
    pub kind: AssetKind,
    pub group: GroupId,
    pub resources: BTreeMap<ResourceId, Resource>,
}

/// All assets of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assets {
    by_id: BTreeMap<AssetId, Asset>,
    n_resources: usize,
}

impl Assets {
    pub fn get(&self, id: AssetId) -> Option<&Asset> {
        self.by_id.get(&id)
    }

    /// How many assets and resources there are.
    pub fn len(&self) -> usize {
        self.by_id.len() + self.n_resources
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The assets that lie in `group` itself.
    pub fn in_group(&self, group: GroupId) -> impl Iterator<Item = AssetId> + '_ {
        self.by_id.iter().filter(move |(_, asset)| asset.group == group).map(|(id, _)| *id)
    }

    pub fn added(&mut self, fact: &AssetAdded) {
        let (name, kind, group) = (fact.name.clone(), fact.kind, fact.group);
        let asset = Asset { name, kind, group, resources: BTreeMap::new() };
        self.by_id.insert(fact.asset, asset);
    }

    pub fn moved(&mut self, fact: &AssetMoved) {
        if let Some(asset) = self.by_id.get_mut(&fact.asset) {
            asset.group = fact.to;
        }
    }

    pub fn removed(&mut self, fact: &AssetRemoved) {
        if let Some(asset) = self.by_id.remove(&fact.asset) {
            self.n_resources -= asset.resources.len();
        }
    }

    pub fn resource_registered(&mut self, fact: &ResourceRegistered) {
        if let Some(asset) = self.by_id.get_mut(&fact.asset) {
            let resource = Resource { kind: fact.kind, name: fact.name.clone() };
            let is_new = asset.resources.insert(fact.resource, resource).is_none();
            self.n_resources += usize::from(is_new);
        }
    }
}
