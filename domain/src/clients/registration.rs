//! What the tenant-clients dialect alone tells of an API client.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ClientId, Personal, RoleId};

/// An address at which somebody answers for a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactEmail {
    pub address: String,
    /// Keyed hash of the address in lower case, hexadecimal: compared, and nothing else.
    pub email_lookup: String,
}

/// What is told of a client beside what all dialects know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Sealed under a key of the client's own.
    pub email: Option<Personal<ContactEmail>>,
    /// Who answers for it: the subject of a token, of whatever issuer.
    pub owner: Option<String>,
    pub project: Option<String>,
    /// Under what an authorization server knows it; the client's id if absent.
    pub hydra_client: Option<String>,
    pub oidc_enabled: bool,
    /// `application`, `ai_agent` or `m2m_service`.
    pub client_type: String,
    pub agent_type: Option<String>,
    /// Why it is not active, where that is not just `Inactive`.
    pub status: Option<String>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            email: None,
            owner: None,
            project: None,
            hydra_client: None,
            oidc_enabled: false,
            client_type: "application".to_owned(),
            agent_type: None,
            status: None,
        }
    }
}

/// A second factor of whoever uses a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mfa {
    /// Empty where there is none.
    pub methods: BTreeSet<String>,
    /// One of the methods.
    pub default_method: Option<String>,
    pub enrolled_at: Option<DateTime<Utc>>,
    pub is_verified: bool,
}

/// A client that has just come to be was registered with more than all dialects know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRegistered {
    pub client: ClientId,
    pub registration: Registration,
}

/// What is told of a client was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRegistrationChanged {
    pub client: ClientId,
    pub before: Box<Registration>,
    pub after: Box<Registration>,
}

/// A client carries other tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientTagged {
    pub client: ClientId,
    pub before: BTreeSet<String>,
    pub after: BTreeSet<String>,
}

/// A client holds one more role of its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRoleGranted {
    pub client: ClientId,
    pub role: RoleId,
}

/// A client holds a role no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRoleRevoked {
    pub client: ClientId,
    pub role: RoleId,
}

/// A second factor was enrolled, verified, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMfaChanged {
    pub client: ClientId,
    pub before: Mfa,
    pub after: Mfa,
}

/// A deleted client is not even shown as such any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientPurged {
    pub client: ClientId,
}
