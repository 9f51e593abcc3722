//! Organizations: subdivisions of a tenant that users belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::OrganizationId;

/// An organization came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationCreated {
    pub organization: OrganizationId,
    pub name: String,
}

/// All organizations of one tenant, with their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organizations {
    by_id: BTreeMap<OrganizationId, String>,
}

impl Organizations {
    pub fn contains(&self, id: &OrganizationId) -> bool {
        self.by_id.contains_key(id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The organization of that name, if there is one.
    pub fn named(&self, name: &str) -> Option<&OrganizationId> {
        self.by_id.iter().find(|(_, held)| *held == name).map(|(id, _)| id)
    }

    pub fn created(&mut self, fact: &OrganizationCreated) {
        self.by_id.insert(fact.organization.clone(), fact.name.clone());
    }
}
