//! Who acts, and what they hold.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::TenantId;

/// What kind of party an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    User,
    Client,
    /// A bearer token that stands for itself.
    Token,
    /// The clock: something recorded because an instant had come.
    Timer,
    /// The installation itself, as at its first start.
    System,
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Client => "client",
            Self::Token => "token",
            Self::Timer => "timer",
            Self::System => "system",
        }
    }

    /// The kind of that name, as it was stored.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::User, Self::Client, Self::Token, Self::Timer, Self::System]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// Who did something. `home` is the tenant the actor belongs to, which may differ from the one
/// acted upon.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    pub home: TenantId,
    pub kind: ActorKind,
    pub id: String,
    /// How the actor proved it: `edgegrid`, `basic`, `signature`, `parameters`, `bearer`, `jwt`,
    /// or `internal`.
    pub authenticated: String,
}

impl Actor {
    /// The installation itself.
    pub fn system() -> Self {
        Self::internal(ActorKind::System, "chancery")
    }

    /// The clock.
    pub fn timer() -> Self {
        Self::internal(ActorKind::Timer, "timer")
    }

    fn internal(kind: ActorKind, id: &str) -> Self {
        let (home, id) = (TenantId::system(), id.to_owned());
        Self { home, kind, id, authenticated: "internal".to_owned() }
    }
}

/// What a bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Right {
    /// Make and change tenants, and read across them.
    #[serde(rename = "tenant.admin")]
    TenantAdmin,
    #[serde(rename = "group.admin")]
    GroupAdmin,
    #[serde(rename = "group.read")]
    GroupRead,
    #[serde(rename = "user.admin")]
    UserAdmin,
    #[serde(rename = "user.read")]
    UserRead,
    #[serde(rename = "client.admin")]
    ClientAdmin,
    #[serde(rename = "client.read")]
    ClientRead,
    #[serde(rename = "token.admin")]
    TokenAdmin,
    #[serde(rename = "system.feature.read")]
    SystemFeatureRead,
    #[serde(rename = "system.feature.write")]
    SystemFeatureWrite,
    #[serde(rename = "system.feature.delete")]
    SystemFeatureDelete,
    #[serde(rename = "iam.feature.read")]
    InstanceFeatureRead,
    #[serde(rename = "iam.feature.write")]
    InstanceFeatureWrite,
    #[serde(rename = "iam.feature.delete")]
    InstanceFeatureDelete,
    #[serde(rename = "org.feature.read")]
    OrganizationFeatureRead,
    #[serde(rename = "org.feature.write")]
    OrganizationFeatureWrite,
    #[serde(rename = "org.feature.delete")]
    OrganizationFeatureDelete,
    #[serde(rename = "user.feature.read")]
    UserFeatureRead,
    #[serde(rename = "user.feature.write")]
    UserFeatureWrite,
    #[serde(rename = "user.feature.delete")]
    UserFeatureDelete,
    #[serde(rename = "events.read")]
    EventsRead,
    /// Watch and rebuild projections.
    #[serde(rename = "projection.admin")]
    ProjectionAdmin,
    #[serde(rename = "projection.read")]
    ProjectionRead,
}

impl Right {
    pub const ALL: [Self; 23] = [
        Self::TenantAdmin,
        Self::GroupAdmin,
        Self::GroupRead,
        Self::UserAdmin,
        Self::UserRead,
        Self::ClientAdmin,
        Self::ClientRead,
        Self::TokenAdmin,
        Self::SystemFeatureRead,
        Self::SystemFeatureWrite,
        Self::SystemFeatureDelete,
        Self::InstanceFeatureRead,
        Self::InstanceFeatureWrite,
        Self::InstanceFeatureDelete,
        Self::OrganizationFeatureRead,
        Self::OrganizationFeatureWrite,
        Self::OrganizationFeatureDelete,
        Self::UserFeatureRead,
        Self::UserFeatureWrite,
        Self::UserFeatureDelete,
        Self::EventsRead,
        Self::ProjectionAdmin,
        Self::ProjectionRead,
    ];

    /// The right of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == name)
    }

    /// Whether holding it lets one change nothing.
    pub fn is_read(self) -> bool {
        self.as_str().rsplit_once('.').is_some_and(|(_, what)| what == "read")
    }

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TenantAdmin => "tenant.admin",
            Self::GroupAdmin => "group.admin",
            Self::GroupRead => "group.read",
            Self::UserAdmin => "user.admin",
            Self::UserRead => "user.read",
            Self::ClientAdmin => "client.admin",
            Self::ClientRead => "client.read",
            Self::TokenAdmin => "token.admin",
            Self::SystemFeatureRead => "system.feature.read",
            Self::SystemFeatureWrite => "system.feature.write",
            Self::SystemFeatureDelete => "system.feature.delete",
            Self::InstanceFeatureRead => "iam.feature.read",
            Self::InstanceFeatureWrite => "iam.feature.write",
            Self::InstanceFeatureDelete => "iam.feature.delete",
            Self::OrganizationFeatureRead => "org.feature.read",
            Self::OrganizationFeatureWrite => "org.feature.write",
            Self::OrganizationFeatureDelete => "org.feature.delete",
            Self::UserFeatureRead => "user.feature.read",
            Self::UserFeatureWrite => "user.feature.write",
            Self::UserFeatureDelete => "user.feature.delete",
            Self::EventsRead => "events.read",
            Self::ProjectionAdmin => "projection.admin",
            Self::ProjectionRead => "projection.read",
        }
    }
}

/// A set of rights.
pub type Rights = BTreeSet<Right>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_stored_by_the_name_it_shows() {
        for right in Right::ALL {
            assert_eq!(serde_json::to_value(right).unwrap(), right.as_str());
        }
    }
}
