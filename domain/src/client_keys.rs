//! Public keys of API clients, which sign for a token with the private half (Zitadel, machine keys).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ClientId, KeyId};

/// A client can sign in with the private half of this key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKeyAdded {
    pub client: ClientId,
    pub key: KeyId,
    /// RSA, in PEM form.
    pub public_key: String,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key of a client counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKeyRemoved {
    pub client: ClientId,
    pub key: KeyId,
}

/// The keys of one tenant's clients.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKeys {
    by_id: BTreeMap<KeyId, ClientId>,
}

impl ClientKeys {
    /// Whose key it is.
    pub fn client(&self, key: &KeyId) -> Option<ClientId> {
        self.by_id.get(key).copied()
    }

    /// How many keys a client has.
    pub fn count(&self, client: ClientId) -> usize {
        self.by_id.values().filter(|held| **held == client).count()
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn added(&mut self, fact: &ClientKeyAdded) {
        self.by_id.insert(fact.key.clone(), fact.client);
    }

    pub fn removed(&mut self, fact: &ClientKeyRemoved) {
        self.by_id.remove(&fact.key);
    }
}
