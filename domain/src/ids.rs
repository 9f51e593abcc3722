//! Identifiers. Each is a type of its own, so that no two can be confused in a signature.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identifier that is not of the form its type demands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not well formed: {why}")]
pub struct IdError {
    pub what: &'static str,
    pub why: &'static str,
}

/// The boundary of isolation and of consistency: an Akamai account, a Zitadel instance, a Capture
/// application and a clientms tenant are one of these. Compared without regard to case, so it is
/// kept in lower case; 1 to 64 letters, digits, `-`, `_` or `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

impl TenantId {
    /// The built-in tenant that holds system-level features.
    pub const SYSTEM: &'static str = "system";

    pub fn new(text: &str) -> Result<Self, IdError> {
        let what = "tenant id";
        if text.is_empty() || text.len() > 64 {
            return Err(IdError { what, why: "it must have 1 to 64 characters" });
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
            return Err(IdError { what, why: "only letters, digits, '-', '_' and '.' may occur" });
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The tenant `system`.
    pub fn system() -> Self {
        Self(Self::SYSTEM.to_owned())
    }

    pub fn is_system(&self) -> bool {
        self.0 == Self::SYSTEM
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::new(&text)
    }
}

impl From<TenantId> for String {
    fn from(id: TenantId) -> Self {
        id.0
    }
}

impl FromStr for TenantId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::new(text)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Integer identifiers: drawn from one counter of the installation, below 2^53, so that a foreign
/// id is nobody's and every JSON reader keeps it exact.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

numbers! {
    /// A group of the forest that users and assets hang in.
    GroupId
    /// A property or include (Akamai `propertyId` = `assetId`).
    AssetId
    /// Something that an asset uses, such as a CP code.
    ResourceId
    /// A set of permissions that can be granted on a group.
    RoleId
    /// What a role may grant: an id of the catalogue of grantable roles. Those that are built in are
    /// the same in every tenant.
    GrantedRoleId
    /// An API of the provider, in the catalogue of an account.
    ApiId
    /// A content provider code, in the catalogue of an account.
    CpCodeId
    /// What an application keeps of a person who signs in to it.
    RecordId
    /// An EdgeGrid credential of an API client.
    CredentialId
    /// An address or range of addresses on an allow list.
    CidrBlockId
}

/// Identifiers that are text, whoever shaped them.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// An organization inside a tenant (Zitadel: digits).
    OrganizationId
    /// A person (Akamai `uiIdentityId`, as in `A-B-123456`).
    UserId
    /// A kind of contract that an account has with its provider (`1-8BYUX`).
    ContractTypeId
    /// The public half of a bearer token.
    TokenId
    /// A public key of an API client.
    KeyId
    /// How the Akamai dialect names an API client: 16 lower-case letters and digits.
    AkamaiClientId
    /// How the Capture dialect names an API client: 32 characters of its own alphabet.
    CaptureClientId
}

/// Identifiers that are drawn at random.
macro_rules! uuids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

uuids! {
    /// An API client, whichever dialect made it; the tenant-clients dialect shows it as it is.
    ClientId
    /// A web address that events are sent to.
    WebhookId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_compared_without_regard_to_case() {
        assert_eq!(TenantId::new("ACME-1"), TenantId::new("acme-1"));
    }

    #[test]
    fn tenants_refuse_what_a_path_cannot_carry() {
        for bad in ["", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(TenantId::new(bad).is_err(), "{bad:?}");
        }
    }
}
