//! Access records: who was turned away, and who read the record. They are no events: they prove
//! nothing, and go when their time is over.

use chrono::{DateTime, Utc};
use domain::{ActorKind, TenantId};
use uuid::Uuid;

use crate::Order;

/// How an access ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessOutcome {
    /// Nobody proved who they are.
    Failed,
    /// Somebody is known, and may not.
    Denied,
    /// Somebody read the record.
    Read,
    /// So many accesses were not recorded, since too much was waiting.
    Dropped,
}

impl AccessOutcome {
    pub const ALL: [Self; 4] = [Self::Failed, Self::Denied, Self::Read, Self::Dropped];

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Read => "read",
            Self::Dropped => "dropped",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// Who an access was by, once that was proved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccessActor {
    pub home: TenantId,
    pub kind: ActorKind,
    pub id: String,
}

/// One access, or one and how many more like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRecord {
    pub tenant: TenantId,
    pub at: DateTime<Utc>,
    /// Orders those of one instant.
    pub id: Uuid,
    pub outcome: AccessOutcome,
    pub dialect: String,
    /// As the published document names it.
    pub operation: String,
    /// The HTTP status that it came to, or would have where a dialect answers 200 to everything.
    pub status: i64,
    pub actor: Option<AccessActor>,
    /// The public half of the credential that was sent; empty where none was.
    pub claimed: String,
    /// The caller's address, sealed under the month's key: equal ones of a month alike.
    pub address: Option<Vec<u8>>,
    /// What was asked, without values: the names of parameters.
    pub shape: String,
    /// How many more of the same were left out.
    pub left_out: i64,
    /// Request or correlation id.
    pub correlation: String,
}

/// Which access records of a tenant to show; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct AccessFilter {
    /// Only those past this one, in the direction of `order`.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub order: Order,
    pub outcome: Option<AccessOutcome>,
    pub operation: Option<String>,
    pub actor_id: Option<String>,
    /// One of these addresses, as they were sealed.
    pub addresses: Option<Vec<Vec<u8>>>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}
