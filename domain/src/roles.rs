//! Roles: named sets of permissions that users and API clients hold on groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{GrantedRoleId, Right, RoleId};

/// Who made a role, and so who may change it (Akamai IAM v3, "Create a role").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    Custom,
    Standard,
    Account,
}

/// What holding a role on a group lets one do there and below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Permission {
    #[serde(rename = "read")]
    Read,
    #[serde(rename = "group.admin")]
    GroupAdmin,
    #[serde(rename = "user.admin")]
    UserAdmin,
    #[serde(rename = "role.admin")]
    RoleAdmin,
    #[serde(rename = "asset.move")]
    AssetMove,
    #[serde(rename = "client.admin")]
    ClientAdmin,
}

impl Permission {
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::GroupAdmin,
        Self::UserAdmin,
        Self::RoleAdmin,
        Self::AssetMove,
        Self::ClientAdmin,
    ];

    /// What a bearer holds who may do the same over the native API.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Read => &[Right::GroupRead, Right::UserRead, Right::ClientRead],
            Self::GroupAdmin | Self::AssetMove => &[Right::GroupAdmin],
            Self::UserAdmin | Self::RoleAdmin => &[Right::UserAdmin],
            Self::ClientAdmin => &[Right::ClientAdmin],
        }
    }

    /// The permission of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::GroupAdmin => "group.admin",
            Self::UserAdmin => "user.admin",
            Self::RoleAdmin => "role.admin",
            Self::AssetMove => "asset.move",
            Self::ClientAdmin => "client.admin",
        }
    }
}

/// A role came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleCreated {
    pub role: RoleId,
    pub name: String,
    pub description: String,
    pub kind: RoleKind,
    /// What follows from `granted_roles`, and was granted beside them before there were any.
    pub permissions: BTreeSet<Permission>,
    pub granted_roles: BTreeSet<GrantedRoleId>,
}

/// What can be changed of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleContent {
    pub name: String,
    pub description: String,
    pub permissions: BTreeSet<Permission>,
    pub granted_roles: BTreeSet<GrantedRoleId>,
}

/// A role was renamed, described otherwise, or grants something else from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEdited {
    pub role: RoleId,
    pub before: RoleContent,
    pub after: RoleContent,
}

/// A role that nobody held any more is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDeleted {
    pub role: RoleId,
    pub before: RoleContent,
}

/// What decisions need of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub kind: RoleKind,
    pub content: RoleContent,
}

/// All roles of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    by_id: BTreeMap<RoleId, Role>,
}

impl Roles {
    pub fn get(&self, id: RoleId) -> Option<&Role> {
        self.by_id.get(&id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The role of that name, if there is one.
    pub fn named(&self, name: &str) -> Option<RoleId> {
        self.by_id.iter().find(|(_, role)| role.content.name == name).map(|(id, _)| *id)
    }

    /// The roles that grant `id`.
    pub fn granting(&self, id: GrantedRoleId) -> impl Iterator<Item = RoleId> + '_ {
        let grants = move |role: &Role| role.content.granted_roles.contains(&id);
        self.by_id.iter().filter(move |(_, role)| grants(role)).map(|(id, _)| *id)
    }

    pub fn created(&mut self, fact: &RoleCreated) {
        let content = RoleContent {
            name: fact.name.clone(),
            description: fact.description.clone(),
            permissions: fact.permissions.clone(),
            granted_roles: fact.granted_roles.clone(),
        };
        self.by_id.insert(fact.role, Role { kind: fact.kind, content });
    }

    pub fn edited(&mut self, fact: &RoleEdited) {
        if let Some(role) = self.by_id.get_mut(&fact.role) {
            role.content.clone_from(&fact.after);
        }
    }

    pub fn deleted(&mut self, fact: &RoleDeleted) {
        self.by_id.remove(&fact.role);
    }
}
