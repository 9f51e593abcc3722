//! Entries of the catalogue: APIs, CP codes, products, account switch keys. Grantable roles stand
//! in a file of their own, since some of them are built in.

use serde::{Deserialize, Serialize};

use crate::{ApiId, CpCodeId, GroupId, TenantId};

/// How much of an API a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccessLevel {
    #[serde(rename = "READ-ONLY")]
    ReadOnly,
    #[serde(rename = "READ-WRITE")]
    ReadWrite,
}

impl AccessLevel {
    pub const ALL: [Self; 2] = [Self::ReadOnly, Self::ReadWrite];

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }

    /// Whether it lets one change anything.
    pub fn writes(self) -> bool {
        self == Self::ReadWrite
    }

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ-ONLY",
            Self::ReadWrite => "READ-WRITE",
        }
    }
}

/// An API of the provider that the account's clients can be given access to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Api {
    pub id: ApiId,
    pub name: String,
    pub description: String,
    /// The path it lives below, as in `/identity-management`.
    pub end_point: String,
    pub documentation_url: String,
    /// The levels it can be given at, in the provider's order.
    pub access_levels: Vec<AccessLevel>,
    pub service_provider: i64,
}

/// A content provider code: what traffic is billed under, and caches are purged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpCode {
    pub id: CpCodeId,
    pub name: String,
    pub group: GroupId,
}

/// A product that users can have notices of, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Product(pub String);

/// What an API client of this account acts in another account by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchKey {
    /// As requests name it: `1-ABCD` or `1-ABCD:Z-XYZ`.
    pub key: String,
    pub account_name: String,
    /// The account it leads to.
    pub tenant: TenantId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_stored_by_the_name_it_shows() {
        for level in AccessLevel::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
            assert_eq!(AccessLevel::from_name(level.as_str()), Some(level));
        }
        assert_eq!(AccessLevel::from_name("READ"), None);
    }
}
