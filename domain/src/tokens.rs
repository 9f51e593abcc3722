//! Bearer tokens: who holds one and what it lets them do. The secret half is only in the vault.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ActorKind, ClientSecretReset, OrganizationId, Rights, TokenId};

/// A bearer token was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenIssued {
    pub token: TokenId,
    pub name: String,
    /// Whom it speaks for: a user, a client, or the token itself.
    pub holder: ActorKind,
    pub holder_id: String,
    pub rights: Rights,
    /// Rights that an organization scopes hold in this one only; in all of the tenant if absent.
    pub organization: Option<OrganizationId>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A bearer token works no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    pub token: TokenId,
}

/// What decisions need of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub name: String,
    pub holder: ActorKind,
    pub holder_id: String,
    pub revoked: bool,
    pub expires_at: Option<DateTime<Utc>>,
}

/// All bearer tokens of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    by_id: BTreeMap<TokenId, Token>,
}

impl Tokens {
    pub fn get(&self, id: &TokenId) -> Option<&Token> {
        self.by_id.get(id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The tokens that speak for a user, a client, or themselves.
    pub fn held_by(&self, holder: ActorKind, id: &str) -> impl Iterator<Item = (&TokenId, &Token)> {
        self.by_id.iter().filter(move |(_, token)| token.holder == holder && token.holder_id == id)
    }

    pub fn issued(&mut self, fact: &TokenIssued) {
        let token = Token {
            name: fact.name.clone(),
            holder: fact.holder,
            holder_id: fact.holder_id.clone(),
            revoked: false,
            expires_at: fact.expires_at,
        };
        self.by_id.insert(fact.token.clone(), token);
    }

    pub fn revoked(&mut self, fact: &TokenRevoked) {
        if let Some(token) = self.by_id.get_mut(&fact.token) {
            token.revoked = true;
        }
    }

    /// Some of a client's tokens expire with its former secret.
    pub fn secret_reset(&mut self, fact: &ClientSecretReset) {
        for id in &fact.tokens {
            if let Some(token) = self.by_id.get_mut(id) {
                token.expires_at = Some(fact.ends_at);
            }
        }
    }
}
