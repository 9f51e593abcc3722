//! The vault: sealed secrets, found by their public half. An unknown credential is refused by one
//! probe of `(kind, public id)`, which is unique in the whole installation.

use domain::TenantId;

/// What a row of the vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VaultKind {
    /// A tenant's key, wrapped by the master key. Public id: the tenant.
    TenantKey,
    /// A month's key for caller addresses. Public id: `<tenant>/<yyyy-mm>`.
    AddressKey,
    /// A person's key. Public id: the subject.
    SubjectKey,
    /// A client's secret. Public id: `<capture id>.<generation>`. Owner: the client.
    ClientSecret,
    /// Secret and access token of an EdgeGrid credential. Public id: the client token. Owner: the
    /// client.
    EdgeGrid,
    /// Hash of a bearer token. Public id: the token id. Owner: the same.
    Bearer,
    /// Secret that a tenant's JSON web tokens are signed with. Public id:
    /// `<tenant>.<generation>`.
    SigningSecret,
    /// Hash of a user's password. Public id: `<tenant>/<user>.<generation>`. Owner: the user.
    Password,
    /// A mail with a password that waits to be handed over. Public id: `<tenant>/<mail>`. Owner:
    /// the user.
    Mail,
    /// What a webhook signs with. Public id: `<tenant>/<webhook>.<generation>`. Owner: the webhook.
    WebhookSecret,
}

impl VaultKind {
    pub const ALL: [Self; 10] = [
        Self::TenantKey,
        Self::AddressKey,
        Self::SubjectKey,
        Self::ClientSecret,
        Self::EdgeGrid,
        Self::Bearer,
        Self::SigningSecret,
        Self::Password,
        Self::Mail,
        Self::WebhookSecret,
    ];

    /// The name it is stored by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TenantKey => "tenant_key",
            Self::AddressKey => "address_key",
            Self::SubjectKey => "subject_key",
            Self::ClientSecret => "client_secret",
            Self::EdgeGrid => "edgegrid",
            Self::Bearer => "bearer",
            Self::SigningSecret => "signing_secret",
            Self::Password => "password",
            Self::Mail => "mail",
            Self::WebhookSecret => "webhook_secret",
        }
    }
}

/// A sealed secret and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultRow {
    pub kind: VaultKind,
    pub public_id: String,
    pub tenant: TenantId,
    /// Id of the aggregate it belongs to.
    pub owner: String,
    pub sealed: Vec<u8>,
}

/// What an append does to the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultWrite {
    /// Refused, with the whole statement, when that public id is taken.
    Insert(VaultRow),
    /// No harm when it is gone already.
    Delete { kind: VaultKind, public_id: String, tenant: TenantId },
}

impl VaultWrite {
    /// The tenant of a subject whose key it destroys.
    pub(crate) fn erases(&self) -> Option<&TenantId> {
        match self {
            Self::Delete { kind: VaultKind::SubjectKey, tenant, .. } => Some(tenant),
            Self::Delete { .. } | Self::Insert(_) => None,
        }
    }

    /// What rows are sorted by inside a statement, so that nodes cannot deadlock.
    pub fn key(&self) -> (VaultKind, &str) {
        match self {
            Self::Insert(row) => (row.kind, &row.public_id),
            Self::Delete { kind, public_id, .. } => (*kind, public_id),
        }
    }
}
