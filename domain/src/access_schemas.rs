//! Which attributes of records an API client may touch. A client that has no schema of a kind may
//! touch all that its features let it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{ClientDeleted, ClientId};

/// What a schema narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessKind {
    Read,
    Write,
    /// With the token of the person whose record it is.
    ReadWithToken,
    WriteWithToken,
}

impl AccessKind {
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::ReadWithToken, Self::WriteWithToken];

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::ReadWithToken => "read_with_token",
            Self::WriteWithToken => "write_with_token",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A client may touch these attributes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessSchemaSet {
    pub client: ClientId,
    pub entity_type: String,
    pub kind: AccessKind,
    /// `None` when it might touch all of them.
    pub before: Option<BTreeSet<String>>,
    /// Paths, `primaryAddress.city`; one stands for all that is below it.
    pub after: BTreeSet<String>,
}

/// The schemas of one tenant's clients, as far as they have any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessSchemas {
    by_client: BTreeMap<ClientId, BTreeMap<AccessKind, BTreeSet<String>>>,
}

impl AccessSchemas {
    /// What the client may touch; `None` when it may touch everything.
    pub fn of(&self, client: ClientId, kind: AccessKind) -> Option<&BTreeSet<String>> {
        self.by_client.get(&client)?.get(&kind)
    }

    pub fn len(&self) -> usize {
        self.by_client.values().map(BTreeMap::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.by_client.is_empty()
    }

    pub fn set(&mut self, fact: &AccessSchemaSet) {
        let schemas = self.by_client.entry(fact.client).or_default();
        schemas.insert(fact.kind, fact.after.clone());
    }

    pub fn client_deleted(&mut self, fact: &ClientDeleted) {
        self.by_client.remove(&fact.client);
    }
}
