//! What happens to API clients.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    AkamaiClientId, ApiAccess, CaptureClientId, ClientAccess, ClientFeature, ClientId, ClientKind,
    CredentialId, GroupAccess, GroupRole, OrganizationId, TokenId, UserId,
};

/// An API client came to be, under all its names at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCreated {
    pub client: ClientId,
    pub akamai_id: AkamaiClientId,
    pub capture_id: CaptureClientId,
    pub name: String,
    pub description: String,
    pub kind: ClientKind,
    /// The user it acts for in the Akamai dialect.
    pub authorized_user: Option<UserId>,
    pub organization: Option<OrganizationId>,
    pub features: BTreeSet<ClientFeature>,
    pub access: Vec<GroupRole>,
    pub tags: BTreeSet<String>,
    /// The client a tenant starts with, which the tenant-clients dialect refuses to change.
    pub is_default: bool,
}

impl ClientCreated {
    /// What it may reach from the start. Who makes a client to call with gives it all APIs; one
    /// that another dialect made has none until it is given some.
    pub fn access(&self) -> ClientAccess {
        let all = self.kind != ClientKind::ServiceAccount;
        let apis = ApiAccess { all, apis: Vec::new() };
        ClientAccess { apis, groups: GroupAccess::own(&self.access) }
    }
}

/// A client may not call any more, until it is unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLocked {
    pub client: ClientId,
}

/// A locked client may call again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientUnlocked {
    pub client: ClientId,
}

/// An inactive client is active again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientActivated {
    pub client: ClientId,
}

/// A client is inactive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDeactivated {
    pub client: ClientId,
}

/// A client is gone; its name is free again. The tenant-clients dialect still shows it, as deleted,
/// until it is purged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDeleted {
    pub client: ClientId,
    pub name: String,
    pub features: BTreeSet<ClientFeature>,
    pub tags: BTreeSet<String>,
    pub credentials: Vec<CredentialId>,
    /// Whether it was active until then.
    pub was_active: bool,
}

/// A client's list of features was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFeaturesSet {
    pub client: ClientId,
    pub before: BTreeSet<ClientFeature>,
    pub after: BTreeSet<ClientFeature>,
}

/// A client has a new secret. What it could sign in with before, in whatever dialect, works until
/// `grace_until`, or not at all any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecretReset {
    pub client: ClientId,
    /// Number of the new secret; the first one is 1.
    pub generation: i64,
    /// Until when the former secret works too; `None` when it ended at once.
    pub grace_until: Option<DateTime<Utc>>,
    /// When what is listed below expires: `grace_until`, or the instant of the reset.
    pub ends_at: DateTime<Utc>,
    /// The EdgeGrid credentials that could outlive the former secret.
    pub credentials: Vec<CredentialId>,
    /// The bearer tokens held by the client that would have outlived it.
    pub tokens: Vec<TokenId>,
}

/// The time in which a client's former secret still worked is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecretGraceEnded {
    pub client: ClientId,
    /// Number of the secret that ended.
    pub generation: i64,
}

/// A client can sign EdgeGrid calls with another token and secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCredentialCreated {
    pub client: ClientId,
    pub credential: CredentialId,
    pub client_token: String,
    pub access_token: String,
    pub expires_at: DateTime<Utc>,
}

/// An EdgeGrid credential works no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCredentialDeactivated {
    pub client: ClientId,
    pub credential: CredentialId,
}

/// A client has another name: Akamai's `clientName`, Capture's `description`, clientms' `name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRenamed {
    pub client: ClientId,
    pub from: String,
    pub to: String,
}

/// A client is described otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDescribed {
    pub client: ClientId,
    pub from: String,
    pub to: String,
}
