//! Tokens that let somebody act on one record through one API client, and codes that are exchanged
//! for them. Their secret halves are only in the vault. All of them die with their client.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ClientDeleted, ClientId, RecordId, TokenId};

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordTokenKind {
    /// Acting on its record until it expires.
    Access,
    /// Being exchanged once for an access token.
    AuthorizationCode,
    /// Creating records until it expires.
    Creation,
    /// Proving once that somebody got it.
    Verification,
}

impl RecordTokenKind {
    /// Whether it ends with its use.
    pub fn is_single_use(self) -> bool {
        match self {
            Self::AuthorizationCode | Self::Verification => true,
            Self::Access | Self::Creation => false,
        }
    }
}

/// A token was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTokenIssued {
    pub token: TokenId,
    pub kind: RecordTokenKind,
    /// The client it works for.
    pub client: ClientId,
    /// The record it is about; a creation token is about none yet.
    pub record: Option<RecordId>,
    /// Where its exchange must come from.
    pub redirect_uri: Option<String>,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A token that works once was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTokenUsed {
    pub token: TokenId,
    pub client: ClientId,
}

/// What decisions need of a token that works once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCode {
    pub kind: RecordTokenKind,
    pub client: ClientId,
    pub record: Option<RecordId>,
    pub redirect_uri: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// The tokens of one tenant that work once and were not used. Of the others no decision is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCodes {
    by_id: BTreeMap<TokenId, RecordCode>,
}

impl RecordCodes {
    pub fn get(&self, id: &TokenId) -> Option<&RecordCode> {
        self.by_id.get(id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Keeps it, and forgets what had expired a day before.
    pub fn issued(&mut self, fact: &RecordTokenIssued) {
        if !fact.kind.is_single_use() {
            return;
        }
        let long_ago = fact.issued_at - chrono::TimeDelta::days(1);
        self.by_id.retain(|_, code| code.expires_at > long_ago);
        let code = RecordCode {
            kind: fact.kind,
            client: fact.client,
            record: fact.record,
            redirect_uri: fact.redirect_uri.clone(),
            expires_at: fact.expires_at,
        };
        self.by_id.insert(fact.token.clone(), code);
    }

    pub fn used(&mut self, fact: &RecordTokenUsed) {
        self.by_id.remove(&fact.token);
    }

    pub fn client_deleted(&mut self, fact: &ClientDeleted) {
        self.by_id.retain(|_, code| code.client != fact.client);
    }
}
