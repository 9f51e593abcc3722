//! Assets: the properties and includes that access to groups is about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AssetId, GroupId};

/// What an asset is, in the vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Property,
    Include,
}

/// An asset came under the tenant's care, in `group`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetAdded {
    pub asset: AssetId,
    pub name: String,
    pub kind: AssetKind,
    pub group: GroupId,
}

/// What decisions need of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub name: String,
    pub group: GroupId,
}

/// All assets of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assets {
    by_id: BTreeMap<AssetId, Asset>,
}

impl Assets {
    pub fn get(&self, id: AssetId) -> Option<&Asset> {
        self.by_id.get(&id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The assets that lie in `group` itself.
    pub fn in_group(&self, group: GroupId) -> impl Iterator<Item = AssetId> + '_ {
        self.by_id.iter().filter(move |(_, asset)| asset.group == group).map(|(id, _)| *id)
    }

    pub fn added(&mut self, fact: &AssetAdded) {
        let asset = Asset { name: fact.name.clone(), group: fact.group };
        self.by_id.insert(fact.asset, asset);
    }
}
