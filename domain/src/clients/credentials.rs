//! EdgeGrid credentials of an API client.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ClientCredentialCreated, ClientId, CredentialId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CredentialStatus {
    Active,
    Inactive,
    /// Still listed; it never comes back.
    Deleted,
}

/// What may be changed of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialTerms {
    pub status: CredentialStatus,
    pub expires_at: DateTime<Utc>,
    pub description: String,
}

/// A credential is described otherwise, was switched on or off, or lasts longer or shorter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCredentialChanged {
    pub client: ClientId,
    pub credential: CredentialId,
    pub before: CredentialTerms,
    pub after: CredentialTerms,
}

/// A credential is gone for good, and its secret with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCredentialDeleted {
    pub client: ClientId,
    pub credential: CredentialId,
    pub before: CredentialTerms,
}

/// What decisions need of an EdgeGrid credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub client_token: String,
    pub terms: CredentialTerms,
    /// When a reset of its client's secret ended it, or will; nothing puts that off.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Credential {
    /// As it comes to be.
    pub fn created(fact: &ClientCredentialCreated) -> Self {
        let terms = CredentialTerms {
            status: CredentialStatus::Active,
            expires_at: fact.expires_at,
            description: String::new(),
        };
        Self { client_token: fact.client_token.clone(), terms, ends_at: None }
    }

    /// The instant from which on it does not work, whatever its status.
    pub fn end(&self) -> DateTime<Utc> {
        self.ends_at.map_or(self.terms.expires_at, |end| end.min(self.terms.expires_at))
    }

    /// Whether a reset of its client's secret has ended it.
    pub fn was_reset(&self, at: DateTime<Utc>) -> bool {
        self.ends_at.is_some_and(|end| end <= at)
    }

    /// What its status comes to at that instant: whatever does not work any more is inactive.
    pub fn status(&self, at: DateTime<Utc>) -> CredentialStatus {
        match self.terms.status {
            CredentialStatus::Active if at >= self.end() => CredentialStatus::Inactive,
            status @ (CredentialStatus::Active
            | CredentialStatus::Inactive
            | CredentialStatus::Deleted) => status,
        }
    }

    /// Whether it works at that instant, as far as it is concerned; its client may be locked.
    pub fn is_live(&self, at: DateTime<Utc>) -> bool {
        self.status(at) == CredentialStatus::Active
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.terms.status == CredentialStatus::Deleted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn check(status: CredentialStatus, ends_at: Option<i64>, expected: [CredentialStatus; 3]) {
        let terms = CredentialTerms { status, expires_at: at(20), description: String::new() };
        let ends_at = ends_at.map(at);
        let held = Credential { client_token: String::new(), terms, ends_at };
        assert_eq!([9, 10, 20].map(|second| held.status(at(second))), expected);
        assert_eq!(held.is_live(at(9)), expected[0] == CredentialStatus::Active);
    }

    #[test]
    fn what_is_active_works_until_it_expires_or_a_reset_ends_it() {
        use CredentialStatus::{Active, Deleted, Inactive};
        check(Active, None, [Active, Active, Inactive]);
        check(Active, Some(10), [Active, Inactive, Inactive]);
        check(Active, Some(30), [Active, Active, Inactive]);
        check(Inactive, None, [Inactive; 3]);
        check(Deleted, Some(10), [Deleted; 3]);
    }
}
