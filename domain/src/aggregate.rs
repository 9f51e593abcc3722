//! What a fact is about, and what every answer says of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ActorKind, CidrBlockId, ClientId, GroupId, Level, OrganizationId, RoleId, TenantId, TokenId,
    UserId,
};

/// A thing with an id and a history of its own; its events are numbered 1, 2, 3, ... (`sequence`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Aggregate {
    /// One of [`Aggregate::KINDS`].
    pub kind: String,
    pub id: String,
}

impl Aggregate {
    /// What an aggregate can be.
    pub const KINDS: [&'static str; 20] = [
        "tenant",
        "organization",
        "group",
        "asset",
        "role",
        "user",
        "client",
        "client_defaults",
        "record",
        "subject",
        "token",
        "membership",
        "allow_list",
        "cidr_block",
        "catalog",
        "webhook",
        "feature.system",
        "feature.instance",
        "feature.organization",
        "feature.user",
    ];

    fn new(kind: &str, id: impl ToString) -> Self {
        Self { kind: kind.to_owned(), id: id.to_string() }
    }
    pub fn tenant(id: &TenantId) -> Self {
        Self::new("tenant", id)
    }
    pub fn organization(id: &OrganizationId) -> Self {
        Self::new("organization", id)
    }
    pub fn group(id: GroupId) -> Self {
        Self::new("group", id)
    }
    pub fn asset(id: crate::AssetId) -> Self {
        Self::new("asset", id)
    }
    pub fn role(id: RoleId) -> Self {
        Self::new("role", id)
    }
    pub fn user(id: &UserId) -> Self {
        Self::new("user", id)
    }
    pub fn client(id: ClientId) -> Self {
        Self::new("client", id)
    }
    /// What a user or a client is to the tenant, or to one of its organizations.
    pub fn membership(
        holder: ActorKind,
        holder_id: &str,
        organization: Option<&OrganizationId>,
    ) -> Self {
        let place = organization.map_or_else(String::new, |id| format!("@{id}"));
        Self::new("membership", format!("{}:{holder_id}{place}", holder.as_str()))
    }
    pub fn token(id: &TokenId) -> Self {
        Self::new("token", id)
    }
    /// The switch of the tenant's allow list.
    pub fn allow_list(id: &TenantId) -> Self {
        Self::new("allow_list", id)
    }
    pub fn cidr_block(id: CidrBlockId) -> Self {
        Self::new("cidr_block", id)
    }
    /// The tenant's catalogue, whose facts are about its entries.
    pub fn catalog(id: &TenantId) -> Self {
        Self::new("catalog", id)
    }
    /// Whoever has a key of their own that what is known of them is sealed under.
    pub fn subject(id: &str) -> Self {
        Self::new("subject", id)
    }
    /// What a legal hold is on: a subject, or everybody in the tenant.
    pub fn held(tenant: &TenantId, subject: Option<&str>) -> Self {
        subject.map_or_else(|| Self::tenant(tenant), Self::subject)
    }
    pub fn record(id: crate::RecordId) -> Self {
        Self::new("record", id)
    }
    pub fn webhook(id: crate::WebhookId) -> Self {
        Self::new("webhook", id)
    }
    /// The settings of API clients that have none of their own.
    pub fn client_defaults(id: &TenantId) -> Self {
        Self::new("client_defaults", id)
    }
    /// The feature flags set on `level`, in `tenant`.
    pub fn features(tenant: &TenantId, level: &Level) -> Self {
        Self::new(&format!("feature.{}", level.name()), level.object(tenant))
    }
}

/// When and in what order a fact was recorded: what a fold may know beside the fact itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Dense position in the tenant, from 1.
    pub ordinal: i64,
    /// Dense position in the aggregate, from 1.
    pub sequence: i64,
    /// Recorded at, to the microsecond; never runs backwards inside a tenant.
    pub at: DateTime<Utc>,
}

/// What a command answers: where its aggregate stands (Zitadel's `Details`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Sequence of the aggregate's last event. Text in JSON, as 64-bit numbers are in protobuf's.
    #[serde(with = "text")]
    pub sequence: i64,
    /// When that event was recorded.
    pub change_date: DateTime<Utc>,
    /// Organization id, tenant id, or `SYSTEM`.
    pub resource_owner: String,
}

mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(n: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(n)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
